"""The verdict, against intervals that were worked out by hand."""

import math

import pytest
from scipy import stats

from common.errors import UsageError
from common.harness.verdict import (
    MARGINS,
    Side,
    adjusted_se,
    half_width,
    margin_of,
    verdict,
)

NOTHING = Side(math.nan, 1, math.nan)


@pytest.mark.parametrize(
    ("difference", "half", "expected"),
    [
        (0.0, 0.019, "equivalent"),
        (0.01, 0.01, "equivalent"),
        (0.899 - 0.879, 0.0, "equivalent"),
        (-0.015, 0.005, "equivalent"),
        (0.01, 0.011, "inconclusive"),
        (0.0, 0.021, "inconclusive"),
        (-0.03, 0.03, "inconclusive"),
        (0.03, 0.029, "higher"),
        (-0.03, 0.029, "lower"),
        (0.015, 0.01, "higher"),
        (-0.0201, 0.0, "lower"),
        (0.0, math.nan, "inconclusive"),
    ],
)
def test_words(difference, half, expected):
    assert verdict(difference, half, 0.02) == expected


def test_counts_without_a_margin_must_be_equal():
    assert verdict(0.0, 0.0, 0.0) == "equivalent"
    assert verdict(1.0, 0.0, 0.0) == "higher"


def test_margins_of_the_design():
    assert {k: MARGINS[k] for k in ("accuracy", "mcc", "f1", "recall", "precision", "pearson")} == {
        **{"accuracy": 0.02, "mcc": 0.02},
        **{"f1": 0.03, "recall": 0.03, "precision": 0.03, "pearson": 0.03},
    }
    assert margin_of("proteins") == 0.03
    with pytest.raises(UsageError, match="metric width: no margin"):
        margin_of("width")


def test_shared_test_set_uses_seeds_alone():
    ours = Side(seed_sd=0.01, runs=3, sampling_se=0.5)
    expected = stats.t.ppf(0.95, 2) * 0.01 * math.sqrt(1 / 3 + 1)
    assert half_width(ours, NOTHING, shared_test_set=True) == pytest.approx(expected)


def test_sampling_error_of_both_sides_is_added_elsewhere():
    ours, theirs = Side(0.01, 3, 0.006), Side(math.nan, 1, 0.008)
    seeds = stats.t.ppf(0.95, 2) * 0.01 * math.sqrt(4 / 3)
    expected = math.hypot(seeds, 1.6448536 * 0.01)
    assert half_width(ours, theirs, shared_test_set=False) == pytest.approx(expected)


@pytest.mark.parametrize("runs", [1, 2])
def test_fewer_seeds_use_the_sampling_error(runs):
    ours, theirs = Side(0.3, runs, 0.006), Side(math.nan, 1, 0.008)
    for shared in (True, False):
        half = half_width(ours, theirs, shared_test_set=shared)
        assert half == pytest.approx(1.6448536 * 0.01)


def test_printed_seed_spread_is_used():
    ours, theirs = Side(0.01, 5, math.nan), Side(0.02, 10, math.nan)
    variance, other = 0.01**2 / 5, 0.02**2 / 10
    freedom = (variance + other) ** 2 / (variance**2 / 4 + other**2 / 9)
    expected = stats.t.ppf(0.95, freedom) * math.sqrt(variance + other)
    assert half_width(ours, theirs, shared_test_set=True) == pytest.approx(expected)


def test_printed_spread_of_an_unknown_number_of_runs():
    ours, theirs = Side(0.01, 5, math.nan), Side(0.02, 1, math.nan)
    variance, other = 0.01**2 / 5, 0.02**2
    freedom = (variance + other) ** 2 / (variance**2 / 4)
    expected = stats.t.ppf(0.95, freedom) * math.sqrt(variance + other)
    assert half_width(ours, theirs, shared_test_set=True) == pytest.approx(expected)


def test_no_spread_at_all():
    same = Side(0.0, 3, 0.0)
    assert half_width(same, NOTHING, shared_test_set=True) == 0
    assert half_width(same, Side(0.0, 3, 0.0), shared_test_set=True) == 0
    assert math.isnan(half_width(NOTHING, NOTHING, shared_test_set=True))
    assert math.isnan(half_width(same, NOTHING, shared_test_set=False))


def test_more_seeds_narrow_the_interval():
    widths = [half_width(Side(0.01, n, 0.0), NOTHING, shared_test_set=True) for n in (3, 5, 10)]
    assert widths == sorted(widths, reverse=True)


def test_adjusted_error_of_a_share():
    assert adjusted_se(0.0, 39) == pytest.approx(math.sqrt(1 / 41 * 40 / 41 / 41))
    assert adjusted_se(0.5, 998) == pytest.approx(math.sqrt(0.25 / 1000))
    assert math.isnan(adjusted_se(0.5, 0))
    assert math.isnan(adjusted_se(0.5, math.nan))


def test_what_nothing_trained_has_no_seed_spread():
    ours, theirs = Side(math.nan, 1, 0.02, trained=False), Side(math.nan, 1, 0.02)
    assert half_width(ours, theirs, shared_test_set=True) == 0
    apart = half_width(ours, theirs, shared_test_set=False)
    assert apart == pytest.approx(1.6449 * math.hypot(0.02, 0.02), rel=1e-3)
