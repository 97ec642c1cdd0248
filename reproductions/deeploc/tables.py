"""Tables that neither paper prints: each network on DeepLoc 1.0's test set, and the ablations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from common.harness.cells import Cell, ResultTable, fixed, number_cell
from common.harness.groups import RunGroup, choose_group
from common.harness.record import Record, read_records
from common.harness.shortfall import group_ran_on
from reproductions.deeploc.ablations import ablations_shown
from reproductions.deeploc.experiments import NAME, PAPER

NETWORKS = {
    "blosum-softmax": "DeepLoc 1.0 on BLOSUM62, softmax",
    "blosum-tree": "DeepLoc 1.0 on BLOSUM62, tree",
    "blosum-ensemble": "DeepLoc 1.0 on BLOSUM62, ensemble",
    "profile-softmax": "DeepLoc 1.0 on profiles, softmax",
    "profile-tree": "DeepLoc 1.0 on profiles, tree",
    "profile-ensemble": "DeepLoc 1.0 on profiles, ensemble",
    "report-deeploc1": "the report's network, by arg-max",
}


def tabulate(results: Path) -> list[ResultTable]:
    """Every table for which there are runs."""
    records = read_records(results, paper=NAME)
    found = [networks(records), ablations_shown(results, PAPER)]
    return [table for table in found if table.rows]


def networks(records: Sequence[Record]) -> ResultTable:
    """Accuracy and MCC on DeepLoc 1.0's 2,773 test proteins, a row for each network that ran.

    The report announces its network's arg-max accuracy on this set and never prints it.
    """
    rows, runs = [], []
    for name, title in NETWORKS.items():
        group = choose_group(records, name, "paper")
        if group:
            rows.append([title, *_row(group)])
            runs.append([group.name])
    return ResultTable(
        "deeploc1-test-set",
        "Every network on DeepLoc 1.0's test set",
        "The report announces its network's accuracy by arg-max on these proteins and never "
        "prints it. The preprint of Light Attention prints 77.97 % for DeepLoc on profiles and "
        "73.60 % on BLOSUM62. Means over the training seeds; the interval draws test proteins.",
        ["Network", "Accuracy, %", "95 % interval", "MCC", "Seeds", "Runs here"],
        rows,
        runs,
    )


def _row(group: RunGroup) -> list[str | Cell]:
    accuracy = group.estimate("accuracy")
    low, high = (fixed(100 * bound, 2) for bound in accuracy.bootstrap)
    return [
        number_cell(100 * accuracy.value, 2),
        f"{low} … {high}",
        number_cell(group.estimate("mcc").value, 3),
        Cell(str(len(group.seeds)), len(group.seeds)),
        group_ran_on(PAPER, group),
    ]
