"""MultiLoc (Höglund 2006): 5,959 proteins in 11 locations, and its simulated stand-in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from common.data.alphabet import PROTEIN
from common.data.fasta import read_fasta
from common.data.fetch import SIMULATED, Located, locate
from common.data.simulate import simulate_proteins
from common.data.splits import read_split, stratified_split
from common.errors import UsageError

# Order of the paper's Table 2; the test set's size of each class is the row's sum there.
TEST_COUNTS = {
    "ER": 39,
    "Golgi": 30,
    "Chloroplast": 90,
    "Cytoplasmic": 282,
    "Extracellular": 168,
    "Lysosomal": 20,
    "Mitochondrial": 102,
    "Nuclear": 168,
    "Peroxisomal": 32,
    "Plasma membrane": 248,
    "Vacuolar": 13,
}
LOCATIONS: tuple[str, ...] = tuple(TEST_COUNTS)
SPLIT_SEED = 2015
SPLIT_FILE = Path(__file__).with_name("split.csv")
FILES = {
    location: f"{location if location in ('ER', 'Golgi') else location.lower()}.fasta".replace(
        " ", "_"
    )
    for location in LOCATIONS
}


@dataclass(frozen=True)
class Table:
    """Proteins with what is known of their origin.

    Parameters
    ----------
    frame : DataFrame
        ``id``, ``sequence`` (clean, whole), ``location``, ``split`` (``train`` or ``test``);
        simulated proteins also have ``signals``.
    variant : str
        ``exact`` or ``simulated``.
    sha256 : dict of str to str
        Checksum of each raw file.
    """

    frame: pd.DataFrame
    variant: str
    sha256: dict[str, str]


def load_multiloc(located: Located | None = None) -> Table:
    """Read the eleven files and the split.

    The header's ``SP``, ``SA``, ``cTP`` and ``mTP`` fields give the label away and are dropped.
    The paper's own split is not published: `split.csv` holds a seeded one whose test set has the
    class counts of Table 2 (`split.py` draws it).

    Parameters
    ----------
    located : Located, optional
        The files, where they were found and verified already.

    Raises
    ------
    DataError
        A file is missing, damaged or holds what no protein has.
    """
    located = located or locate("multiloc")
    frame = read_proteins(located)
    frame["split"] = read_split(SPLIT_FILE, frame["id"].tolist())
    return Table(frame, located.variant, dict(located.sha256))


def read_proteins(located: Located) -> pd.DataFrame:
    """``id``, clean ``sequence`` and ``location`` of all proteins, in the order of `LOCATIONS`.

    Raises
    ------
    DataError
        A file is damaged or holds what no protein has.
    """
    rows = [
        (record.id, PROTEIN.clean(record.id, record.sequence), location)
        for location in LOCATIONS
        for record in read_fasta(located.paths[FILES[location]])
    ]
    return pd.DataFrame(rows, columns=["id", "sequence", "location"])


def load_simulated(n: int, seed: int) -> Table:
    """Simulated proteins of the same eleven locations, with the positions of their signals."""
    frame = simulate_proteins(n, seed)
    frame["split"] = stratified_split(
        frame["location"].tolist(), seed=seed, ids=frame["id"].tolist()
    )
    return Table(frame, "simulated", {})


def load_table(data: str, *, n: int, simulate: bool = False, seed: int = SPLIT_SEED) -> Table:
    """The table that the settings name.

    Parameters
    ----------
    data : str
        ``multiloc`` or ``simulated``.
    n : int
        Proteins to simulate.
    simulate : bool
        Simulated proteins stand in where MultiLoc is nowhere to be found.
    seed : int
        Of the simulation.

    Raises
    ------
    UsageError
        Another name.
    DataError
        MultiLoc is missing or damaged.
    """
    if data not in ("multiloc", "simulated"):
        raise UsageError("data", f"{data!r} is not known", "Use multiloc or simulated")
    if data == "simulated":
        return load_simulated(n, seed)
    located = locate("multiloc", simulate=simulate)
    return load_simulated(n, seed) if located.origin == SIMULATED else load_multiloc(located)
