"""Whether a probability means what it says, and the one number that mends it.

Temperature scaling and the expected calibration error of Guo et al. 2017, "On Calibration of Modern
Neural Networks" (ICML), sections 2 and 4.2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar

from common.errors import DataError
from common.metrics.checks import checked_numbers

BINS = 15
SMALLEST = 1e-12
"""Probabilities are at least this before their logarithm is taken."""

RANGE = (0.05, 20.0)
"""Temperatures that are tried."""


def scale_probabilities(probabilities: ArrayLike, temperature: float) -> np.ndarray:
    """Probabilities at another temperature: softmax of the logarithms over the temperature.

    Parameters
    ----------
    probabilities : (n, k) float
        Rows sum to 1.
    temperature : float
        Above 1 makes them less certain, below 1 more; 1 leaves them as they are.

    Returns
    -------
    np.ndarray
        (n, k) float64. The order within a row stays, so that the accuracy does too.

    Raises
    ------
    ValueError
        The temperature is not above 0.
    """
    if not temperature > 0:
        raise ValueError(f"temperature: a number above 0, received {temperature}")
    rows = checked_numbers("probabilities", probabilities, 2)
    logits = np.log(np.maximum(rows, SMALLEST)) / temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def fit_temperature(probabilities: ArrayLike, truth: ArrayLike) -> float:
    """Temperature at which the true labels are most likely.

    Parameters
    ----------
    probabilities : (n, k) float
    truth : (n,) int
        Position of each true label.

    Returns
    -------
    float
        Between 0.05 and 20.
    """
    rows, true = _checked(probabilities, truth)

    def surprise(log_temperature: float) -> float:
        scaled = scale_probabilities(rows, float(np.exp(log_temperature)))
        return float(-np.log(np.maximum(scaled[np.arange(len(true)), true], SMALLEST)).mean())

    found = minimize_scalar(surprise, bounds=np.log(RANGE), method="bounded")
    return float(np.exp(found.x))


def reliability(probabilities: ArrayLike, truth: ArrayLike, bins: int = BINS) -> np.ndarray:
    """Confidence and accuracy of the best label, by confidence.

    Parameters
    ----------
    probabilities : (n, k) float
    truth : (n,) int
        Position of each true label.
    bins : int
        Of equal width from 0 to 1.

    Returns
    -------
    np.ndarray
        (bins, 3) float64: examples, their mean confidence, their accuracy; NaN for an empty bin.
    """
    rows, true = _checked(probabilities, truth)
    confidence, right = rows.max(axis=1), rows.argmax(axis=1) == true
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    counts = np.bincount(place, minlength=bins).astype(float)
    whole = np.where(counts > 0, counts, np.nan)
    means = [np.bincount(place, values, minlength=bins) / whole for values in (confidence, right)]
    return np.stack([counts, *means], axis=1)


def expected_calibration_error(
    probabilities: ArrayLike, truth: ArrayLike, bins: int = BINS
) -> float:
    """Mean distance between confidence and accuracy over the bins of `reliability`, 0 to 1."""
    counts, confidence, right = reliability(probabilities, truth, bins).T
    return float(np.nansum(counts * np.abs(confidence - right)) / counts.sum())


def _checked(probabilities: ArrayLike, truth: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    rows, true = checked_numbers("probabilities", probabilities, 2), np.asarray(truth)
    if true.shape != (len(rows),):
        raise ValueError(f"{len(rows)} rows of probabilities, truth of shape {true.shape}")
    if not len(true):
        raise DataError("calibration", "there are no examples", "At least one is needed")
    if true.dtype.kind not in "iu" or true.min() < 0 or true.max() >= rows.shape[1]:
        raise ValueError(f"truth: positions of labels, 0 to {rows.shape[1] - 1}")
    return rows, true
