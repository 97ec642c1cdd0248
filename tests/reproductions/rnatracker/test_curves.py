"""Areas under pooled curves, and their difference over whole transcripts."""

from __future__ import annotations

import numpy as np
import pytest

from common.metrics.delong import delong_test
from common.metrics.ranking import MICRO
from reproductions.rnatracker.curves import (
    area_by_ranks,
    compare_curves,
    curve_areas,
    difference_of_areas,
    sampling_errors,
)


def test_a_less_noisy_network_has_the_higher_curve(predictions):
    better, worse = predictions(noise=0.05), predictions(noise=0.6, seed=1)
    test, found = compare_curves(better, worse), difference_of_areas(better, worse)
    assert test.difference > 0 and test.p_value < 1e-3
    assert found.value == pytest.approx(test.difference) and found.n == 200
    assert (found.a, found.b) == pytest.approx((test.first, test.second))
    assert found.a == pytest.approx(curve_areas(better).loc[MICRO, "roc_auc"])
    assert 0 < found.low < found.value < found.high


def test_two_like_networks_differ_by_nothing(predictions):
    found = difference_of_areas(predictions(), predictions())
    assert (found.value, found.low, found.high) == (0, 0, 0)


def test_only_transcripts_that_both_predict_count(predictions):
    better, worse = predictions(noise=0.05), predictions(noise=0.6, seed=1)
    part = worse.iloc[50:].sample(frac=1, random_state=0)
    assert difference_of_areas(better, part).n == 150
    assert difference_of_areas(better, part) == difference_of_areas(better.iloc[50:], part)


def test_fractions_of_one_transcript_are_drawn_together(predictions):
    """Two fractions mirror each other: there is half as much to know as DeLong's test counts."""
    pair = predictions(600, noise=0.4), predictions(600, noise=0.6, seed=1)
    test, found = compare_curves(*pair), difference_of_areas(*pair)
    assert found.se == pytest.approx(np.sqrt(2) * test.standard_error, rel=0.1)


@pytest.mark.parametrize("ties", [False, True])
def test_areas_by_ranks_are_those_of_delongs_test(ties):
    rng = np.random.default_rng(0)
    positive = rng.random((60, 4)) < 0.3
    scores = rng.random((2, 60, 4)).round(1 if ties else 9)
    test = delong_test(positive.ravel(), *(one.ravel() for one in scores))
    ranks = [np.unique(one, return_inverse=True)[1].reshape(one.shape) for one in scores]
    found = [area_by_ranks(positive, one) for one in ranks]
    assert found == pytest.approx([test.first, test.second], abs=1e-12)
    assert np.isnan(area_by_ranks(np.ones((3, 2), bool), np.zeros((3, 2), int)))


def test_errors_of_the_areas_shrink_with_the_transcripts(predictions):
    few, many = (sampling_errors(predictions(n, 0.4), ["cytosol"]) for n in (100, 1600))
    assert few.keys() == {"auc:cytosol", "auc:precision-recall cytosol"}
    for name in few:
        assert few[name] / many[name] == pytest.approx(4, rel=0.4)
