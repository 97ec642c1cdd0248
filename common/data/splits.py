"""Stratified splits and folds that depend on the ids and the seed alone.

Within a class the records are ordered by a hash of seed and id and dealt out in that order, so the
same ids give the same split whatever their order in the table and whatever the version of NumPy.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from common.errors import DataError, UsageError
from common.files import written_whole

FOUR_FIFTHS: Mapping[str, float] = MappingProxyType({"train": 0.8, "test": 0.2})
SHOWN = 5


def largest_remainder(n: int, fractions: Mapping[str, float]) -> dict[str, int]:
    """Whole numbers that add up to `n` and lie next to ``n * fraction`` (Hamilton's method).

    Parameters
    ----------
    n : int
        Records to share out.
    fractions : mapping of str to float
        Above 0, together 1 (to 1e-6).

    Returns
    -------
    dict of str to int
        Each is ``floor(n * fraction)``, or one more where the remainder is among the largest;
        of equal remainders the part named first has it.

    Raises
    ------
    UsageError
        The fractions are not above 0 or do not add up to 1.
    """
    exact = {name: Fraction(value).limit_denominator(10**6) for name, value in fractions.items()}
    total = sum(exact.values(), Fraction(0))
    if not exact or min(exact.values()) <= 0 or abs(total - 1) > Fraction(1, 10**6):
        raise UsageError(
            "fractions",
            f"received {dict(fractions)}, which add up to {float(total):g}",
            "Give parts above 0 that add up to 1",
        )
    shares = {name: n * value / total for name, value in exact.items()}
    counts = {name: int(share) for name, share in shares.items()}
    left = n - sum(counts.values())
    by_remainder = sorted(shares, key=lambda name: counts[name] - shares[name])
    return {name: counts[name] + (name in by_remainder[:left]) for name in counts}


def stratified_split(
    labels: Sequence[str],
    fractions: Mapping[str, float] = FOUR_FIFTHS,
    seed: int = 0,
    *,
    ids: Sequence[str],
) -> np.ndarray:
    """Share the records of each class out by largest remainder.

    Parameters
    ----------
    labels : (n,) sequence of str
        Class of each record.
    fractions : mapping of str to float
        Name and size of each part.
    seed : int
        Another seed gives another split.
    ids : (n,) sequence of str
        Unique; with the seed they alone decide.

    Returns
    -------
    (n,) array of str
        Name of the part of each record, in the order of `ids`.

    Raises
    ------
    DataError
        Ids come twice, or their number is not that of the labels.
    UsageError
        See `largest_remainder`.
    """
    split = np.empty(len(labels), dtype=object)
    for rows in _ordered_classes(labels, ids, seed):
        counts = largest_remainder(len(rows), fractions)
        split[rows] = np.repeat(np.array(list(counts), dtype=object), list(counts.values()))
    return split.astype(str)


def counted_split(
    labels: Sequence[str],
    counts: Mapping[str, int],
    seed: int = 0,
    *,
    ids: Sequence[str],
    parts: tuple[str, str] = ("test", "train"),
) -> np.ndarray:
    """Draw a given number of records of each class; the rest forms the other part.

    For a data set whose split is not published but whose class counts are.

    Parameters
    ----------
    labels, ids : (n,) sequence of str
        As for `stratified_split`.
    counts : mapping of str to int
        How many records of each class the first part holds.
    seed : int
        Another seed gives another split.
    parts : (str, str)
        Names of the part that is drawn and of the rest.

    Returns
    -------
    (n,) array of str
        Name of the part of each record, in the order of `ids`.

    Raises
    ------
    DataError
        As for `stratified_split`, or a class has no count or fewer records than it asks for.
    """
    split = np.full(len(labels), parts[1], dtype=object)
    for rows in _ordered_classes(labels, ids, seed):
        label = str(labels[rows[0]])
        if not 0 <= counts.get(label, -1) <= len(rows):
            fault = f"{counts.get(label)} records asked for, {len(rows)} there"
            raise DataError(label, fault, "Give a count for every class, at most its size")
        split[rows[: counts[label]]] = parts[0]
    return split.astype(str)


def stratified_folds(
    labels: Sequence[str], k: int, seed: int = 0, *, ids: Sequence[str]
) -> np.ndarray:
    """Deal the records of each class out over `k` folds.

    Parameters
    ----------
    labels, ids : (n,) sequence of str
        As for `stratified_split`.
    k : int
        Number of folds, 2 to n.
    seed : int
        Another seed gives other folds.

    Returns
    -------
    (n,) array of int64
        Fold of each record, from 0. Within each class, and over all, the folds differ by at most
        one record: a class goes on at the fold after the one where the class before it ended.

    Raises
    ------
    DataError
        As for `stratified_split`.
    UsageError
        `k` is below 2 or above the number of records.
    """
    if not 2 <= k <= len(labels):
        raise UsageError("k", f"received {k} folds for {len(labels)} records", "Give 2 or more")
    order = np.concatenate(_ordered_classes(labels, ids, seed))
    folds = np.empty(len(order), dtype=np.int64)
    folds[order] = np.arange(len(order)) % k
    return folds


def write_split(path: Path, ids: Sequence[str], split: Sequence[str]) -> None:
    """Write a split file: CSV with the columns ``id`` and ``split``, sorted by id.

    Raises
    ------
    DataError
        Ids come twice.
    StorageError
        The folder cannot be written.
    """
    _check_unique(str(path), ids)
    table = pd.DataFrame({"id": list(ids), "split": list(split)}).sort_values("id")
    with written_whole(Path(path)) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")


def read_split(path: Path, ids: Sequence[str]) -> np.ndarray:
    """Read a split file for the records of a table.

    Parameters
    ----------
    path : Path
        As `write_split` makes it; the rows may come in any order.
    ids : (n,) sequence of str
        Ids of the table.

    Returns
    -------
    (n,) array of str
        Part of each record, in the order of `ids`.

    Raises
    ------
    DataError
        The file is missing or has other columns or empty cells, names an id twice, lacks an id of
        the table, or has one that the table does not have.
    """
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise DataError(str(path), f"not a split file ({error})", "Make it again") from error
    if list(table.columns) != ["id", "split"] or (table == "").any(axis=None):
        raise DataError(
            str(path),
            f"columns {list(table.columns)}, or empty cells",
            "Give a CSV file with the columns id,split and no empty cell",
        )
    _check_unique(str(path), table["id"])
    parts = dict(zip(table["id"], table["split"], strict=True))
    for fault, names in (
        ("no split for", [name for name in ids if name not in parts]),
        ("unknown ids,", sorted(parts.keys() - set(ids))),
    ):
        if names:
            more = ", ..." if len(names) > SHOWN else ""
            raise DataError(
                str(path),
                f"{fault} {len(names)} in all: {', '.join(names[:SHOWN])}{more}",
                "Use the split file of this data set, or delete it to make it again",
            )
    return np.array([parts[name] for name in ids], dtype=str)


def _ordered_classes(labels: Sequence[str], ids: Sequence[str], seed: int) -> list[np.ndarray]:
    """Row numbers of each class (by name), in the order of the hash of seed and id."""
    if len(ids) != len(labels):
        raise DataError("split", f"{len(ids)} ids for {len(labels)} labels", "Give one id a label")
    _check_unique("split", ids)
    ranks = [hashlib.blake2b(f"{seed}\t{name}".encode(), digest_size=16).digest() for name in ids]
    classes: dict[str, list[int]] = {}
    for row in sorted(range(len(ids)), key=ranks.__getitem__):
        classes.setdefault(str(labels[row]), []).append(row)
    return [np.array(classes[label], dtype=np.int64) for label in sorted(classes)]


def _check_unique(record: str, ids: Sequence[str]) -> None:
    """Raise a `DataError` that names the ids which come twice."""
    twice = [name for name, count in Counter(ids).items() if count > 1]
    if twice:
        raise DataError(
            record,
            f"{len(twice)} ids come more than once: {', '.join(map(str, twice[:SHOWN]))}",
            "Give every record an id of its own",
        )
