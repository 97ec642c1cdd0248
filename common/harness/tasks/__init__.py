"""What a table of predictions is about, and which measures can be computed from it.

One label an example, several labels, or fractions of a whole: each is a class that sums an
example's share of every measure, so that a bootstrap resample is one sum over its examples.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from common.harness.measures import Measure
from common.harness.tasks.distribution import Distribution
from common.harness.tasks.multi_label import MultiLabel
from common.harness.tasks.single_label import SingleLabel

__all__ = ["Distribution", "MultiLabel", "SingleLabel", "Task", "task_of"]


class Task(Protocol):
    """What resampling needs of a kind of prediction."""

    def can(self, measure: Measure) -> bool:
        """Whether these predictions are enough to compute the measure."""

    def summarise(self, indices: np.ndarray) -> np.ndarray:
        """Sums over the examples of each row of indices (resamples, n), (resamples, ...)."""

    def score(self, measure: Measure, summary: np.ndarray) -> np.ndarray:
        """Measure of each summary, (resamples,); NaN where it is undefined."""

    def support(self, measure: Measure, summary: np.ndarray) -> float:
        """Examples that a proportion is a share of; NaN for a measure that is none."""


def task_of(truth: np.ndarray, predicted: np.ndarray, labels: Sequence[str]) -> Task:
    """The kind of prediction that a table holds.

    Parameters
    ----------
    truth : (n,) int64 or (n, k) float64
        Position of the true label; or, for each label, a fraction, or 0 and 1 only where an
        example has any number of labels.
    predicted : (n, k) float64
        Probabilities or fractions.
    labels : sequence of str
        The k labels.
    """
    if truth.ndim == 1:
        return SingleLabel(truth, predicted, labels)
    if np.isin(truth, (0.0, 1.0)).all():
        return MultiLabel(truth, predicted, labels)
    return Distribution(truth, predicted, labels)
