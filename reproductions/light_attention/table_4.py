"""Table 4 recomputed from the files: proteins of each location in DeepLoc and in setHARD."""

from __future__ import annotations

from collections import Counter

from common.data.fasta import read_fasta
from common.data.fetch import locate
from reproductions.light_attention.data import BOTH, LOCATIONS, Table, class_counts

# What the table prints behind its counts, in percent of the set.
PRINTED_PERCENT = {
    "DeepLoc": {
        "Nucleus": 28.9,
        "Cytoplasm": 19.3,
        "Extracellular": 14.0,
        "Mitochondrion": 11.8,
        "Cell.membrane": 9.5,
        "Endoplasmic.reticulum": 6.2,
        "Plastid": 5.4,
        "Golgi.apparatus": 2.6,
        "Lysosome/Vacuole": 2.3,
        "Peroxisome": 1.1,
    },
    "setHARD": {
        "Nucleus": 20.2,
        "Cytoplasm": 23.8,
        "Extracellular": 18.8,
        "Mitochondrion": 2.0,
        "Cell.membrane": 20.0,
        "Endoplasmic.reticulum": 6.9,
        "Plastid": 2.6,
        "Golgi.apparatus": 2.6,
        "Lysosome/Vacuole": 2.2,
        "Peroxisome": 0.6,
    },
}


def table_4(table: Table, *, simulated: bool = False) -> dict[str, int]:
    """Proteins by set and location, such as ``setHARD Nucleus``.

    Parameters
    ----------
    table : Table
        Its setHARD is counted.
    simulated : bool
        Count the simulated training, validation and test proteins in the place of DeepLoc's.

    Notes
    -----
    The column DeepLoc counts DeepLoc 1.0's own file, without the 146 proteins of cytoplasm and
    nucleus.
    """
    hard = class_counts(table.part("hard"))["proteins"]
    if simulated:
        known = Counter(table.frame.loc[table.frame["split"] != "hard", "location"])
    else:
        (path,) = locate("deeploc1").paths.values()
        headers = (record.description.split()[0] for record in read_fasta(path))
        known = Counter(header.rpartition("-")[0] for header in headers)
    known.pop(BOTH, None)
    found = {f"DeepLoc {location}": known[location] for location in LOCATIONS}
    return found | {f"setHARD {location}": int(hard[location]) for location in LOCATIONS}


def wrong_percentages(counts: dict[str, int]) -> dict[str, tuple[float, float]]:
    """Printed percentages that do not follow from the counts, with those that do.

    Parameters
    ----------
    counts : dict
        From `table_4`.

    Returns
    -------
    dict
        From ``setHARD Plastid`` to (printed, recomputed), where they differ by more than
        rounding.
    """
    wrong = {}
    for name, column in PRINTED_PERCENT.items():
        total = sum(counts[f"{name} {location}"] for location in LOCATIONS)
        for location, printed in column.items():
            percent = 100 * counts[f"{name} {location}"] / total
            if abs(percent - printed) > 0.0501 + 1e-9:
                wrong[f"{name} {location}"] = (printed, percent)
    return wrong
