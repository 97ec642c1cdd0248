"""One label an example: everything follows from the confusion matrix."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from common.harness.measures import CELLS, Measure
from common.harness.tasks.places import places, share
from common.metrics.classification import (
    accuracy_from_confusion,
    mcc_from_confusion,
    most_likely,
)

OVER_ALL_CLASSES = ("accuracy", "mcc", "f1", "f1_weighted")


class SingleLabel:
    """Predictions of one label an example.

    Parameters
    ----------
    truth : (n,) int64
        Position of the true label.
    predicted : (n, k) float64
        Probabilities.
    labels : sequence of str
        The k labels.
    """

    def __init__(self, truth: np.ndarray, predicted: np.ndarray, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        guessed = pd.Index(self.labels).get_indexer(most_likely(predicted, self.labels))
        self._cells = truth * len(self.labels) + guessed

    def can(self, measure: Measure) -> bool:
        """Whether a confusion matrix is enough to compute it."""
        return measure.kind in _FORMULAS and bool(measure.about or measure.kind in OVER_ALL_CLASSES)

    def summarise(self, indices: np.ndarray) -> np.ndarray:
        """Confusion matrix of each row of indices (resamples, n), (resamples, k, k) int64."""
        k = len(self.labels)
        shifted = self._cells[indices] + np.arange(len(indices))[:, None] * k**2
        counts = np.bincount(shifted.ravel(), minlength=len(indices) * k**2)
        return counts.reshape(len(indices), k, k)

    def score(self, measure: Measure, summary: np.ndarray) -> np.ndarray:
        """Measure of each confusion matrix, (resamples,)."""
        return score_confusions(measure, summary, self.labels)

    def support(self, measure: Measure, summary: np.ndarray) -> float:
        """Examples that a proportion is a share of; NaN for a measure that is none."""
        return support_of(measure, summary[0], self.labels)


def score_confusions(measure: Measure, counts: np.ndarray, labels: Sequence[str]) -> np.ndarray:
    """Measure of each confusion matrix of a stack.

    Parameters
    ----------
    measure : Measure
        One that `SingleLabel.can` compute.
    counts : (..., k, k)
        Examples by true label (rows) and predicted label (columns).
    labels : sequence of str
        The k labels in the order of rows and columns.

    Returns
    -------
    np.ndarray
        (...) float64. Precision, recall and F1 are 0 where they are 0 / 0 and the class occurs;
        recall and the cells of a class without examples are NaN.
    """
    return _FORMULAS[measure.kind](np.asarray(counts, float), places(measure, labels))


def support_of(measure: Measure, counts: np.ndarray, labels: Sequence[str]) -> float:
    """Examples that a proportion is a share of: all, the true class, or those predicted as it.

    Parameters
    ----------
    counts : (k, k)

    Returns
    -------
    float
        NaN for a measure that is no proportion.
    """
    at = places(measure, labels)
    if measure.kind == "precision":
        return float(counts[:, at[0]].sum())
    if measure.kind in ("recall", *CELLS):
        return float(counts[at[0]].sum())
    return float(counts.sum()) if measure.kind == "accuracy" else float("nan")


def _recall(counts: np.ndarray, at: list[int]) -> np.ndarray:
    return _cell(counts, [at[0], at[0]])


def _precision(counts: np.ndarray, at: list[int]) -> np.ndarray:
    return share(counts[..., at[0], at[0]], counts[..., :, at[0]].sum(axis=-1), 0.0)


def _each_f1(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """F1 of each class, and on how many sides of how many examples it stands, both (..., k)."""
    both = counts.sum(axis=-1) + counts.sum(axis=-2)
    return share(2 * np.diagonal(counts, axis1=-2, axis2=-1), both, 0.0), both


def _f1(counts: np.ndarray, at: list[int]) -> np.ndarray:
    """F1 of one class, or without one the mean over the classes that occur on either side."""
    each, both = _each_f1(counts)
    if at:
        return each[..., at[0]]
    return share(each.sum(axis=-1), (both > 0).sum(axis=-1), np.nan)


def _weighted_f1(counts: np.ndarray, _: list[int]) -> np.ndarray:
    """Mean of the classes' F1, each weighted by its true examples."""
    true = counts.sum(axis=-1)
    return share((_each_f1(counts)[0] * true).sum(axis=-1), true.sum(axis=-1), np.nan)


def _cell(counts: np.ndarray, at: list[int]) -> np.ndarray:
    true, predicted = at
    return share(counts[..., true, predicted], counts[..., true, :].sum(axis=-1), np.nan)


_FORMULAS: dict[str, Callable[[np.ndarray, list[int]], np.ndarray]] = {
    "accuracy": lambda counts, _: accuracy_from_confusion(counts),
    "mcc": lambda counts, _: mcc_from_confusion(counts),
    "precision": _precision,
    "recall": _recall,
    "f1": _f1,
    "f1_weighted": _weighted_f1,
    "fraction": _cell,
    "proteins": _cell,
}
