"""One seed's predictions, and any measure of them on the test examples or on resamples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from common.errors import DataError
from common.harness.measures import Measure, score_confusions, support_of
from common.metrics.classification import most_likely
from common.metrics.resampling import index_draws

_TRUTH = "truth:"
_CONSTANT = 1e-12
"""Share of the second moment below which a variance is a rounding error of 0."""


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
        Position of the true label, or true fractions.
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
        columns = [
            c for c in table.columns if c not in ("id", "truth") and not c.startswith(_TRUTH)
        ]
        predicted = table[columns].to_numpy(dtype=float)
        if "truth" in table:
            truth = pd.Index(columns).get_indexer(table["truth"])
            if (truth < 0).any():
                label = table["truth"][truth < 0].iloc[0]
                fault = f"the true label {label!r} has no column of probabilities"
                raise DataError(name, fault, f"Columns: {', '.join(columns)}")
        else:
            truth = table[[_TRUTH + column for column in columns]].to_numpy(dtype=float)
        return cls(tuple(table["id"]), tuple(columns), truth, predicted)

    @property
    def n(self) -> int:
        """Number of test examples."""
        return len(self.ids)

    def can(self, measure: Measure) -> bool:
        """Whether these predictions are enough to compute the measure."""
        if measure.from_confusion:
            return self.truth.ndim == 1
        return measure.from_columns and self.truth.ndim == 2

    def value(self, measure: Measure) -> float:
        """Measure over all test examples."""
        once = np.arange(self.n)[None, :]
        if measure.from_confusion:
            return float(score_confusions(measure, self._count(once), self.labels)[0])
        return float(self._correlate(once)[0, self._column(measure)])

    def drawn(self, measure: Measure, resamples: int, seed: int) -> np.ndarray:
        """Measure on bootstrap resamples of the test examples.

        The same `seed` draws the same examples from every `SeedScores` with the same ids.

        Returns
        -------
        np.ndarray
            (resamples,) float64; NaN where the measure is undefined.
        """
        if measure.from_confusion:
            kept = self._keep(resamples, seed, self._count)
            return score_confusions(measure, kept, self.labels)
        return self._keep(resamples, seed, self._correlate)[:, self._column(measure)]

    def support(self, measure: Measure) -> float:
        """Examples that a proportion is a share of; NaN for a measure that is none."""
        if not measure.from_confusion:
            return float("nan")
        return support_of(measure, self._count(np.arange(self.n)[None, :])[0], self.labels)

    def _column(self, measure: Measure) -> int:
        if measure.about[0] not in self.labels:
            fault = f"the predictions have no column {measure.about[0]!r}"
            raise DataError(f"metric {measure.name}", fault, f"Known: {', '.join(self.labels)}")
        return self.labels.index(measure.about[0])

    @cached_property
    def _cells(self) -> np.ndarray:
        """Cell of the confusion matrix of each example, true label times k plus predicted."""
        guessed = most_likely(self.predicted, self.labels)
        return self.truth * len(self.labels) + pd.Index(self.labels).get_indexer(guessed)

    @cached_property
    def _kept(self) -> dict[tuple[int, int], np.ndarray]:
        return {}

    def _keep(
        self, resamples: int, seed: int, statistic: Callable[[np.ndarray], np.ndarray]
    ) -> np.ndarray:
        """Statistic of all resamples, (resamples, ...), computed once for all measures."""
        if (resamples, seed) not in self._kept:
            draws = index_draws(self.n, resamples, seed)
            self._kept[resamples, seed] = np.concatenate([statistic(draw) for draw in draws])
        return self._kept[resamples, seed]

    def _count(self, indices: np.ndarray) -> np.ndarray:
        """Confusion matrix of each row of indices (resamples, n), (resamples, k, k)."""
        k = len(self.labels)
        shifted = self._cells[indices] + np.arange(len(indices))[:, None] * k**2
        counts = np.bincount(shifted.ravel(), minlength=len(indices) * k**2)
        return counts.reshape(len(indices), k, k)

    def _correlate(self, indices: np.ndarray) -> np.ndarray:
        """Pearson's r of each column for each row of indices (resamples, n), (resamples, k).

        NaN where a side is constant. From the five sums of weighted moments about the means of
        all examples, so that a resample is a vector of weights.
        """
        x, y = self.truth - self.truth.mean(axis=0), self.predicted - self.predicted.mean(axis=0)
        shifted = indices + np.arange(len(indices))[:, None] * self.n
        weights = np.bincount(shifted.ravel(), minlength=len(indices) * self.n)
        share = weights.reshape(len(indices), self.n) / self.n
        mean_x, mean_y, xx, yy, xy = (share @ term for term in (x, y, x * x, y * y, x * y))
        var_x, var_y = xx - mean_x**2, yy - mean_y**2
        defined = (var_x > _CONSTANT * xx) & (var_y > _CONSTANT * yy)
        norm = np.sqrt(np.where(defined, var_x * var_y, 1.0))
        return np.where(defined, (xy - mean_x * mean_y) / norm, np.nan)
