"""DeepLoc 1.0: ten locations, membrane or soluble, four inner folds; setHARD; a simulated form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from common.data.alphabet import PROTEIN
from common.data.content import read_table
from common.data.fasta import Record, read_fasta
from common.data.fetch import SIMULATED, Located, locate_facts
from common.data.registry import least_exact
from common.data.simulate import simulate_proteins
from common.data.splits import FOUR_FIFTHS, stratified_folds, stratified_split
from common.errors import DataError, UsageError
from reproductions.deeploc.folds import FOLDS, SEED, read_folds
from reproductions.deeploc.tree import LOCATIONS

DATASETS = ("deeploc1", "deeploc1-metadata", "light-attention-sethard")
PROFILES = "deeploc1"
"""Name of the profiles of all proteins that `load_table` reads."""
MEMBRANE, SOLUBLE, UNKNOWN = "Membrane", "Soluble", ""
LETTERS = {"M": MEMBRANE, "S": SOLUBLE, "U": UNKNOWN}
CERTAIN = 0.99
BOTH = "Cytoplasm-Nucleus"
POLICIES = ("drop", "merge")
SIMULATED_AS = {
    "ER": "Endoplasmic reticulum",
    "Golgi": "Golgi apparatus",
    "Chloroplast": "Plastid",
    "Cytoplasmic": "Cytoplasm",
    "Extracellular": "Extracellular",
    "Lysosomal": "Lysosome/Vacuole",
    "Mitochondrial": "Mitochondrion",
    "Nuclear": "Nucleus",
    "Peroxisomal": "Peroxisome",
    "Plasma membrane": "Cell membrane",
    "Vacuolar": "Lysosome/Vacuole",
}


@dataclass(frozen=True)
class Table:
    """Proteins with what is known of their origin.

    Parameters
    ----------
    frame : DataFrame
        ``id``, ``sequence`` (clean, whole), ``location`` (one of `LOCATIONS`), ``membrane``
        (`MEMBRANE`, `SOLUBLE` or `UNKNOWN`), ``split`` (``train`` or ``test``) and ``fold`` (0 to
        3; -1 for test proteins).
    hard : DataFrame
        setHARD: ``id``, ``sequence``, ``location``.
    variant : str
        Of the data set.
    sha256 : dict of str to str
        Checksum of each raw file.
    """

    frame: pd.DataFrame
    hard: pd.DataFrame
    variant: str
    sha256: dict[str, str]


def load_deeploc(cytoplasm_nucleus: str = "drop") -> Table:
    """Read DeepLoc 1.0 and setHARD.

    Parameters
    ----------
    cytoplasm_nucleus : str
        What becomes of the 146 proteins of both: ``drop`` (13,858 remain, the paper's number) or
        ``merge`` into the cytoplasm. See `docs/decisions/deeploc-data.md`.

    Raises
    ------
    UsageError
        Another policy.
    DataError
        A file is missing or damaged, or holds a location outside the ten.
    """
    if cytoplasm_nucleus not in POLICIES:
        fault = f"{cytoplasm_nucleus!r} is not known"
        raise UsageError("cytoplasm_nucleus", fault, f"Use {' or '.join(POLICIES)}")
    proteins, metadata, hard = (locate_facts(name) for name in DATASETS)
    frame = _proteins(proteins, metadata)
    both = frame["location"] == BOTH
    frame.loc[both, "location"] = "Cytoplasm"
    if cytoplasm_nucleus == "drop":
        frame = frame[~both].reset_index(drop=True)
    train = (frame["split"] == "train").to_numpy()
    frame["fold"] = -1
    frame.loc[train, "fold"] = read_folds(frame.loc[train, "id"].tolist())
    found = (proteins, hard) if proteins.variant == "exact" else (proteins, metadata, hard)
    sha256 = {name: digest for part in found for name, digest in part.sha256.items()}
    variant = least_exact(*(part.variant for part in found))
    return Table(frame, _hard(hard), variant, sha256)


def training_proteins() -> pd.DataFrame:
    """All 11,231 training proteins, `BOTH` being a location of its own.

    Returns
    -------
    DataFrame
        ``id``, ``sequence`` (clean, whole), ``location`` and ``membrane``.

    Raises
    ------
    DataError
        A file is missing or damaged, or holds a location outside the ten.
    """
    frame = _proteins(*(locate_facts(name) for name in DATASETS[:2]))
    return frame[frame.pop("split") == "train"].reset_index(drop=True)


def location_of(record: Record) -> str:
    """Location in a header ``Cell.membrane-M test``, as `LOCATIONS` spells it.

    Raises
    ------
    DataError
        None of the ten, nor `BOTH`.
    """
    word = record.description.split()[0] if record.description else ""
    name = word.rpartition("-")[0].replace(".", " ")
    if name not in (*LOCATIONS, BOTH):
        fault = f"the location {name!r} in {record.description!r} is not one of the ten"
        remedy = f"Allowed are {', '.join(LOCATIONS)}, and {BOTH}, each followed by -M, -S or -U"
        raise DataError(record.id, fault, remedy)
    return name


def membrane_labels(metadata: pd.DataFrame) -> pd.Series:
    """`MEMBRANE`, `SOLUBLE` or `UNKNOWN` of each record.

    A letter that was inferred from the data set's order counts only where its posterior
    probability is `CERTAIN` or more: see `docs/decisions/deeploc-data.md`.
    """
    sure = (metadata["flag_source"] != "aligned") | (metadata["flag_posterior"] >= CERTAIN)
    return metadata["flag"].map(LETTERS).where(sure, UNKNOWN)


def _letter_of(record: Record) -> str:
    """`MEMBRANE`, `SOLUBLE` or `UNKNOWN`, by the letter in a header ``Cell.membrane-M test``."""
    return LETTERS.get(record.description.split()[0].rpartition("-")[2], UNKNOWN)


def _proteins(proteins: Located, metadata: Located) -> pd.DataFrame:
    """Clean sequences beside their membrane labels.

    The labels are those of the authors' own headers or, where some letters of the headers were
    inferred, of the table that tells which.
    """
    (path,) = proteins.paths.values()
    records = list(read_fasta(path))
    frame = pd.DataFrame(
        {
            "id": [r.id for r in records],
            "sequence": [PROTEIN.clean(r.id, r.sequence) for r in records],
            "location": [location_of(r) for r in records],
            "split": ["test" if "test" in r.description.split() else "train" for r in records],
            "membrane": [_letter_of(r) for r in records],
        }
    )
    if proteins.variant == "exact":
        return frame
    if metadata.dataset.name == proteins.dataset.name:
        fault = "some membrane letters of this copy were inferred, and the table that tells which"
        remedy = f"Add {DATASETS[1]} to the mirror, or fetch {DATASETS[0]} from its authors"
        raise DataError(str(path), f"{fault}, {DATASETS[1]}, is not here", remedy)
    (path,) = metadata.paths.values()
    table = read_table(path).set_index("accession")
    missing = sorted(set(frame["id"]) - set(table.index))
    if missing:
        fault = f"no row for {len(missing)} proteins, such as {missing[0]}"
        raise DataError(str(path), fault, "Fetch both data sets again")
    table = table.loc[frame["id"]]
    frame["membrane"] = membrane_labels(table).to_numpy()
    return frame


def _hard(located: Located) -> pd.DataFrame:
    (path,) = located.paths.values()
    rows = [
        (r.id, PROTEIN.clean(r.id, r.sequence), location_of(r).replace(BOTH, "Cytoplasm"))
        for r in read_fasta(path)
    ]
    return pd.DataFrame(rows, columns=["id", "sequence", "location"])


def load_simulated(n: int, seed: int) -> Table:
    """Simulated proteins of the same ten locations, a fifth of them with an unknown membrane.

    Those that stand for setHARD have ids of their own.
    """
    frame = _simulate(n, seed)
    labels, ids = frame["location"].tolist(), frame["id"].tolist()
    frame["split"] = stratified_split(labels, FOUR_FIFTHS, seed, ids=ids)
    membrane = frame["location"].isin(["Cell membrane", "Golgi apparatus"])
    frame["membrane"] = np.where(membrane, MEMBRANE, SOLUBLE)
    frame.loc[np.arange(n) % 5 == 0, "membrane"] = UNKNOWN
    folds = stratified_folds(labels, FOLDS, seed, ids=ids)
    frame["fold"] = np.where(frame["split"] == "train", folds, -1)
    hard = _simulate(max(n // 5, len(SIMULATED_AS)), seed + 1)
    hard["id"] = "HARD-" + hard["id"]
    return Table(frame, hard, "simulated", {})


def _simulate(n: int, seed: int) -> pd.DataFrame:
    frame = simulate_proteins(n, seed)
    frame["location"] = frame["location"].map(SIMULATED_AS)
    return frame


def load_table(
    data: str,
    *,
    n: int,
    simulate: bool = False,
    seed: int = SEED,
    cytoplasm_nucleus: str = "drop",
) -> Table:
    """The table that the settings name.

    Parameters
    ----------
    data : str
        ``deeploc`` or ``simulated``.
    n : int
        Proteins to simulate.
    simulate : bool
        Simulated proteins stand in where DeepLoc's are nowhere to be found.
    seed : int
        Of the simulation.
    cytoplasm_nucleus : str
        As in `load_deeploc`.

    Raises
    ------
    UsageError
        Another name.
    DataError
        The data set is missing or damaged.
    """
    if data not in ("deeploc", "simulated"):
        raise UsageError("data", f"{data!r} is not known", "Use deeploc or simulated")
    if data == "simulated" or is_simulated(DATASETS, simulate):
        return load_simulated(n, seed)
    return load_deeploc(cytoplasm_nucleus)


def is_simulated(names: tuple[str, ...], simulate: bool) -> bool:
    """Whether simulated proteins must stand in for one of these data sets, and may."""
    return simulate and any(locate_facts(name, simulate=True).origin == SIMULATED for name in names)


def limited(frame: pd.DataFrame, most: int, seed: int = SEED) -> pd.DataFrame:
    """At most so many proteins, spread over the locations as they are in the whole.

    Parameters
    ----------
    frame : DataFrame
        ``id`` and ``location``, or ``labels`` where there are several.
    most : int
        0 for all.
    """
    if not most or len(frame) <= most:
        return frame
    classes = frame["location"] if "location" in frame else frame["labels"].str[0]
    parts = {"kept": most / len(frame), "left out": 1 - most / len(frame)}
    split = stratified_split(classes.tolist(), parts, seed, ids=frame["id"].tolist())
    return frame[split == "kept"].reset_index(drop=True)
