"""Measures of predicted fractions: Pearson correlation and Kullback-Leibler divergence.

The folds of a cross-validation are pooled first: their predictions are concatenated, and one
coefficient is computed over all transcripts (RNATracker, Table 1).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from common.metrics.checks import checked_fractions, checked_numbers, same_length

KERAS_EPSILON = 1e-7
"""`keras.config.epsilon()` unless it is changed."""


def pearson(truth: ArrayLike, predicted: ArrayLike) -> float:
    """Pearson's correlation coefficient r, in -1..1.

    Parameters
    ----------
    truth, predicted : (n,) float
        Values of the same examples, such as one fraction of every transcript.

    Returns
    -------
    float
        NaN (undefined) where there are fewer than two examples or either side is constant.

    Raises
    ------
    DataError
        No examples, NaN or infinity.
    ValueError
        Different numbers of examples, or not one dimension.
    """
    true = checked_numbers("true values", truth, 1)
    guessed = checked_numbers("predicted values", predicted, 1)
    same_length("true and predicted values", true, guessed)
    if len(true) < 2 or np.ptp(true) == 0 or np.ptp(guessed) == 0:
        return float("nan")
    return float(stats.pearsonr(true, guessed).statistic)


def kl_per_row(
    truth: ArrayLike, predicted: ArrayLike, epsilon: float = KERAS_EPSILON
) -> np.ndarray:
    """Kullback-Leibler divergence of the prediction from the truth, for each example, in nats.

    Keras' rule for zeros: both sides are first clipped to `epsilon`..1 and not made to sum to 1
    again, then sum_j p_j ln(p_j / q_j). Clipped rows may so give a value a little below 0.

    Parameters
    ----------
    truth, predicted : (n, k) float
        Fractions p and q; each row sums to 1.
    epsilon : float
        Lower clip.

    Returns
    -------
    np.ndarray
        (n,) float64.

    Raises
    ------
    DataError
        No examples, NaN, or a row that is no distribution.
    ValueError
        The shapes differ, or `epsilon` is not in 0..1.
    """
    if not 0 < epsilon < 1:
        raise ValueError(f"epsilon: a number between 0 and 1, received {epsilon}")
    p, q = (np.clip(rows, epsilon, 1) for rows in _checked(truth, predicted))
    return (p * np.log(p / q)).sum(axis=1)


def kl_divergence(truth: ArrayLike, predicted: ArrayLike, epsilon: float = KERAS_EPSILON) -> float:
    """Mean of `kl_per_row` over the examples: the loss of RNATracker, section 2.6, in nats."""
    return float(kl_per_row(truth, predicted, epsilon).mean())


def _checked(truth: ArrayLike, predicted: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Two tables of fractions of one shape."""
    true = checked_fractions("true fractions", truth)
    guessed = checked_fractions("predicted fractions", predicted)
    if true.shape != guessed.shape:
        raise ValueError(f"true and predicted fractions: shapes {true.shape} and {guessed.shape}")
    return true, guessed
