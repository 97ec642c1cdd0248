"""A user's own sequences with labels: one, several, or shares of a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from common.data.alphabet import Alphabet
from common.data.fasta import read_fasta, stream_fasta
from common.data.verify import sha256
from common.errors import DataError
from common.metrics.checks import ROW_SUM_TOLERANCE

HEADER = "header"
SEVERAL = "|"
SHOWN = 3


@dataclass(frozen=True)
class Labelled:
    """Sequences with labels.

    Parameters
    ----------
    frame : DataFrame
        ``id`` and ``sequence`` (clean, whole), in the order of the file.
    labels : tuple of str
        Sorted; or, of shares, in the order of the table's columns.
    truth : (n,) str or (n, k) float64
        The label of each; 1 and 0 for each label where a sequence may have several; shares that
        sum to 1.
    task : str
        ``single-label``, ``multi-label`` or ``distribution``.
    sha256 : dict of str to str
        Checksum of each file.
    left_out : tuple of str
        Ids without a label or without a sequence.
    """

    frame: pd.DataFrame
    labels: tuple[str, ...]
    truth: np.ndarray
    task: str
    sha256: dict[str, str]
    left_out: tuple[str, ...] = ()


def read_labelled(
    fasta: Path, labels: str | Path, alphabet: Alphabet, *, least: int = 2, drop: bool = False
) -> Labelled:
    """Read sequences and their labels.

    Parameters
    ----------
    fasta : Path
        Plain or gzip.
    labels : "header" or Path
        ``header``: the second word of each header, ``>P1 Nucleus`` or ``>P1 Nucleus|Cytoplasm``.
        Otherwise a table, tab-separated or CSV, with a column ``id`` and either one column of
        labels (several joined by ``|``) or a column of numbers for each label: 0 and 1, or shares
        whose rows sum to 1.
    alphabet : Alphabet
    least : int
        Sequences that every label must have, such as the number of folds.
    drop : bool
        Leave sequences without labels and labels without sequences out; otherwise they are an
        error.

    Returns
    -------
    Labelled

    Raises
    ------
    DataError
        A bad sequence or table, an id without its other half or with two labels, shares that do
        not sum to 1, or fewer than two labels or than `least` sequences of one; it names the
        record.
    """
    fasta = Path(fasta)
    records = list(read_fasta(fasta))
    files = {fasta.name: sha256(fasta)}
    if labels == HEADER:
        table = _from_headers(fasta)
    else:
        table = _read_table(Path(labels))
        files[Path(labels).name] = sha256(Path(labels))
    known = {record.id for record in records}
    unlabelled = [record.id for record in records if record.id not in table.index]
    unsequenced = [name for name in table.index if name not in known]
    if (unlabelled or unsequenced) and not drop:
        sides = {"a sequence and no label": unlabelled, "a label and no sequence": unsequenced}
        found = [f"{len(ids)} ids have {what} ({_some(ids)})" for what, ids in sides.items() if ids]
        remedy = "Mend the files, or leave such out with --drop-unmatched"
        raise DataError(str(labels), "; ".join(found), remedy)
    kept = [record for record in records if record.id in table.index]
    if not kept:
        raise DataError(
            str(fasta), "no sequence has a label", "Are the ids the same in both files?"
        )
    rows = [(record.id, alphabet.clean(record.id, record.sequence)) for record in kept]
    frame = pd.DataFrame(rows, columns=["id", "sequence"])
    names, truth, task = _truth(table.loc[frame["id"]])
    _check_enough(names, truth, task, least)
    return Labelled(frame, names, truth, task, files, (*unlabelled, *unsequenced))


def _from_headers(fasta: Path) -> pd.DataFrame:
    """Table with one column of labels from the headers' second words."""
    words: dict[str, str] = {}
    for record in stream_fasta(fasta):
        if not record.description:
            fault = "the header has no second word, which would be the label"
            raise DataError(f"{fasta}, {record.id}", fault, "Write >ID LABEL, or give a table")
        word = record.description.split()[0]
        first = words.setdefault(record.id, word)
        if first != word:
            fault = f"its records have the labels {first} and {word}"
            remedy = f"Keep one of them, or write {first}{SEVERAL}{word}"
            raise DataError(f"{fasta}, {record.id}", fault, remedy)
    return pd.DataFrame({"label": pd.Series(words)})


