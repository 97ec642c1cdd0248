"""DeLong's test: do two scores that rank the same examples have the same area under the ROC curve?

DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44(3), 837-845, computed from mid-ranks as in
Sun and Xu (2014), IEEE Signal Processing Letters 21(11), 1389-1393.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from common.errors import DataError
from common.metrics.checks import checked_numbers, same_length


@dataclass(frozen=True)
class DeLong:
    """Two areas under the ROC curve on the same examples, and the test of their difference.

    Attributes
    ----------
    first, second : float
        Areas, 0..1.
    difference : float
        The first less the second.
    standard_error : float
        Of the difference.
    z : float
        Difference over its standard error; NaN where both are 0, infinite where only the error is.
    p_value : float
        Two-sided; 1 where the two scores rank alike.
    """

    first: float
    second: float
    difference: float
    standard_error: float
    z: float
    p_value: float


def delong_test(positive: ArrayLike, first: ArrayLike, second: ArrayLike) -> DeLong:
    """Compare two scores of the same examples.

    Parameters
    ----------
    positive : (n,) bool
        Which examples belong to the class.
    first, second : (n,) float
        Scores; higher means more likely.

    Raises
    ------
    DataError
        As `auc_covariance`.
    ValueError
        Different numbers of examples.
    """
    areas, covariance = auc_covariance(positive, [first, second])
    difference = float(areas[0] - areas[1])
    variance = float(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    error = float(np.sqrt(max(variance, 0.0)))
    if error == 0:
        z = float(np.copysign(np.inf, difference)) if difference else float("nan")
    else:
        z = difference / error
    p_value = 1.0 if np.isnan(z) else float(2 * stats.norm.sf(abs(z)))
    return DeLong(float(areas[0]), float(areas[1]), difference, error, z, p_value)


def auc_covariance(
    positive: ArrayLike, scores: ArrayLike | Sequence[ArrayLike]
) -> tuple[np.ndarray, np.ndarray]:
    """Areas under the ROC curves of several scores, and the covariance of the areas.

    Parameters
    ----------
    positive : (n,) bool
        Which examples belong to the class: at least two do and two do not.
    scores : (k, n) float
        Ties count one half.

    Returns
    -------
    areas : (k,) float64
    covariance : (k, k) float64
        With denominators m - 1 and n - 1 (DeLong et al. 1988, equations 5 and 6).

    Raises
    ------
    DataError
        NaN or infinity, or fewer than two examples on either side.
    ValueError
        Different numbers of examples.
    """
    rows = checked_numbers("scores", scores, 2)
    inside = np.asarray(positive, dtype=bool)
    same_length("class membership and scores", inside, rows.T)
    m, n = int(inside.sum()), int((~inside).sum())
    if min(m, n) < 2:
        fault = f"{m} examples of the class and {n} others"
        raise DataError("DeLong's test", fault, "It needs at least two of each")
    ranks = stats.rankdata(rows, axis=1)
    among_own = stats.rankdata(rows[:, inside], axis=1)
    among_others = stats.rankdata(rows[:, ~inside], axis=1)
    above = (ranks[:, inside] - among_own) / n
    below = 1 - (ranks[:, ~inside] - among_others) / m
    covariance = np.atleast_2d(np.cov(above)) / m + np.atleast_2d(np.cov(below)) / n
    return above.mean(axis=1), covariance
