"""Three kinds of spread that are never mixed: over seeds, over test examples, and by formula.

- Over training seeds: `seed_spread`, `student_t_interval`.
- Over test examples: `bootstrap_interval`, `bootstrap_over_seeds`, `paired_bootstrap`. Examples
  are drawn with replacement, all n of them eligible, and the interval is the percentile one.
- By formula, from the number of test examples alone: `binomial_se`, `fisher_z_se`,
  `fisher_z_interval`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from common.metrics.checks import checked_numbers
from common.metrics.resampling import (
    Metric,
    Statistic,
    as_array,
    as_seeds,
    index_draws,
    mean_metric,
)

DECIMALS = 12
"""Differences are rounded to these: two equal models differ by 0, not by a rounding error."""


@dataclass(frozen=True)
class Interval:
    """A value and its confidence interval.

    Attributes
    ----------
    value : float
        The measure on the data as they are.
    low, high : float
        Ends of the interval; NaN where the measure is undefined.
    se : float
        Standard error: of the bootstrap values (ddof 1), or of the mean.
    n : int
        How many things were drawn from or averaged: test examples, or seeds.
    confidence : float
        Such as 0.95.
    undefined : int
        Resamples on which the measure had no value (NaN); they are left out of the interval.
    """

    value: float
    low: float
    high: float
    se: float
    n: int
    confidence: float
    undefined: int = 0


@dataclass(frozen=True)
class Difference(Interval):
    """Difference of two models on the same test examples, the first minus the second.

    Attributes
    ----------
    a, b : float
        Each model's measure, averaged over its seeds.
    above_zero : float
        Share of the resamples in which the first model is better (ties count half).
    n_seeds : tuple of int
        Seeds of either model.
    """

    a: float = np.nan
    b: float = np.nan
    above_zero: float = np.nan
    n_seeds: tuple[int, int] = (1, 1)


@dataclass(frozen=True)
class SeedSpread:
    """Mean and standard deviation (ddof 1; NaN for one seed) over `n` training seeds."""

    mean: float
    sd: float
    n: int


def bootstrap_interval(
    metric: Metric, *arrays: ArrayLike, n: int = 1000, seed: int = 0, confidence: float = 0.95
) -> Interval:
    """Percentile bootstrap interval of a measure over the test examples.

    Parameters
    ----------
    metric : callable
        Takes as many arrays as are given and returns a float. `classification.accuracy` and
        `classification.mcc` are computed for many resamples at once; others one by one.
    *arrays : (n_examples, ...)
        Resampled together along the first axis: truth and predictions.
    n : int
        Number of resamples.
    seed : int
        The same seed draws the same examples, whatever the measure.
    confidence : float
        Two-sided.

    Raises
    ------
    DataError
        No examples, or what `metric` refuses.
    ValueError
        Different numbers of examples, `n` below 1, or `confidence` outside 0..1.

    Notes
    -----
    Equal to `scipy.stats.bootstrap(method="percentile")`, which takes numbers only and gives no
    interval when one resample is undefined (a rare class that was not drawn).
    """
    samples = [tuple(as_array(array) for array in arrays)]
    return _interval(mean_metric(metric, samples), len(samples[0][0]), n, seed, confidence)


def bootstrap_over_seeds(
    metric: Metric,
    truth: ArrayLike,
    predicted: ArrayLike | Sequence[ArrayLike],
    *,
    n: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> Interval:
    """`bootstrap_interval` of the measure averaged over training seeds.

    Parameters
    ----------
    metric : callable
        ``metric(truth, predicted)``.
    truth : (n_examples, ...)
        Shared by all seeds.
    predicted : (n_seeds, n_examples, ...) or (n_examples, ...)
        One more dimension than `truth`, the seeds first; or the predictions of one seed.
    n, seed, confidence
        See `bootstrap_interval`, as for what it raises.
    """
    true, seeds = as_seeds(truth, predicted)
    statistic = mean_metric(metric, [(true, one) for one in seeds])
    return _interval(statistic, len(true), n, seed, confidence)


def paired_bootstrap(
    metric: Metric,
    truth: ArrayLike,
    a: ArrayLike | Sequence[ArrayLike],
    b: ArrayLike | Sequence[ArrayLike],
    *,
    n: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> Difference:
    """Bootstrap interval of the difference of two models on the same test examples.

    Each resample draws the examples once for both models and all seeds, so that what the models
    share (easy and hard examples) cancels. A measure is averaged over a model's seeds first.

    Parameters
    ----------
    metric : callable
        ``metric(truth, predicted)``, higher is better.
    truth : (n_examples, ...)
        Shared by both models.
    a, b : (n_seeds, n_examples, ...) or (n_examples, ...)
        Predictions; the models may differ in their numbers of seeds.
    n, seed, confidence
        See `bootstrap_interval`, as for what it raises.

    Returns
    -------
    Difference
        `value` is the measure of `a` minus that of `b`.
    """
    _check_confidence(confidence)
    true, seeds_a = as_seeds(truth, a)
    _, seeds_b = as_seeds(truth, b)
    of_a = mean_metric(metric, [(true, one) for one in seeds_a])
    of_b = mean_metric(metric, [(true, one) for one in seeds_b])
    drawn = _drawn(lambda indices: of_a(indices) - of_b(indices), len(true), n, seed)
    drawn = drawn.round(DECIMALS)
    value_a, value_b = _as_it_is(of_a, len(true)), _as_it_is(of_b, len(true))
    return Difference(
        round(value_a - value_b, DECIMALS),
        *_percentiles(drawn, confidence),
        len(true),
        confidence,
        int(np.isnan(drawn).sum()),
        a=value_a,
        b=value_b,
        above_zero=_share_above_zero(drawn),
        n_seeds=(len(seeds_a), len(seeds_b)),
    )


def seed_spread(values: ArrayLike) -> SeedSpread:
    """Mean and standard deviation (ddof 1) of one measure over training seeds.

    Parameters
    ----------
    values : (n_seeds,)
        The measure of each seed.

    Raises
    ------
    DataError
        No seeds, or NaN.
    """
    numbers = checked_numbers("values of the seeds", values, 1)
    sd = float(numbers.std(ddof=1)) if len(numbers) > 1 else float("nan")
    return SeedSpread(float(numbers.mean()), sd, len(numbers))


def student_t_interval(values: ArrayLike, confidence: float = 0.90) -> Interval:
    """Student's t interval of the mean over training seeds (n - 1 degrees of freedom).

    Raises
    ------
    DataError
        No seeds, or NaN.
    ValueError
        Fewer than two seeds: one seed has no spread.
    """
    _check_confidence(confidence)
    spread = seed_spread(values)
    if spread.n < 2:
        raise ValueError("Student's t interval: at least 2 seeds are needed, received 1")
    se = spread.sd / np.sqrt(spread.n)
    half = float(stats.t.ppf((1 + confidence) / 2, spread.n - 1) * se)
    low, high = spread.mean - half, spread.mean + half
    return Interval(spread.mean, low, high, float(se), spread.n, confidence)


def binomial_se(p: float, n: int) -> float:
    """Standard error sqrt(p (1 - p) / n) of a share `p` (0..1, not percent) of `n` examples.

    Raises
    ------
    ValueError
        `p` is outside 0..1, or there is no example.
    """
    if not 0 <= p <= 1 or n < 1:
        raise ValueError(f"binomial_se: a share in 0..1 of at least 1 example, received {p} of {n}")
    return float(np.sqrt(p * (1 - p) / n))


def fisher_z_se(r: float, n: int) -> float:
    """Standard error of a Pearson coefficient `r` over `n` examples, on the scale of r.

    Fisher's z = artanh(r) has the standard error 1 / sqrt(n - 3); dr/dz = 1 - r^2.

    Raises
    ------
    ValueError
        `r` is outside -1..1, or there are fewer than 4 examples.
    """
    if not -1 <= r <= 1 or n < 4:
        raise ValueError(f"fisher_z_se: r in -1..1 over at least 4 examples, received {r} over {n}")
    return float((1 - r**2) / np.sqrt(n - 3))


def fisher_z_interval(r: float, n: int, confidence: float = 0.95) -> Interval:
    """Interval of a Pearson coefficient: tanh(artanh(r) ± quantile / sqrt(n - 3)).

    Raises
    ------
    ValueError
        As `fisher_z_se`, or a `confidence` that is not between 0 and 1.
    """
    _check_confidence(confidence)
    se = fisher_z_se(r, n)
    if abs(r) == 1:
        return Interval(r, r, r, se, n, confidence)
    half = stats.norm.ppf((1 + confidence) / 2) / np.sqrt(n - 3)
    low, high = (float(np.tanh(np.arctanh(r) + side * half)) for side in (-1, 1))
    return Interval(r, low, high, se, n, confidence)


def _interval(statistic: Statistic, size: int, n: int, seed: int, confidence: float) -> Interval:
    """Percentile interval of a statistic of `size` examples."""
    _check_confidence(confidence)
    drawn = _drawn(statistic, size, n, seed)
    undefined = int(np.isnan(drawn).sum())
    ends = _percentiles(drawn, confidence)
    return Interval(_as_it_is(statistic, size), *ends, size, confidence, undefined)


def _drawn(statistic: Statistic, size: int, n: int, seed: int) -> np.ndarray:
    """Statistic of each of `n` resamples, (n,) float64."""
    return np.concatenate([statistic(indices) for indices in index_draws(size, n, seed)])


def _as_it_is(statistic: Statistic, size: int) -> float:
    """Statistic of every example once."""
    return float(statistic(np.arange(size)[None, :])[0])


def _percentiles(drawn: np.ndarray, confidence: float) -> tuple[float, float, float]:
    """Ends of the percentile interval and standard deviation of the defined resamples."""
    defined = drawn[~np.isnan(drawn)]
    if len(defined) == 0:
        return np.nan, np.nan, np.nan
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high), float(defined.std(ddof=1)) if len(defined) > 1 else np.nan


def _share_above_zero(drawn: np.ndarray) -> float:
    """Share of the defined resamples above 0; a resample at 0 counts half."""
    defined = drawn[~np.isnan(drawn)]
    return float(((np.sign(defined) + 1) / 2).mean()) if len(defined) else np.nan


def _check_confidence(confidence: float) -> None:
    """Refuse percentages (`ValueError`)."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence: a number between 0 and 1, received {confidence}")
