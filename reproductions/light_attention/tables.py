"""Tables that the paper does not print: every method on UniRep, reweighted setHARD, and more."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from common.harness.cells import Cell, ResultTable, fixed, number_cell
from common.harness.groups import RunGroup, choose_group
from common.harness.record import Record, read_records
from common.harness.reported import Reported, read_reported
from common.harness.shortfall import group_ran_on
from common.metrics.classification import most_likely
from reproductions.light_attention.audit_tables import audit_tables
from reproductions.light_attention.data import NAMES
from reproductions.light_attention.distance_table import tabulate_distances
from reproductions.light_attention.experiments import PAPER
from reproductions.light_attention.membrane_table import tabulate_membrane
from reproductions.light_attention.reported import TABLE_4_NAMES, TABLES
from reproductions.light_attention.resampling import RESAMPLED, reweighted_accuracy
from reproductions.light_attention.search_tables import tabulate_search
from reproductions.light_attention.table_3 import tabulate_seconds
from reproductions.light_attention.table_4 import wrong_percentages

WIDTHS = (64, 256, 1900)
OWN_INPUT = "no language model"
INPUTS = (*(f"UniRep-{width}" for width in WIDTHS), OWN_INPUT)
SCORES = {"accuracy": ("accuracy in percent", 100, 2), "mcc": ("MCC", 1, 3)}
"""What a score is called, the factor to its unit and its decimals."""


@dataclass(frozen=True)
class Method:
    """A row: one method on every input it runs on.

    Parameters
    ----------
    title : str
    printed, later : str
        Its rows of the paper and of the authors' later results; empty where there is none.
    experiments : mapping of str to str
        By `INPUTS`.
    variant : str
        Of these experiments.
    """

    title: str
    printed: str
    later: str
    experiments: Mapping[str, str]
    variant: str = "paper"


def _on_unirep(title: str, head: str, ending: str = "", *, later: bool = True) -> Method:
    """A method with a row of ProtT5 in the paper; `ending` is what its name there ends with."""
    words = "LA" if head.startswith("la") else title
    names = {f"UniRep-{width}": f"{head}-unirep{width}" for width in WIDTHS}
    printed = f"{words} ProtT5{ending}"
    return Method(title, printed, f"{words} ProtT5-U50{ending}" if later else "", names)


METHODS = (
    _on_unirep("AT", "at", later=False),
    _on_unirep("FFN", "ffn"),
    _on_unirep("LA", "la"),
    _on_unirep("LA without the maximum", "la-no-max", " without max pooling"),
    _on_unirep("LA, mean of the coefficients", "la-mean", " without softmax attention"),
    Method("LA on one-hot letters", "", "LA one-hot", {OWN_INPUT: "la-onehot"}, "code"),
    Method("LA on one-hot letters, stopped by the loss", "", "", {OWN_INPUT: "la-onehot"}),
    Method("LA on profiles", "", "LA profiles", {OWN_INPUT: "la-profiles"}, "code"),
)


def tabulate(results: Path) -> list[ResultTable]:
    """Every table for which there are runs, an audit or printed counts."""
    records = read_records(results, paper=PAPER.name)
    groups = [_groups(records, method) for method in METHODS]
    found = [_methods(groups, name, score) for name in NAMES.values() for score in SCORES]
    found += [_reweighted(groups), tabulate_membrane(records), tabulate_distances(records)]
    found += [tabulate_search(records), tabulate_seconds(results), _percentages()]
    found += audit_tables(records, results)
    return [table for table in found if table.rows]


def _groups(records: Sequence[Record], method: Method) -> dict[str, RunGroup]:
    """Runs of a method, by the input that they read."""
    found: dict[str, RunGroup] = {}
    for source, name in method.experiments.items():
        group = choose_group(records, name, method.variant)
        if group:
            found.setdefault(_input_of(group, source), group)
    return found


def _input_of(group: RunGroup, declared: str) -> str:
    """What some runs read: shortened ones take a smaller UniRep than their experiment's."""
    embedder = str(group.records[0].settings["embedder"]).replace("unirep", "UniRep")
    return embedder if declared != OWN_INPUT and embedder in INPUTS else declared


