"""Table 3: seconds that a language model takes for a protein, printed and measured here."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

from common.harness.cells import Cell, ResultTable, number_cell
from reproductions.light_attention.bench_unirep import ON_REAL, printed_seconds

PRINTED = ("10,000 of the PDB", "the authors' GPU")


def tabulate_seconds(results: Path) -> ResultTable:
    """The paper's seconds beside those that the last benchmark measured; empty without one."""
    measured = _measured(results / "benchmarks" / "light_attention.csv")
    printed = [
        [one.name.rsplit(", ", 1)[0], _seconds(one.value), "", *PRINTED]
        for one in printed_seconds()
    ]
    ours = [
        [row["name"].rsplit(", ", 1)[0], "", _seconds(row["value"]), row["note"], row["device"]]
        for row in measured.to_dict("records")
    ]
    rows = [*printed, *ours] if ours else []
    return ResultTable(
        "table-3",
        "Table 3: seconds to embed one protein",
        "Printed: mean over the proteins, on a GPU. Here: mean over proteins of setDeepLoc, in "
        "batches of similar length. Neither model nor machine is the paper's.",
        ["Language model", "Printed", "Here", "Proteins", "Device"],
        rows,
        [[] for _ in rows],
    )


def _measured(path: Path) -> pd.DataFrame:
    """Rows of a benchmark that stand beside Table 3: name, value, note and device."""
    columns = ["name", "value", "note", "device"]
    if not path.exists():
        return pd.DataFrame(columns=columns)
    found = pd.read_csv(path)[columns].fillna({"note": "", "device": ""})
    return found[found["name"].str.endswith(ON_REAL) & found["value"].notna()]


def _seconds(value: float) -> Cell:
    """Two digits that count: 0.03, 0.0041."""
    return number_cell(value, max(2, 1 - math.floor(math.log10(value))))
