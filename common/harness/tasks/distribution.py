"""Fractions of a whole: correlation column by column, and divergence row by row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from common.harness.measures import Measure
from common.harness.tasks.places import places, share, weights
from common.metrics.distribution import kl_per_row

_CONSTANT = 1e-12
"""Share of the second moment below which a variance is a rounding error of 0."""


class Distribution:
    """Predicted fractions.

    Parameters
    ----------
    truth, predicted : (n, k) float64
    labels : sequence of str
        The k columns.
    """

    def __init__(self, truth: np.ndarray, predicted: np.ndarray, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        x, y = truth - truth.mean(axis=0), predicted - predicted.mean(axis=0)
        divergence = kl_per_row(truth, predicted)[:, None]
        self._terms = np.concatenate([x, y, x * x, y * y, x * y, divergence], axis=1)

    def can(self, measure: Measure) -> bool:
        """Pearson's r of a column, or the mean Kullback-Leibler divergence."""
        return (measure.kind, len(measure.about)) in (("pearson", 1), ("kl", 0))

    def summarise(self, indices: np.ndarray) -> np.ndarray:
        """Mean terms of each row of indices (resamples, n), (resamples, 5 k + 1).

        First and second moments of each column about the means of all examples, and the
        divergence.
        """
        return weights(indices, len(self._terms)) / len(self._terms) @ self._terms

    def score(self, measure: Measure, summary: np.ndarray) -> np.ndarray:
        """Measure of each row of means, (resamples,); NaN for r where a side is constant."""
        if measure.kind == "kl":
            return summary[..., -1]
        (at,) = places(measure, self.labels)
        k = len(self.labels)
        mean_x, mean_y, xx, yy, xy = (summary[..., i * k + at] for i in range(5))
        var_x, var_y = xx - mean_x**2, yy - mean_y**2
        defined = (var_x > _CONSTANT * xx) & (var_y > _CONSTANT * yy)
        norm = np.where(defined, np.sqrt(np.abs(var_x * var_y)), 0.0)
        return share(xy - mean_x * mean_y, norm, np.nan)

    def support(self, measure: Measure, summary: np.ndarray) -> float:
        """NaN: neither measure is a proportion."""
        return float("nan")
