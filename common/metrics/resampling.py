"""Draws of test examples, and measures of many draws at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike

from common.errors import DataError
from common.metrics import classification
from common.metrics.checks import checked_pair

Metric = Callable[..., float]
"""A measure: takes arrays with one example per row, returns a number."""

Statistic = Callable[[np.ndarray], np.ndarray]
"""A measure of many draws at once: indices (resamples, n) to values (resamples,) float64."""

FROM_CONFUSION: dict[Metric, Callable[[np.ndarray], np.ndarray]] = {
    classification.accuracy: classification.accuracy_from_confusion,
    classification.mcc: classification.mcc_from_confusion,
}
"""Measures that a stack of confusion matrices (..., k, k) is enough for."""

DRAWN_AT_ONCE = 2_000_000
"""Upper bound on the indices held in memory at a time (16 MB)."""


def index_draws(size: int, n: int, seed: int) -> Iterator[np.ndarray]:
    """`n` draws of `size` examples with replacement, in pieces of (resamples, size) int64.

    Raises
    ------
    DataError
        There are no examples.
    ValueError
        `n` is below 1.
    """
    if size == 0:
        raise DataError("bootstrap", "there are no examples", "At least one is needed")
    if n < 1:
        raise ValueError(f"bootstrap: at least 1 resample, received {n}")
    generator, at_once = np.random.default_rng(seed), max(1, DRAWN_AT_ONCE // size)
    for start in range(0, n, at_once):
        yield generator.integers(0, size, size=(min(at_once, n - start), size))


def as_array(values: ArrayLike | Sequence[ArrayLike]) -> np.ndarray:
    """Array of numbers, or of objects where there are strings (NaN must not become ``"nan"``)."""
    array = np.asarray(values)
    return np.asarray(values, dtype=object) if array.dtype.kind in "US" else array


def as_seeds(
    truth: ArrayLike, predicted: ArrayLike | Sequence[ArrayLike]
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Truth as an array, and one array of predictions for each seed.

    Parameters
    ----------
    truth : (n, ...)
        Labels (n,) or fractions (n, k).
    predicted : (n_seeds, n, ...) or (n, ...)
        As many dimensions as `truth` is one seed, one more is several.

    Raises
    ------
    ValueError
        Another number of dimensions, no seeds, or another number of examples.
    """
    true, guessed = as_array(truth), as_array(predicted)
    several = guessed.ndim == true.ndim + 1
    fits = guessed.shape[several : several + 1] == true.shape[:1]
    if guessed.ndim - several != true.ndim or not fits or (several and not len(guessed)):
        raise ValueError(
            f"predictions of shape {guessed.shape} for a truth of shape {true.shape}: "
            "the same number of dimensions, or the seeds as one more in front"
        )
    return true, list(guessed) if several else [guessed]


def mean_metric(metric: Metric, samples: Sequence[tuple[np.ndarray, ...]]) -> Statistic:
    """A measure, averaged over samples (seeds), as a function of the drawn examples.

    Parameters
    ----------
    metric : callable
        Takes the arrays of a sample.
    samples : sequence of tuples of (n, ...)
        All arrays share the examples on their first axis.

    Returns
    -------
    Statistic

    Raises
    ------
    ValueError
        No arrays, or different numbers of examples.
    """
    lengths = {len(array) for sample in samples for array in sample}
    if len(lengths) != 1:
        raise ValueError(f"bootstrap: arrays of one length are needed, received {sorted(lengths)}")
    if metric in FROM_CONFUSION:
        each = [_from_confusion(FROM_CONFUSION[metric], *sample) for sample in samples]
    else:
        each = [_one_by_one(metric, sample) for sample in samples]
    return lambda indices: np.mean([statistic(indices) for statistic in each], axis=0)


def _one_by_one(metric: Metric, sample: tuple[np.ndarray, ...]) -> Statistic:
    """Any measure: called once for each resample."""
    return lambda indices: np.array(
        [metric(*(array[drawn] for array in sample)) for drawn in indices], dtype=np.float64
    )


def _from_confusion(
    formula: Callable[[np.ndarray], np.ndarray], truth: np.ndarray, predicted: np.ndarray
) -> Statistic:
    """A measure of labels: each example is a cell of the confusion matrix; cells are counted."""
    true, guessed = checked_pair(truth, predicted)
    names, codes = np.unique(np.concatenate([true, guessed]), return_inverse=True)
    k = len(names)
    cells = codes[: len(true)] * k + codes[len(true) :]

    def statistic(indices: np.ndarray) -> np.ndarray:
        drawn = cells[indices] + np.arange(len(indices))[:, None] * k**2
        counts = np.bincount(drawn.ravel(), minlength=len(indices) * k**2)
        return formula(counts.reshape(len(indices), k, k))

    return statistic