def _methods(groups: Sequence[dict[str, RunGroup]], test_set: str, score: str) -> ResultTable:
    """One score of every method on one test set; no row where nothing was run."""
    title, scale, digits = SCORES[score]
    rows = []
    for method, found in zip(METHODS, groups, strict=True):
        printed = [_printed(name, test_set, score) for name in (method.printed, method.later)]
        ours = [
            _score(found[source], f"{TABLES[test_set]}{score}", scale, digits)
            if source in found
            else ""
            for source in INPUTS
        ]
        rows.append([method.title, *printed, *ours, _told(found)])
    heads = ["Method", "Printed, ProtT5 (BFD)", "Authors later, ProtT5 (UniRef50)"]
    return ResultTable(
        f"{test_set}-{score}".lower(),
        f"Every method on UniRep: {title} on {test_set}",
        "Mean ± standard deviation over training seeds. What the authors have for letters and "
        "profiles stands among their later results. UniRep is a smaller language model than "
        "ProtT5: orderings may be compared, numbers may not.",
        [*heads, *(f"Here, {source}" for source in INPUTS), "Runs here"],
        rows if any(groups) else [],
        [[group.name for group in found.values()] for found in groups],
    )


@cache
def _reported() -> dict[tuple[str, str, str], Reported]:
    """What the tables and the later results print, by row, column and metric."""
    rows = read_reported(Path(__file__).with_name("reported.csv"))
    return {(one.row, one.column, one.metric): one for one in rows}


def _printed(row: str, test_set: str, score: str) -> str | Cell:
    one = _reported().get((row, test_set, score))
    if one is None:
        return ""
    digits = SCORES[score][2]
    spread = "" if math.isnan(one.spread) else f" ± {fixed(one.spread, digits)}"
    return Cell(f"{fixed(one.value, digits)}{spread}", one.value)


def _score(group: RunGroup, metric: str, scale: float, digits: int) -> Cell:
    estimate = group.estimate(metric)
    text = fixed(scale * estimate.value, digits)
    if not group.is_trained:
        return Cell(text, scale * estimate.value)
    count = len(group.seeds)
    if count > 1:
        text += f" ± {fixed(scale * estimate.seed_sd, digits)}"
    return Cell(f"{text} ({count} seed{'s' * (count > 1)})", scale * estimate.value)


def _told(groups: Mapping[str, RunGroup]) -> str:
    """What a row's runs are; that of each where they differ."""
    about = {source: group_ran_on(PAPER, one) for source, one in groups.items()}
    if len(set(about.values())) < 2:
        return next(iter(about.values()), "")
    return "; ".join(f"{source}: {text}" for source, text in about.items())


def _reweighted(groups: Sequence[dict[str, RunGroup]]) -> ResultTable:
    """setHARD with the class shares of setDeepLoc: drawn once, and weighted."""
    rows, runs = [], []
    for method, found in zip(METHODS, groups, strict=True):
        for source, group in found.items():
            drawn = 100 * group.estimate(f"{RESAMPLED}/accuracy").value
            value, low, high = (100 * one for one in _weighted(group))
            rows.append(
                [
                    method.title,
                    source,
                    number_cell(drawn, 2),
                    number_cell(value, 2),
                    f"{fixed(low, 2)} … {fixed(high, 2)}",
                    group_ran_on(PAPER, group),
                ]
            )
            runs.append([group.name])
    return ResultTable(
        "reweighted",
        "setHARD with the class shares of setDeepLoc",
        "Accuracy in percent. Drawn: 490 predictions, each class dealt out in turn. Weighted: "
        "every protein counts, by the share of its class in setDeepLoc over the number of its "
        "class in setHARD; the interval draws proteins and not their copies.",
        ["Method", "Input", "Drawn", "Weighted", "95 % interval", "Runs here"],
        rows,
        runs,
    )


def _weighted(group: RunGroup) -> tuple[float, float, float]:
    """Reweighted accuracy on setHARD with its interval; all seeds tested the same proteins."""
    first, hard = (list(group.scores(table).values()) for table in ("", NAMES["hard"]))
    like, truth = (np.array(one.labels)[one.truth] for one in (first[0], hard[0]))
    right = [most_likely(one.predicted, one.labels) == truth for one in hard]
    return reweighted_accuracy(np.mean(right, axis=0), truth.tolist(), like.tolist())


def _percentages() -> ResultTable:
    """Percentages of Table 4 that do not follow from the counts beside them."""
    counts = {
        f"{column} {TABLE_4_NAMES.get(row, row)}": int(one.value)
        for (row, column, _), one in _reported().items()
        if one.source == "Table 4"
    }
    rows = [
        [
            place,
            Cell(f"{counts[place]:,}", counts[place]),
            number_cell(printed, 1),
            number_cell(percent, 2),
        ]
        for place, (printed, percent) in wrong_percentages(counts).items()
    ]
    return ResultTable(
        "table-4",
        "Percentages of Table 4 that do not follow from its counts",
        "Recomputed: of the 13,858 and 490 proteins that the printed counts add up to.",
        ["Set and location", "Printed count", "Printed percentage", "Recomputed"],
        rows,
        [[] for _ in rows],
    )
