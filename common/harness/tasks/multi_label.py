"""Any number of labels an example: each label is a yes or no of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from common.harness.measures import AVERAGED, OF_NEGATIVES, OF_POSITIVES, Measure
from common.harness.tasks.places import places, share, weights

THRESHOLD = 0.5
"""Probability from which on a label is predicted."""

OF_ONE_LABEL = ("precision", "recall", "f1", *OF_POSITIVES, *OF_NEGATIVES)


class MultiLabel:
    """Predictions of any number of labels an example.

    Parameters
    ----------
    truth : (n, k) float64
        1 where the example has the label, else 0.
    predicted : (n, k) float64
        Probabilities; `THRESHOLD` decides.
    labels : sequence of str
        The k labels.

    Notes
    -----
    Every division by zero gives 0, and ``accuracy`` is the share of examples whose labels are all
    right, both as in scikit-learn.
    """

    def __init__(self, truth: np.ndarray, predicted: np.ndarray, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        true, guessed = truth > 0.5, predicted >= THRESHOLD
        hits, false_alarms, misses = true & guessed, ~true & guessed, true & ~guessed
        of_example = _precision_recall_f1(
            *(part.sum(axis=1, keepdims=True) for part in (hits, false_alarms, misses))
        )
        exact = (true == guessed).all(axis=1, keepdims=True)
        one = np.ones((len(true), 1))
        columns = [hits, false_alarms, misses, *of_example, exact, one]
        self._columns = np.concatenate(columns, axis=1).astype(np.float64)

    def can(self, measure: Measure) -> bool:
        """Whether it is a score of one label, an average over labels, or the accuracy."""
        if measure.about:
            return measure.kind in OF_ONE_LABEL
        return measure.kind in (*AVERAGED, "accuracy")

    def summarise(self, indices: np.ndarray) -> np.ndarray:
        """Sums over the examples of each row of indices (resamples, n), (resamples, 3 k + 5)."""
        return weights(indices, len(self._columns)) @ self._columns

    def score(self, measure: Measure, summary: np.ndarray) -> np.ndarray:
        """Measure of each row of sums, (resamples,)."""
        k = len(self.labels)
        hits, false_alarms, misses = (summary[..., i * k : (i + 1) * k] for i in range(3))
        examples, n = summary[..., 3 * k : 3 * k + 4], summary[..., -1]
        if measure.kind == "accuracy":
            return share(examples[..., 3], n, np.nan)
        if not measure.about:
            name, _, average = measure.kind.partition("_")
            if average == "samples":
                return share(examples[..., _SCORES.index(name)], n, np.nan)
            return _AVERAGES[average](name, hits, false_alarms, misses)
        (at,) = places(measure, self.labels)
        tp, fp, fn = (part[..., at] for part in (hits, false_alarms, misses))
        if measure.kind in _SCORES:
            return _precision_recall_f1(tp, fp, fn)[_SCORES.index(measure.kind)]
        part = {"true_positives": tp, "false_negatives": fn, "false_positives": fp}
        if measure.kind in OF_POSITIVES:
            return share(part[measure.kind], tp + fn, np.nan)
        return share(part.get(measure.kind, n - tp - fp - fn), n - tp - fn, np.nan)

    def support(self, measure: Measure, summary: np.ndarray) -> float:
        """Examples with the label, without it, or predicted to have it; NaN for no proportion."""
        k, sums = len(self.labels), summary[0]
        if measure.kind == "accuracy":
            return float(sums[-1])
        if not measure.about or measure.kind == "f1":
            return float("nan")
        (at,) = places(measure, self.labels)
        tp, fp, fn = sums[at], sums[k + at], sums[2 * k + at]
        if measure.kind == "precision":
            return float(tp + fp)
        return float(sums[-1] - tp - fn if measure.kind in OF_NEGATIVES else tp + fn)


_SCORES = ("precision", "recall", "f1")


def _precision_recall_f1(
    hits: np.ndarray, false_alarms: np.ndarray, misses: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Three scores from counts of any shape."""
    return (
        share(hits, hits + false_alarms, 0.0),
        share(hits, hits + misses, 0.0),
        share(2 * hits, 2 * hits + false_alarms + misses, 0.0),
    )


def _micro(name: str, *counts: np.ndarray) -> np.ndarray:
    pooled = (count.sum(axis=-1) for count in counts)
    return _precision_recall_f1(*pooled)[_SCORES.index(name)]


def _macro(name: str, *counts: np.ndarray) -> np.ndarray:
    return _precision_recall_f1(*counts)[_SCORES.index(name)].mean(axis=-1)


def _weighted(name: str, *counts: np.ndarray) -> np.ndarray:
    true = counts[0] + counts[2]
    each = _precision_recall_f1(*counts)[_SCORES.index(name)]
    return share((each * true).sum(axis=-1), true.sum(axis=-1), 0.0)


_AVERAGES: dict[str, Callable[..., np.ndarray]] = {
    "micro": _micro,
    "macro": _macro,
    "weighted": _weighted,
}
