"""Calibration: known temperatures are found, and the error is that of a hand computation."""

import numpy as np
import pytest

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
