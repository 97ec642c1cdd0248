"""The second task: is a protein in a membrane, or soluble?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from common.harness.cells import Cell, ResultTable, fixed, number_cell
from common.harness.groups import RunGroup, choose_group
from common.harness.record import Record
from common.harness.shortfall import group_ran_on
from reproductions.light_attention.experiments import PAPER

METHODS = {
    "AT": "at-membrane-unirep256",
    "FFN": "ffn-membrane-unirep256",
    "LA": "membrane-unirep256",
}


def tabulate_membrane(records: Sequence[Record]) -> ResultTable:
    """Every method that was run on the two labels, behind the more common of them."""
    groups = {
        title: group
        for title, name in METHODS.items()
        if (group := choose_group(records, name, "paper")) is not None
    }
    rows = [[title, *_cells(group)] for title, group in groups.items()]
    runs = [[group.name] for group in groups.values()]
    if groups:
        first = next(iter(groups.values()))
        rows.insert(0, ["majority class", *_majority(first), "", group_ran_on(PAPER, first)])
        runs.insert(0, [])
    return ResultTable(
        "membrane",
        "Membrane or soluble, on setDeepLoc",
        "Networks of their own on UniRep-256, as in the authors' code; the paper prints no number "
        "for this task. Accuracy in percent, mean ± standard deviation over training seeds. "
        "setHARD has no such labels: all its proteins are marked as unknown.",
        ["Method", "Accuracy", "MCC", "Proteins", "Seeds", "Runs here"],
        rows,
        runs,
    )


def _cells(group: RunGroup) -> list[str | Cell]:
    share, mcc = group.estimate("accuracy"), group.estimate("mcc")
    spread = f" ± {fixed(100 * share.seed_sd, 2)}" if len(group.seeds) > 1 else ""
    return [
        Cell(f"{fixed(100 * share.value, 2)}{spread}", 100 * share.value),
        number_cell(mcc.value, 3),
        Cell(f"{share.n_test:,}", share.n_test),
        str(len(group.seeds)) if group.is_trained else "",
        group_ran_on(PAPER, group),
    ]


def _majority(group: RunGroup) -> list[str | Cell]:
    """Share of the more common label of the test proteins; its MCC is 0."""
    (truth, *_) = (one.truth for one in group.scores().values())
    share = np.bincount(truth).max() / len(truth)
    return [number_cell(100 * share, 2), number_cell(0.0, 3), Cell(f"{len(truth):,}", len(truth))]
