"""DeLong's test against a published worked example and against the definition."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from common.errors import DataError
from common.metrics.delong import auc_covariance, delong_test

# The example of DeLong, DeLong and Clarke-Pearson (1988): 43 patients with complete records, as
# printed in SAS/STAT's guide, PROC LOGISTIC, "Comparing Receiver Operating Characteristic Curves".
# Albumin, total protein, K-G score, and whether surgery helped.
PATIENTS = """
3.0 5.8 10 0  3.2 6.3 5 1  3.9 6.8 3 1  2.8 4.8 6 0  3.2 5.8 3 1  0.9 4.0 5 0  2.5 5.7 8 0
1.6 5.6 5 1  3.8 5.7 5 1  3.7 6.7 6 1  3.2 5.4 4 1  3.8 6.6 6 1  4.1 6.6 5 1  3.6 5.7 5 1
4.3 7.0 4 1  3.6 6.7 4 0  2.3 4.4 6 1  4.2 7.6 4 0  4.0 6.6 6 0  3.5 5.8 6 1  3.8 6.8 7 1
3.0 4.7 8 0  4.5 7.4 5 1  3.7 7.4 5 1  3.1 6.6 6 1  4.1 8.2 6 1  4.3 7.0 5 1  4.3 6.5 4 1
3.2 5.1 5 1  2.6 4.7 6 1  3.3 6.8 6 0  1.7 4.0 7 0  3.7 6.1 5 1  3.3 6.3 7 1  4.2 7.7 6 1
3.5 6.2 5 1  2.9 5.7 9 0  2.1 4.8 7 1  2.8 6.2 8 0  4.0 7.0 7 1  3.3 5.7 6 1  3.7 6.9 5 1
3.6 6.6 5 1
"""


@pytest.fixture(scope="module")
def patients() -> tuple[np.ndarray, np.ndarray]:
    values = np.array(PATIENTS.split(), dtype=float).reshape(-1, 4).T
    return values[3] == 1, np.array([values[0], 10 - values[2], values[1]])


def test_published_areas_and_errors(patients):
    helped, scores = patients
    areas, covariance = auc_covariance(helped, scores)
    assert len(helped) == 43
    assert areas == pytest.approx([0.7366, 0.7258, 0.6478], abs=5e-5)
    assert np.sqrt(np.diag(covariance)) == pytest.approx([0.0927, 0.1028, 0.1000], abs=5e-5)


def test_published_test_of_all_three(patients):
    helped, scores = patients
    areas, covariance = auc_covariance(helped, scores)
    contrast = np.array([[1, -1, 0], [0, -1, 1]])
    gap = contrast @ areas
    chi_square = gap @ np.linalg.solve(contrast @ covariance @ contrast.T, gap)
    assert chi_square == pytest.approx(2.5340, abs=5e-5)
    assert stats.chi2.sf(chi_square, 2) == pytest.approx(0.2817, abs=5e-5)


def test_published_pairs(patients):
    helped, scores = patients
    albumin = delong_test(helped, scores[0], scores[1])
    assert albumin.difference == pytest.approx(0.0108, abs=5e-5)
    assert albumin.standard_error == pytest.approx(0.0953, abs=5e-5)
    assert albumin.p_value == pytest.approx(0.9102, abs=5e-5)
    protein = delong_test(helped, scores[2], scores[1])
    assert protein.z**2 == pytest.approx(0.5554, abs=5e-5)
    assert protein.p_value == pytest.approx(0.4561, abs=5e-5)


def test_mid_ranks_give_what_the_definition_gives():
    rng = np.random.default_rng(1)
    positive = rng.random(80) < 0.3
    scores = np.round(rng.normal(size=(2, 80)) + positive, 1)
    areas, covariance = auc_covariance(positive, scores)
    own, other = scores[:, positive], scores[:, ~positive]
    wins = (own[:, :, None] > other[:, None, :]) + 0.5 * (own[:, :, None] == other[:, None, :])
    assert areas == pytest.approx([roc_auc_score(positive, row) for row in scores])
    by_hand = np.cov(wins.mean(axis=2)) / own.shape[1] + np.cov(wins.mean(axis=1)) / other.shape[1]
    assert covariance == pytest.approx(by_hand)


def test_turning_the_pair_round_turns_the_sign(patients):
    helped, scores = patients
    one, two = delong_test(helped, scores[0], scores[1]), delong_test(helped, scores[1], scores[0])
    assert one.z == -two.z and one.p_value == two.p_value


def test_equal_rankings_do_not_differ(patients):
    helped, scores = patients
    same = delong_test(helped, scores[0], 3 * scores[0] - 1)
    assert (same.difference, same.standard_error, same.p_value) == (0, 0, 1)


def test_small_differences_of_large_samples_are_found():
    rng = np.random.default_rng(2)
    positive = rng.random(40_000) < 0.25
    signal = rng.normal(size=40_000) + positive
    result = delong_test(positive, signal, signal + rng.normal(size=40_000))
    assert result.difference > 0.05 and result.p_value < 2.2e-16


@pytest.mark.parametrize("positive", [[1, 0, 0, 0], [1, 1, 1, 0]])
def test_fewer_than_two_of_either_kind_are_refused(positive):
    with pytest.raises(DataError, match="at least two"):
        delong_test(positive, [1, 2, 3, 4], [4, 3, 2, 1])


def test_nan_and_other_lengths_are_refused():
    with pytest.raises(DataError, match="NaN"):
        delong_test([1, 1, 0, 0], [1, 2, 3, np.nan], [1, 2, 3, 4])
    with pytest.raises(ValueError, match="different numbers"):
        delong_test([1, 1, 0], [1, 2, 3, 4], [1, 2, 3, 4])
