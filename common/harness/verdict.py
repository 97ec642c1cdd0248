"""Whether a number is reproduced: the interval of the difference against a margin.

`docs/decisions/verdicts.md` gives the reasons for what is done here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import stats

from common.errors import UsageError
from common.harness.measures import AVERAGED, OF_NEGATIVES, OF_POSITIVES

CONFIDENCE = 0.90
LEAST_SEEDS = 3
REPRODUCTIONS = ("exact", "reconstructed")
VERDICTS = ("equivalent", "inconclusive", "higher", "lower", "not attempted")

MARGINS = {
    "accuracy": 0.02,
    "mcc": 0.02,
    "f1": 0.03,
    "precision": 0.03,
    "recall": 0.03,
    "fraction": 0.03,
    "proteins": 0.03,
    "pearson": 0.03,
    "auc": 0.03,
    "count": 0.0,
    "parameters": 0.0,
} | dict.fromkeys((*AVERAGED, *OF_POSITIVES, *OF_NEGATIVES), 0.03)
"""Largest difference that counts as none, by kind of metric.

As fractions: 0.02 of accuracy is 2 points in percent; a cell of a confusion matrix (`proteins`,
`true_positives` and the like) has 0.03 of the examples that it is a share of. Counts without a
spread must be equal.
"""

EXACT = ("count", "parameters")
"""Kinds that have neither seed spread nor sampling error."""


@dataclass(frozen=True)
class Side:
    """What is known of the precision of one of the two numbers.

    Parameters
    ----------
    seed_sd : float
        Standard deviation over training seeds, ddof 1; NaN where it is not known.
    runs : int
        Training runs that the number is the mean of.
    sampling_se : float
        Standard error that comes from the finite number of test examples; NaN: not known.
    trained : bool
        Whether another training run could give another number.
    """

    seed_sd: float
    runs: int
    sampling_se: float
    trained: bool = True


def margin_of(kind: str) -> float:
    """Margin of a kind of metric, as a fraction.

    Raises
    ------
    UsageError
        The table has none for it.
    """
    if kind not in MARGINS:
        remedy = f"Known: {', '.join(MARGINS)}; or give a reason why it is not attempted"
        raise UsageError(f"metric {kind}", "no margin says how close is close enough", remedy)
    return MARGINS[kind]


def half_width(ours: Side, theirs: Side, *, shared_test_set: bool) -> float:
    """Half the 90 % interval of the difference between our number and the printed one.

    Parameters
    ----------
    ours, theirs : Side
        Where the paper prints no seed spread, ours stands in for it.
    shared_test_set : bool
        True where both were measured on the same test examples.

    Returns
    -------
    float
        Student's t with the seed spread of both sides, from 3 seeds on. The sampling error of
        both sides is added in quadrature where the test examples differ, and stands alone with
        fewer seeds. What nothing trained has no seed spread. NaN where what is needed is not known.
    """
    parts = []
    enough = ours.runs >= LEAST_SEEDS or not ours.trained
    if enough and ours.trained:
        parts.append(_seed_half_width(ours, theirs))
    if not enough or not shared_test_set:
        normal = stats.norm.ppf((1 + CONFIDENCE) / 2)
        parts.append(normal * math.hypot(ours.sampling_se, theirs.sampling_se))
    return math.hypot(*parts)


def verdict(difference: float, half: float, margin: float) -> str:
    """Verdict on a difference, ours minus the printed number.

    Parameters
    ----------
    difference, half, margin : float
        In one unit; `half` is half the interval's width.

    Returns
    -------
    str
        ``equivalent``: the whole interval lies within ± `margin`. Otherwise ``inconclusive``
        where the interval holds 0 or is not known, and ``higher`` or ``lower`` where it does not.
    """
    if math.isnan(half) or math.isnan(difference):
        return "inconclusive"
    # A difference such as 0.899 - 0.879 must not miss a margin of 0.02 by a rounding error.
    if abs(difference) + half <= margin * (1 + 1e-9):
        return "equivalent"
    if abs(difference) <= half:
        return "inconclusive"
    return "higher" if difference > 0 else "lower"


def adjusted_se(share: float, n: float) -> float:
    """Standard error of a share for an interval, after Agresti and Caffo.

    One success and one failure are added, so that 0 of 39 has an error too.

    Parameters
    ----------
    share : float
        0..1, of `n` examples.
    """
    if not n > 0:
        return math.nan
    adjusted = (share * n + 1) / (n + 2)
    return math.sqrt(adjusted * (1 - adjusted) / (n + 2))


def _seed_half_width(ours: Side, theirs: Side) -> float:
    """Student's t with the variances of both means; Welch's freedom where both print one."""
    variance = ours.seed_sd**2 / ours.runs
    if math.isnan(theirs.seed_sd):
        other, freedom = ours.seed_sd**2 / theirs.runs, float(ours.runs - 1)
    else:
        other = theirs.seed_sd**2 / theirs.runs
        # A printed sd without the number of runs behind it is taken as that of one run, and exact.
        of_theirs = other**2 / (theirs.runs - 1) if theirs.runs > 1 else 0.0
        weights = variance**2 / (ours.runs - 1) + of_theirs
        freedom = (variance + other) ** 2 / weights if weights else float(ours.runs - 1)
    return float(stats.t.ppf((1 + CONFIDENCE) / 2, freedom)) * math.sqrt(variance + other)
