"""Table of the random search: a row for each draw that was run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from common.harness.cells import Cell, ResultTable, number_cell
from common.harness.groups import RunGroup
from common.harness.record import Record
from common.harness.shortfall import group_ran_on
from reproductions.light_attention.experiments import PAPER
from reproductions.light_attention.search import fullest_draws, search_table

NETWORKS = {"search-la": "LA", "search-ffn": "FFN"}


def tabulate_search(records: Sequence[Record]) -> ResultTable:
    """Draws of the fullest profile, of each network the best on validation proteins first."""
    draws = fullest_draws(records)
    about = {(one.key.experiment, one.key.seed): _about(one) for one in draws}
    rows, runs = [], []
    for row in search_table(draws).to_dict("records"):
        name, seed = row["search"], row["seed"]
        rows.append([f"{NETWORKS[name]}, draw {seed}", *_cells(row), about[name, seed]])
        runs.append([f"{name}/paper/{row['profile']}"])
    return ResultTable(
        "search",
        "Appendix C: the draws of the random search",
        "LA on UniRep-64, the FFN on UniRep-256. Each seed is one draw from the paper's spaces. "
        "Accuracies in percent are those of the weights that are kept, from the epoch with the "
        "lowest validation loss; the order is that of validation accuracy, and test proteins chose "
        "nothing. The paper's best: 5e-5, filter size 9, d_out 1,024; 32 hidden units for the FFN.",
        [
            *("Draw", "Learning rate", "Filter sizes", "d_out", "Hidden units", "Kept epoch"),
            *("Validation", "setDeepLoc", "Parameters", "Runs here"),
        ],
        rows,
        runs,
    )


def _cells(row: Mapping[str, Any]) -> list[str | Cell]:
    """What was drawn and what came out."""
    rate, sizes = row["learning_rate"], row.get("kernel_sizes")
    return [
        Cell(f"{rate:.3g}", rate),
        sizes if isinstance(sizes, str) else "",
        _whole(row.get("d_out", math.nan)),
        _whole(row.get("hidden_units", math.nan)),
        _whole(row["best_epoch"]),
        number_cell(100 * row["val_accuracy"], 2),
        number_cell(100 * row["accuracy"], 2),
        _whole(row["parameters"]),
    ]


def _whole(value: float) -> Cell:
    return Cell("", None) if math.isnan(value) else Cell(f"{int(value):,}", value)


def _about(record: Record) -> str:
    group = RunGroup({record.key.seed: (record,)})
    return group_ran_on(PAPER, group)
