"""DeepLoc 2.0 for the reimplementation report: Swiss-Prot to train on, HPA to test on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from common.data.alphabet import PROTEIN
from common.data.content import read_table
from common.data.deeploc2 import with_our_names
from common.data.fetch import locate_facts
from common.data.registry import least_exact
from common.errors import DataError, UsageError
from reproductions.deeploc.data import MEMBRANE, SOLUBLE, is_simulated, load_simulated
from reproductions.deeploc.tree import LOCATIONS

DATASETS = ("deeploc2-swissprot", "deeploc2-hpa")
PARTITIONS = 5
TEST_LABELS: tuple[str, ...] = (
    "Cell membrane",
    "Cytoplasm",
    "Endoplasmic reticulum",
    "Golgi apparatus",
    "Lysosome/Vacuole",
    "Mitochondrion",
    "Nucleus",
    "Peroxisome",
)
"""The eight locations of the report's tables, in its order: those that the HPA set has."""


@dataclass(frozen=True)
class Table:
    """Proteins with any number of locations.

    Parameters
    ----------
    train : DataFrame
        ``id``, ``sequence`` (clean, whole), ``labels`` (tuple of `LOCATIONS`), ``membrane`` and
        ``partition`` (0 to 4, without homologues between them).
    test : DataFrame
        ``id``, ``sequence``, ``labels``.
    variant, sha256
        As in `reproductions.deeploc.data.Table`.
    """

    train: pd.DataFrame
    test: pd.DataFrame
    variant: str
    sha256: dict[str, str]


def load_deeploc2() -> Table:
    """Read both sets.

    Raises
    ------
    DataError
        A file is missing or damaged; a protein has no location, or one outside the ten.
    """
    located = [locate_facts(name) for name in DATASETS]
    train, test = (one_form(read_table(next(iter(part.paths.values())))) for part in located)
    proteins = _proteins(train)
    proteins["membrane"] = np.where(train["membrane"] > 0, MEMBRANE, SOLUBLE)
    proteins["partition"] = train["partition"].astype(int)
    sha256 = {name: digest for part in located for name, digest in part.sha256.items()}
    variant = least_exact(*(part.variant for part in located))
    return Table(proteins, _proteins(test), variant, sha256)


def one_form(table: pd.DataFrame) -> pd.DataFrame:
    """Either set in the mirror's form, also where its authors' own file was read.

    Parameters
    ----------
    table : DataFrame
        With ``accession``, ``sequence`` and ``label``, several joined by ``|``, and of Swiss-Prot
        ``membrane`` and ``partition``. Or the authors' columns: ``ACC``, ``Sequence``,
        ``Membrane``, ``Partition`` and ten locations of 0 and 1 (Swiss-Prot); ``sid``, ``fasta``
        and eight locations (HPA).

    Returns
    -------
    DataFrame
        The former columns.

    Raises
    ------
    DataError
        A column is missing.
    """
    if "label" in table:
        return table
    named = with_our_names(table)
    places = [name for name in LOCATIONS if name in named]
    missing = [name for name in ("accession", "sequence") if name not in named]
    if missing or not places:
        fault = f"no column for {' and '.join(missing) or 'any location'}"
        raise DataError("DeepLoc 2.0", fault, "Fetch the authors' file again, or name a mirror")
    rows = named[places].to_numpy() > 0
    return named.assign(label=["|".join(np.array(places)[row]) for row in rows])


def split_labels(identifier: str, text: object) -> tuple[str, ...]:
    """Locations of a cell such as ``Cytoplasm|Nucleus``, in the order of `LOCATIONS`.

    Raises
    ------
    DataError
        The cell is empty, or names a location outside the ten.
    """
    names = [name.strip() for name in str(text).split("|")] if isinstance(text, str) else []
    names = [name for name in names if name]
    wrong = [name for name in names if name not in LOCATIONS]
    if wrong or not names:
        fault = f"locations outside the ten: {', '.join(wrong)}" if wrong else "no location at all"
        raise DataError(identifier, fault, f"Give one or more of {', '.join(LOCATIONS)}")
    return tuple(name for name in LOCATIONS if name in names)


def label_matrix(frame: pd.DataFrame) -> np.ndarray:
    """(n, 10) float32: 1 where the protein has the location, columns as in `LOCATIONS`."""
    return np.array(
        [[name in labels for name in LOCATIONS] for labels in frame["labels"]], dtype=np.float32
    )


def load_simulated_labels(n: int, seed: int) -> Table:
    """Simulated proteins; every third one is also in the cytoplasm, and tests have eight labels."""
    table = load_simulated(n, seed)
    frame = table.frame
    more = np.arange(len(frame)) % 3 == 0
    frame["labels"] = [
        tuple(name for name in LOCATIONS if name == own or (also and name == "Cytoplasm"))
        for own, also in zip(frame["location"], more, strict=True)
    ]
    frame["partition"] = np.arange(len(frame)) % PARTITIONS
    test = (frame["split"] == "test") & frame["location"].isin(TEST_LABELS)
    columns = ["id", "sequence", "labels", "signals"]
    train = frame[frame["split"] == "train"][[*columns, "membrane", "partition"]]
    return Table(
        train.reset_index(drop=True), frame[test][columns].reset_index(drop=True), "simulated", {}
    )


def load_table(data: str, *, n: int, simulate: bool = False, seed: int = 2017) -> Table:
    """The table that the settings name: ``deeploc2`` or ``simulated``.

    Parameters are those of `reproductions.deeploc.data.load_table`.

    Raises
    ------
    UsageError
        Another name.
    DataError
        A data set is missing or damaged.
    """
    if data not in ("deeploc2", "simulated"):
        raise UsageError("data", f"{data!r} is not known", "Use deeploc2 or simulated")
    if data == "simulated" or is_simulated(DATASETS, simulate):
        return load_simulated_labels(n, seed)
    return load_deeploc2()


def _proteins(table: pd.DataFrame) -> pd.DataFrame:
    rows = [
        (str(name), PROTEIN.clean(str(name), sequence), split_labels(str(name), labels))
        for name, sequence, labels in zip(
            table["accession"], table["sequence"], table["label"], strict=True
        )
    ]
    return pd.DataFrame(rows, columns=["id", "sequence", "labels"])