def _read_table(path: Path) -> pd.DataFrame:
    """Labels by id; every cell is text."""
    try:
        first = path.read_text(encoding="utf-8-sig").split("\n", 1)[0]
        separator = "\t" if "\t" in first else ","
        table = pd.read_csv(
            path, sep=separator, dtype=str, keep_default_na=False, encoding="utf-8-sig"
        )
    except FileNotFoundError as error:
        raise DataError(str(path), "no such file", "Check the path, or use `header`") from error
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        fault = f"not a table ({' '.join(str(error).split())})"
        raise DataError(str(path), fault, "Give a TSV or CSV file") from error
    except OSError as error:
        raise DataError(str(path), f"cannot be read ({error.strerror})", "Name a file") from error
    if not isinstance(table.index, pd.RangeIndex):
        fault = f"the row of {table.index[0]} has more fields than the head has columns"
        raise DataError(str(path), fault, "Mend the row, or name the column")
    if "id" not in table or table.shape[1] < 2:
        fault = f"has the columns {', '.join(map(str, table.columns))}"
        raise DataError(str(path), fault, "A column `id` and one or more of labels are needed")
    table["id"] = table["id"].str.strip()
    twice = table["id"][table["id"].duplicated()]
    if len(twice):
        raise DataError(f"{path}, {twice.iloc[0]}", "stands in two rows", "Keep one of them")
    return table.set_index("id")


def _truth(table: pd.DataFrame) -> tuple[tuple[str, ...], np.ndarray, str]:
    """Labels, truth and task of a table with one row a sequence."""
    if table.shape[1] > 1:
        return _of_numbers(table)
    cells = table.iloc[:, 0].str.strip()
    parts = [
        list(dict.fromkeys(word.strip() for word in cell.split(SEVERAL) if word.strip()))
        for cell in cells
    ]
    empty = [name for name, words in zip(cells.index, parts, strict=True) if not words]
    if empty:
        raise DataError(str(empty[0]), "the label is empty", "Give it one or leave it out")
    names = tuple(sorted({word for words in parts for word in words}))
    if all(len(words) == 1 for words in parts):
        return names, np.array([words[0] for words in parts], dtype=object), "single-label"
    truth = np.array([[float(name in words) for name in names] for words in parts])
    return names, truth, "multi-label"


def _of_numbers(table: pd.DataFrame) -> tuple[tuple[str, ...], np.ndarray, str]:
    names = tuple(map(str, table.columns))
    numbers = table.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    bad = np.flatnonzero(~np.isfinite(numbers).all(axis=1) | (numbers < 0).any(axis=1))
    if len(bad):
        fault = f"its labels are {', '.join(table.iloc[bad[0]])}: not all numbers from 0 on"
        raise DataError(str(table.index[bad[0]]), fault, "Give 0 and 1, or shares")
    if np.isin(numbers, (0, 1)).all() and (numbers.sum(axis=1) != 1).any():
        none = np.flatnonzero(numbers.sum(axis=1) == 0)
        if len(none):
            raise DataError(
                str(table.index[none[0]]), "has no label", "Give it one or leave it out"
            )
        return names, numbers, "multi-label"
    if np.isin(numbers, (0, 1)).all():
        return names, np.array(names, dtype=object)[numbers.argmax(axis=1)], "single-label"
    off = np.flatnonzero(np.abs(numbers.sum(axis=1) - 1) > ROW_SUM_TOLERANCE)
    if len(off):
        fault = f"its shares sum to {numbers[off[0]].sum():.4g}"
        raise DataError(str(table.index[off[0]]), fault, "Divide each row by its sum")
    return names, numbers, "distribution"


def _check_enough(names: Sequence[str], truth: np.ndarray, task: str, least: int) -> None:
    if len(names) < 2:
        fault = f"the only label is {names[0]}" if names else "there are no labels"
        raise DataError("labels", fault, "At least two are needed")
    if task == "distribution":
        if len(truth) < least:
            raise DataError("labels", f"{len(truth)} sequences", f"At least {least} are needed")
        return
    counts = Counter(truth) if truth.ndim == 1 else dict(zip(names, truth.sum(axis=0), strict=True))
    for name in names:
        if counts[name] < least:
            fault = f"{int(counts[name])} sequences"
            remedy = f"Each label needs {least}: add some, merge labels, or take fewer folds"
            raise DataError(f"label {name}", fault, remedy)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")
