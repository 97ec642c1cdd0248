"""The four sets of Stärk et al. 2021: training, validation, setDeepLoc and setHARD."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from common.data.alphabet import Alphabet
from common.data.fasta import read_fasta
from common.data.fetch import SIMULATED, Located, locate
from common.data.registry import least_exact
from common.data.simulate import simulate_proteins
from common.data.splits import stratified_split
from common.errors import DataError, UsageError

# The order of the authors' outputs (utils/general.py), not that of any table.
LOCATIONS: tuple[str, ...] = (
    "Cell.membrane",
    "Cytoplasm",
    "Endoplasmic.reticulum",
    "Golgi.apparatus",
    "Lysosome/Vacuole",
    "Mitochondrion",
    "Nucleus",
    "Peroxisome",
    "Plastid",
    "Extracellular",
)
# M is 0 and S is 1 in the authors' code; bio_embeddings' other classifier has the opposite order.
MEMBRANE: tuple[str, ...] = ("Membrane", "Soluble")
UNKNOWN = "Unknown"
LETTERS = {"M": "Membrane", "S": "Soluble", "U": UNKNOWN}
LABELS = {"location": LOCATIONS, "membrane": MEMBRANE}

BOTH = "Cytoplasm-Nucleus"
POLICIES = ("cytoplasm", "drop")

# 25 letters, the one-hot columns in the authors' order.
AMINO_ACIDS = Alphabet("protein", "ARNDCQEGHILKMFPSTWYVUXBJZ", {"O": "X"}, ending="*")

SETS = {
    "train": "light-attention-train",
    "val": "light-attention-val",
    "test": "light-attention-test",
    "hard": "light-attention-sethard",
}
DATASETS = tuple(SETS.values())
NAMES = {"test": "setDeepLoc", "hard": "setHARD"}

_SIMULATED_AS = {
    "Plasma membrane": "Cell.membrane",
    "Cytoplasmic": "Cytoplasm",
    "ER": "Endoplasmic.reticulum",
    "Golgi": "Golgi.apparatus",
    "Lysosomal": "Lysosome/Vacuole",
    "Vacuolar": "Lysosome/Vacuole",
    "Mitochondrial": "Mitochondrion",
    "Nuclear": "Nucleus",
    "Peroxisomal": "Peroxisome",
    "Chloroplast": "Plastid",
    "Extracellular": "Extracellular",
}
_SIMULATED_PARTS = {"train": 0.55, "val": 0.15, "test": 0.2, "hard": 0.1}


@dataclass(frozen=True)
class Table:
    """Proteins with what is known of their origin.

    Parameters
    ----------
    frame : DataFrame
        ``id``, ``sequence`` (clean, whole, 25 letters), ``location``, ``membrane`` (`MEMBRANE`
        or `UNKNOWN`) and ``split`` (``train``, ``val``, ``test`` or ``hard``).
    variant : str
        That of the training set, since it is the one that is not exact everywhere.
    sha256 : dict of str to str
        Checksum of each raw file.
    """

    frame: pd.DataFrame
    variant: str
    sha256: dict[str, str]

    def part(self, split: str) -> pd.DataFrame:
        """Proteins of one set, numbered from 0."""
        return self.frame[self.frame["split"] == split].reset_index(drop=True)


def load_table(
    data: str, *, n: int, cytoplasm_nucleus: str = "cytoplasm", simulate: bool = False
) -> Table:
    """The table that the settings name.

    Parameters
    ----------
    data : str
        ``light-attention`` or ``simulated``.
    n : int
        Proteins to simulate.
    cytoplasm_nucleus : {"cytoplasm", "drop"}
        What becomes of the proteins of both compartments: the authors' code reads them as
        Cytoplasm; DeepLoc's own counts leave them out.
    simulate : bool
        Simulated proteins stand in where one of the sets is nowhere to be found.

    Raises
    ------
    UsageError
        Another name or policy.
    DataError
        A set is missing or damaged.
    """
    if data not in ("light-attention", "simulated"):
        raise UsageError("data", f"{data!r} is not known", "Use light-attention or simulated")
    if cytoplasm_nucleus not in POLICIES:
        fault = f"{cytoplasm_nucleus!r} is not known"
        raise UsageError("cytoplasm_nucleus", fault, f"Use {' or '.join(POLICIES)}")
    if data == "simulated":
        return load_simulated(n)
    located = {split: locate(name, simulate=simulate) for split, name in SETS.items()}
    if any(found.origin == SIMULATED for found in located.values()):
        return load_simulated(n)
    return load_sets(located, cytoplasm_nucleus)


def load_sets(located: dict[str, Located], cytoplasm_nucleus: str = "cytoplasm") -> Table:
    """Read the sets from their files.

    Parameters
    ----------
    located : dict of str to Located
        By the names of `SETS`.
    cytoplasm_nucleus : {"cytoplasm", "drop"}

    Raises
    ------
    DataError
        A header without location or membrane letter, or an id in two sets.
    """
    rows = [row for split, found in located.items() for row in _rows(split, found)]
    frame = pd.DataFrame(rows, columns=["id", "sequence", "location", "membrane", "split"])
    twice = frame.loc[frame["id"].duplicated(), "id"]
    if len(twice):
        fault = f"{len(twice)} ids stand in two sets"
        raise DataError(str(twice.iloc[0]), fault, "Fetch the sets again")
    if cytoplasm_nucleus == "drop":
        frame = frame[frame["location"] != BOTH].reset_index(drop=True)
    frame["location"] = frame["location"].replace(BOTH, "Cytoplasm")
    variant = least_exact(*(found.variant for found in located.values()))
    digests = {k: v for found in located.values() for k, v in found.sha256.items()}
    return Table(frame, variant, digests)


def load_simulated(n: int, seed: int = 2021) -> Table:
    """Simulated proteins of the same ten locations; those in membranes have a membrane letter."""
    simulated = simulate_proteins(n, seed, longest=160, median=90)
    frame = simulated[["id", "sequence"]].copy()
    frame["location"] = simulated["location"].map(_SIMULATED_AS)
    inside = frame["location"].isin(["Cell.membrane", "Golgi.apparatus"])
    frame["membrane"] = inside.map({True: "Membrane", False: "Soluble"})
    frame["split"] = stratified_split(
        frame["location"].tolist(), _SIMULATED_PARTS, seed, ids=frame["id"].tolist()
    )
    frame.loc[frame["split"] == "hard", "membrane"] = UNKNOWN
    return Table(frame, SIMULATED, {})


def class_counts(frame: pd.DataFrame) -> pd.DataFrame:
    """Table 4: proteins of each location and their percentage, one row a location."""
    counts = frame["location"].value_counts().reindex(LOCATIONS, fill_value=0)
    return pd.DataFrame({"proteins": counts, "percent": 100 * counts / counts.sum()})


def _rows(split: str, located: Located) -> Iterator[tuple[str, str, str, str, str]]:
    """Records of one set: the header is ``ID Location-M|S|U [word]``."""
    (path,) = located.paths.values()
    for record in read_fasta(path):
        words = record.description.split()
        location, _, letter = words[0].rpartition("-") if words else ("", "", "")
        if (location not in LOCATIONS and location != BOTH) or letter not in LETTERS:
            raise DataError(
                f"{path.name}, {record.id}",
                f"header {record.description!r} has no known location with -M, -S or -U",
                "Fetch the set again",
            )
        sequence = AMINO_ACIDS.clean(record.id, record.sequence)
        yield record.id, sequence, location, LETTERS[letter], split
