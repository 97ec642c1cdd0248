"""Annotation transfer's confidence: accuracy by the distance to the nearest training protein."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from common.harness.cells import Cell, ResultTable, fixed
from common.harness.groups import RunGroup, choose_group
from common.harness.record import Record
from common.harness.shortfall import ran_on, shortfalls
from common.metrics.classification import most_likely
from reproductions.light_attention.data import LOCATIONS, NAMES
from reproductions.light_attention.experiments import PAPER

EXPERIMENTS = tuple(
    f"at-{model}"
    for model in ("unirep64", "unirep256", "unirep1900", "seqvec", "protbert", "prott5")
)
QUARTERS = 4


def tabulate_distances(records: Sequence[Record]) -> ResultTable:
    """Accuracy in each quarter of a test set, the nearest proteins first."""
    rows, runs = [], []
    for name in EXPERIMENTS:
        group = choose_group(records, name, "paper")
        if group is None:
            continue
        for row in _rows(group):
            rows.append([name, *row, ran_on(group.data, group.profile, _lacks(group))])
            runs.append([group.name])
    return ResultTable(
        "accuracy-by-distance",
        "Annotation transfer: accuracy by the distance to the nearest training protein",
        "L1 distance of the mean embeddings, which is the method's confidence. Each test set in "
        "quarters of its own distances; accuracy in percent ± binomial standard error.",
        ["Experiment", "Test set", "Quarter", "Distance", "Proteins", "Accuracy", "Runs here"],
        rows,
        runs,
    )


def by_quarter(
    distance: np.ndarray, right: np.ndarray
) -> Iterator[tuple[float, float, int, float]]:
    """Least and greatest distance, proteins and share of right answers of each quarter.

    Parameters
    ----------
    distance : (n,) float
    right : (n,) bool
    """
    for part in np.array_split(np.argsort(distance, kind="stable"), QUARTERS):
        if len(part):
            own = distance[part]
            yield float(own[0]), float(own[-1]), len(part), float(right[part].mean())


def _rows(group: RunGroup) -> Iterator[list[str | Cell]]:
    """Cells of every quarter of both test sets; one seed, since nothing is drawn."""
    record = group.records[0]
    for name, distance in record.content["extra"]["distance"].items():
        table = record.tables["" if name == NAMES["test"] else name]
        found = most_likely(table[list(LOCATIONS)].to_numpy(), LOCATIONS)
        right = found == table["truth"].to_numpy(dtype=str)
        quarters = by_quarter(np.array(distance), right)
        for number, (least, most, count, share) in enumerate(quarters, 1):
            error = math.sqrt(share * (1 - share) / count)
            yield [
                name,
                f"{number} of {QUARTERS}",
                f"{least:.4g} … {most:.4g}",
                Cell(f"{count:,}", count),
                Cell(f"{fixed(100 * share, 1)} ± {fixed(100 * error, 1)}", 100 * share),
            ]


def _lacks(group: RunGroup) -> str:
    return "; ".join(shortfalls(PAPER, group))
