"""The numbers that a run must not fall below: `results/baseline.csv`."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from common.errors import DataError
from common.harness.measures import COUNTS, parse_measure
from common.harness.record import Record
from common.harness.tables import as_table, read_table, write_table
from common.paths import results_folder

LEAST_SEEDS = 5
CONFIDENCE = 0.99
OF_A_CLASS = ("precision", "recall", "f1", "fraction", *COUNTS)
FLOOR = 0.005
"""Least tolerance: half a point of a score in 0..1."""


@dataclass(frozen=True)
class Row:
    """One row of `baseline.csv`: a metric of one experiment on one kind of data.

    `value` is the mean over `n_seeds` seeds with the standard deviation `seed_sd` (ddof 1), each
    seed's value the mean over `folds`. `direction` is which side is better.
    """

    profile: str
    paper: str
    experiment: str
    variant: str
    data: str
    folds: str
    metric: str
    direction: str
    value: float
    tolerance: float
    n_seeds: float
    seed_sd: float


NUMBERS = ("value", "tolerance", "n_seeds", "seed_sd")
TEXT = tuple(name for name in Row.__dataclass_fields__ if name not in NUMBERS)
PLACE = ("profile", "paper", "experiment", "variant")
Place = tuple[str, str, str, str]


def by_experiment(records: Iterable[Record]) -> dict[tuple[Place, str], list[Record]]:
    """Records of each (profile, paper, experiment, variant) and kind of data."""
    groups: dict[tuple[Place, str], list[Record]] = {}
    for record in sorted(records, key=lambda one: one.key):
        key = record.key
        place = (key.profile, key.paper, key.experiment, key.variant)
        groups.setdefault((place, record.data_variant), []).append(record)
    return groups


def by_seed(records: Iterable[Record], metric: str, folds: set[int]) -> dict[int, float]:
    """Mean of a metric over the given folds, for each seed that has them all."""
    found: dict[int, dict[int, float]] = {}
    for record in records:
        if record.key.fold in folds:
            value = record.metrics.get(metric, math.nan)
            found.setdefault(record.key.seed, {})[record.key.fold] = value
    return {s: float(np.mean([*v.values()])) for s, v in found.items() if set(v) == folds}


def make_baseline(records: Iterable[Record]) -> pd.DataFrame:
    """Baseline of every metric that has a better side, from at least 5 seeds of each experiment.

    The tolerance is what a new run of one more seed falls below in 1 of 100 cases,
    t(0.99, n - 1) sd sqrt(1 + 1 / n), and no less than `FLOOR`; for a metric outside -1..1 the
    floor is that share of its value. Left out are a score that no run could fall below, because it
    lies within its tolerance of 0, and the scores of single classes: in short runs they jump, so
    that five seeds may agree by chance and another processor's rounding then looks like a fall.

    Raises
    ------
    DataError
        An experiment with fewer than 5 complete seeds.
    """
    rows = []
    for ((profile, paper, experiment, variant), data), group in by_experiment(records).items():
        folds = {record.key.fold for record in group}
        for metric in sorted({name for record in group for name in record.metrics}):
            measure = parse_measure(metric)
            direction = "" if measure.kind in OF_A_CLASS and measure.about else measure.better
            values = np.array(list(by_seed(group, metric, folds).values()))
            if len(values) < LEAST_SEEDS:
                fault = f"{len(values)} complete seeds on {data}, a baseline needs {LEAST_SEEDS}"
                raise DataError(f"{paper}/{experiment} ({profile})", fault, "Run more seeds")
            if not direction or np.isnan(values).any():
                continue
            n, mean, sd = len(values), float(values.mean()), float(values.std(ddof=1))
            spread = float(stats.t.ppf(CONFIDENCE, n - 1)) * sd * math.sqrt(1 + 1 / n)
            tolerance = max(FLOOR * max(1.0, abs(mean)), spread)
            if direction == "higher" and mean <= tolerance:
                continue
            names = (profile, paper, experiment, variant, data, _fold_text(folds), metric)
            rows.append(Row(*names, direction, mean, tolerance, n, sd))
    return as_table(rows, Row)


def rows_of(table: pd.DataFrame, papers: Collection[str], data: str | None = None) -> pd.DataFrame:
    """Rows of these papers, on one kind of data where it is named."""
    wanted = table["paper"].isin(list(papers))
    if data is not None:
        wanted &= table["data"] == data
    return table[wanted].reset_index(drop=True)


def update_baseline(records: Iterable[Record], results: Path | None = None) -> Path:
    """Put the rows of these records' experiments in place of those in `baseline.csv`.

    Rows of other experiments, profiles, variants and kinds of data stay.

    Raises
    ------
    DataError
        As `make_baseline`; the file is then left as it was.
    """
    folder = results or results_folder()
    records = list(records)
    table = make_baseline(records)
    path = folder / "baseline.csv"
    if path.exists():
        old = read_baseline(path)
        made = {(*place, data) for place, data in by_experiment(records)}
        places = zip(*(old[name] for name in (*PLACE, "data")), strict=True)
        kept = old[[place not in made for place in places]]
        table = pd.concat([kept, table], ignore_index=True) if len(kept) else table
    table = table.sort_values([*PLACE, "data", "metric"], kind="stable", ignore_index=True)
    return write_baseline(table, folder)


def write_baseline(table: pd.DataFrame, results: Path | None = None) -> Path:
    """Write `baseline.csv`; the same table gives the same bytes."""
    return write_table(table, (results or results_folder()) / "baseline.csv")


def read_baseline(path: Path) -> pd.DataFrame:
    """Read a `baseline.csv`; `DataError` where it cannot be used."""
    return read_table(path, TEXT, NUMBERS, "reproduce baseline")


def parse_folds(text: str) -> set[int]:
    """Folds of a baseline row, written as ``0 1 2``."""
    return {int(fold) for fold in text.split()}


def _fold_text(folds: set[int]) -> str:
    return " ".join(str(fold) for fold in sorted(folds))
