"""Calibration: known temperatures are found; errors are those of scikit-learn and by hand."""

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.calibration import calibration_curve
from sklearn.metrics import log_loss

from common.metrics.calibration import (
    expected_calibration_error,
    fit_temperature,
    reliability,
    scale_probabilities,
)


@pytest.fixture
def calibrated():
    """Probabilities from which the truth is drawn, so that they mean what they say."""
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet([0.5, 0.5, 0.5, 0.5], 20_000)
    truth = (probabilities.cumsum(axis=1) < rng.random((20_000, 1))).sum(axis=1)
    return probabilities, np.minimum(truth, 3)


@pytest.mark.parametrize("temperature", [0.4, 1.0, 2.5])
def test_a_known_temperature_is_found_and_undone(calibrated, temperature):
    probabilities, truth = calibrated
    distorted = scale_probabilities(probabilities, temperature)
    assert fit_temperature(distorted, truth) == pytest.approx(1 / temperature, rel=0.03)
    mended = scale_probabilities(distorted, 1 / temperature)
    assert np.abs(mended - np.maximum(probabilities, 1e-12)).max() < 1e-3
    assert expected_calibration_error(mended, truth) < 0.012


@pytest.mark.parametrize("temperature", [0.4, 1.0, 2.5])
def test_scaling_is_the_softmax_of_scipy(temperature):
    probabilities = np.random.default_rng(1).dirichlet(np.ones(5), 50)
    wanted = softmax(np.log(probabilities) / temperature, axis=1)
    assert scale_probabilities(probabilities, temperature) == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_the_fitted_temperature_has_the_least_log_loss_by_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    probabilities, truth = rng.dirichlet(np.ones(4), 500), rng.integers(0, 4, 500)
    truth = np.where(rng.random(500) < 0.5, probabilities.argmax(axis=1), truth)
    fitted = fit_temperature(probabilities, truth)
    losses = [
        log_loss(truth, scale_probabilities(probabilities, fitted * factor), labels=range(4))
        for factor in (0.99, 1, 1.01)
    ]
    assert losses[1] < min(losses[0], losses[2])


def test_distortion_shows_in_the_error(calibrated):
    probabilities, truth = calibrated
    before = expected_calibration_error(probabilities, truth)
    assert expected_calibration_error(scale_probabilities(probabilities, 0.4), truth) > before + 0.1


def test_error_by_hand():
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.3, 0.7]])
    truth = np.array([0, 1, 0, 1])
    # bins of width 0.5: all confidences lie in the second: mean 0.775, accuracy 0.75
    assert expected_calibration_error(probabilities, truth, bins=2) == pytest.approx(0.025)
    # bins of width 0.25: {0.6, 0.7}: 0.65 against 1; {0.9, 0.9}: 0.9 against 0.5
    expected = (2 * 0.35 + 2 * 0.4) / 4
    assert expected_calibration_error(probabilities, truth, bins=4) == pytest.approx(expected)
    table = reliability(probabilities, truth, bins=4)
    assert table[:, 0].tolist() == [0, 0, 2, 2]
    assert np.isnan(table[0, 1])


@pytest.mark.parametrize(("seed", "bins"), [(0, 5), (1, 10), (2, 15)])
def test_bins_and_error_agree_with_scikit_learn(seed, bins):
    rng = np.random.default_rng(seed)
    probabilities, truth = rng.dirichlet(np.full(6, 0.5), 400), rng.integers(0, 6, 400)
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    share_right, mean_confidence = calibration_curve(right, confidence, n_bins=bins)
    counts, _ = np.histogram(confidence, bins, range=(0, 1))
    filled = counts > 0
    table = reliability(probabilities, truth, bins)
    assert table[:, 0].tolist() == counts.tolist()
    assert table[filled, 1] == pytest.approx(mean_confidence, abs=1e-12)
    assert table[filled, 2] == pytest.approx(share_right, abs=1e-12)
    wanted = np.average(np.abs(share_right - mean_confidence), weights=counts[filled])
    error = expected_calibration_error(probabilities, truth, bins)
    assert error == pytest.approx(wanted, abs=1e-12)


def test_certain_and_impossible_are_finite():
    probabilities = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    scaled = scale_probabilities(probabilities, 3.0)
    assert np.isfinite(scaled).all()
    assert np.isfinite(fit_temperature(probabilities, np.array([0, 1, 1])))


@pytest.mark.parametrize("truth", [[0, 2], [-1, 0], [0.0, 1.0], [0]])
def test_truth_that_is_none(truth):
    with pytest.raises(ValueError, match="truth"):
        fit_temperature(np.full((2, 2), 0.5), np.array(truth))


def test_temperature_must_be_above_0():
    with pytest.raises(ValueError, match="above 0"):
        scale_probabilities(np.full((2, 2), 0.5), 0.0)
