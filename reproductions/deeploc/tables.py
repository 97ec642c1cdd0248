"""Tables of DeepLoc 1.0's test set, of the report's scores as it prints them, of its ablations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from common.harness.cells import Cell, ResultTable, fixed, number_cell
from common.harness.groups import RunGroup, choose_group
from common.harness.record import Record, read_records
from common.harness.reported import Reported
from common.harness.shortfall import group_ran_on
from common.harness.targets import Target, printed_numbers, target_of
from reproductions.deeploc.ablations import ablations_shown
from reproductions.deeploc.experiments import NAME, PAPER, SUPPORTS

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
    found = [networks(records), report_scores(records), ablations_shown(results, PAPER)]
    return [table for table in found if table.rows]


def networks(records: Sequence[Record]) -> ResultTable:
    """Accuracy and MCC on DeepLoc 1.0's 2,773 test proteins, a row for each network that ran.

    The report announces its network's arg-max accuracy on this set and never prints it.
    """
    rows, runs = [], []
    for name, title in NETWORKS.items():
        group = choose_group(records, name, "paper")
        if group:
            members = group.records[0].content["extra"].get("members", ())
            of = f" of {len(members)}" if members else ""
            rows.append([title + of, *_row(group)])
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


def report_scores(records: Sequence[Record]) -> ResultTable:
    """Precision, recall and F1 of eight locations and four averages, as the report's section 3.2.

    Each cell has the printed number and the one here.
    """
    group = choose_group(records, "report", "paper")
    printed: dict[str, list[Reported]] = {}
    for one in printed_numbers(PAPER):
        if one.source.endswith("section 3.2"):
            printed.setdefault(one.row, []).append(one)
    rows = [
        [
            name,
            str(SUPPORTS.get(name, sum(SUPPORTS.values()))),
            *(_both(one, group) for one in line),
        ]
        for name, line in printed.items()
        if group
    ]
    return ResultTable(
        "report-scores",
        "The report's table of section 3.2",
        "The report's network on the 1,717 proteins of DeepLoc 2.0's HPA set, which may have "
        "several locations: printed, and here. What the differences mean stands with each number.",
        ["Location", "Labels", *(f"{one.metric}: printed, here" for one in printed["micro avg"])],
        rows,
        [[group.name] for _ in rows if group],
    )


def _both(one: Reported, group: RunGroup) -> Cell:
    target = target_of(PAPER, one)
    here = group.estimate(target.metric).value if isinstance(target, Target) else math.nan
    return Cell(f"{fixed(one.value, 2)}, {fixed(here, 3)}", here)


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
