"""Where a measure's label stands among the labels of a table, and what drawn examples weigh."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from common.errors import DataError
from common.harness.measures import Measure


def places(measure: Measure, labels: Sequence[str]) -> list[int]:
    """Place of each label of the measure; one unknown label is a `DataError`."""
    for label in measure.about:
        if label not in labels:
            fault = f"the predictions have no label {label!r}"
            raise DataError(f"metric {measure.name}", fault, f"Known: {', '.join(labels)}")
    return [list(labels).index(label) for label in measure.about]


def weights(indices: np.ndarray, n: int) -> np.ndarray:
    """How often each of n examples was drawn, (resamples, n) float64."""
    shifted = indices + np.arange(len(indices))[:, None] * n
    counts = np.bincount(shifted.ravel(), minlength=len(indices) * n)
    return counts.reshape(len(indices), n).astype(np.float64)


def share(part: np.ndarray, whole: np.ndarray, undefined: float) -> np.ndarray:
    """Quotient, and `undefined` where the whole is 0."""
    result = np.full(np.broadcast_shapes(np.shape(part), np.shape(whole)), undefined)
    return np.divide(part, whole, out=result, where=np.broadcast_to(whole, result.shape) > 0)
