"""One seed's predictions, and any measure of them on the test examples or on resamples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from common.errors import DataError
from common.harness.measures import Measure
from common.harness.tasks import Task, task_of
from common.metrics.resampling import index_draws

TRUTH = "truth:"
"""Head of the columns that hold the true fraction, or 0 and 1, of each label."""


@dataclass(frozen=True)
class SeedScores:
    """Predictions of one seed, all folds pooled, sorted by id.

    Parameters
    ----------
    ids : tuple of str
        The n test examples.
    labels : tuple of str
        The k labels, as the columns of probabilities are named.
    truth : (n,) int64 or (n, k) float64
        Position of the true label; true fractions; or 0 and 1.
    predicted : (n, k) float64
        Probabilities or predicted fractions.
    """

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    truth: np.ndarray
    predicted: np.ndarray

    @classmethod
    def from_tables(cls, tables: Sequence[pd.DataFrame], name: str) -> SeedScores:
        """Pool the predictions of a seed's folds.

        Parameters
        ----------
        tables : sequence of DataFrame
            As `RunResult.predictions`; no example is in two of them.
        name : str
            What an error calls them.

        Raises
        ------
        DataError
            An example is in two folds, the folds have other columns, or a true label has no
            column of probabilities.
        """
        if any(list(table.columns) != list(tables[0].columns) for table in tables):
            raise DataError(name, "the folds predict different labels", "Run the folds again")
        table = pd.concat(tables).sort_values("id", ignore_index=True)
        twice = table["id"][table["id"].duplicated()]
        if len(twice):
            fault = f"{twice.iloc[0]} is a test example of two folds"
            raise DataError(name, fault, "Make an ensemble of such runs an experiment of its own")
        columns = label_columns(table)
        predicted = table[columns].to_numpy(dtype=float)
        if "truth" in table:
            truth = pd.Index(columns).get_indexer(table["truth"])
            if (truth < 0).any():
                label = table["truth"][truth < 0].iloc[0]
                fault = f"the true label {label!r} has no column of probabilities"
                raise DataError(name, fault, f"Columns: {', '.join(columns)}")
        else:
            truth = table[[TRUTH + column for column in columns]].to_numpy(dtype=float)
        return cls(tuple(table["id"]), tuple(columns), truth, predicted)

    @property
    def n(self) -> int:
        """Number of test examples."""
        return len(self.ids)

    @cached_property
    def task(self) -> Task:
        """What the predictions are about."""
        return task_of(self.truth, self.predicted, self.labels)

    def can(self, measure: Measure) -> bool:
        """Whether these predictions are enough to compute the measure."""
        return self.task.can(measure)

    def value(self, measure: Measure) -> float:
        """Measure over all test examples."""
        return float(self.task.score(measure, self._all)[0])

    def drawn(self, measure: Measure, resamples: int, seed: int) -> np.ndarray:
        """Measure on bootstrap resamples of the test examples.

        The same `seed` draws the same examples from every `SeedScores` with the same ids.

        Returns
        -------
        np.ndarray
            (resamples,) float64; NaN where the measure is undefined.
        """
        if (resamples, seed) not in self._kept:
            draws = index_draws(self.n, resamples, seed)
            summaries = [self.task.summarise(draw) for draw in draws]
            self._kept[resamples, seed] = np.concatenate(summaries)
        return self.task.score(measure, self._kept[resamples, seed])

    def support(self, measure: Measure) -> float:
        """Examples that a proportion is a share of; NaN for a measure that is none."""
        return self.task.support(measure, self._all) if self.can(measure) else float("nan")

    @cached_property
    def _all(self) -> np.ndarray:
        """Summary of all test examples, once each."""
        return self.task.summarise(np.arange(self.n)[None, :])

    @cached_property
    def _kept(self) -> dict[tuple[int, int], np.ndarray]:
        """Summaries of all resamples, computed once for all measures."""
        return {}


def label_columns(table: pd.DataFrame) -> list[str]:
    """Columns of probabilities or fractions of a table of predictions."""
    return [c for c in table.columns if c not in ("id", "truth") and not c.startswith(TRUTH)]
