import numpy as np
import pytest

from common.errors import DataError
from common.metrics import classification, resampling


def test_draws_depend_on_the_seed_and_not_on_how_many_are_held_at_once(monkeypatch):
    together = np.concatenate(list(resampling.index_draws(7, 50, seed=3)))
    monkeypatch.setattr(resampling, "DRAWN_AT_ONCE", 14)
    pieces = list(resampling.index_draws(7, 50, seed=3))
    assert len(pieces) == 25
    np.testing.assert_array_equal(np.concatenate(pieces), together)
    assert not np.array_equal(np.concatenate(list(resampling.index_draws(7, 50, 4))), together)


def test_every_example_can_be_drawn_the_last_one_too():
    """The released Light Attention code never draws the last protein."""
    draws = np.concatenate(list(resampling.index_draws(5, 400, seed=0)))
    assert draws.shape == (400, 5)
    np.testing.assert_allclose(np.bincount(draws.ravel()) / draws.size, 0.2, atol=0.03)


def test_no_examples_or_no_resamples():
    with pytest.raises(DataError, match="there are no examples"):
        next(resampling.index_draws(0, 10, seed=0))
    with pytest.raises(ValueError, match="at least 1 resample, received 0"):
        next(resampling.index_draws(5, 0, seed=0))


def test_a_missing_label_does_not_become_the_word_nan():
    assert resampling.as_array(["ER", np.nan])[1] is np.nan
    assert resampling.as_array([1.0, np.nan]).dtype == np.float64


def test_one_seed_or_several():
    truth = np.array(["A", "B", "A"])
    assert [len(seeds) for _, seeds in (resampling.as_seeds(truth, truth),)] == [1]
    _, seeds = resampling.as_seeds(truth, [truth, truth])
    assert [seed.tolist() for seed in seeds] == [["A", "B", "A"]] * 2
    _, seeds = resampling.as_seeds(np.ones((3, 2)), np.zeros((4, 3, 2)))
    assert [seed.shape for seed in seeds] == [(3, 2)] * 4


@pytest.mark.parametrize("shape", [(4,), (2, 4), (0, 3), (1, 2, 3), ()])
def test_predictions_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"for a truth of shape \(3,\)"):
        resampling.as_seeds(np.zeros(3), np.zeros(shape))


@pytest.mark.parametrize("metric", [classification.accuracy, classification.mcc])
def test_counted_and_called_measures_are_equal(metric):
    rng = np.random.default_rng(5)
    truth, predicted = rng.choice(["A", "B", "C"], (2, 40))
    draws = next(resampling.index_draws(40, 30, seed=1))
    counted = resampling.mean_metric(metric, [(truth, predicted)])(draws)
    called = resampling.mean_metric(lambda t, p: metric(t, p), [(truth, predicted)])(draws)
    np.testing.assert_allclose(counted, called, atol=1e-12)
    assert counted.std() > 0.01


def test_a_measure_is_averaged_over_samples():
    statistic = resampling.mean_metric(np.mean, [(np.array([0.0, 2.0]),), (np.array([4.0, 8.0]),)])
    np.testing.assert_allclose(statistic(np.array([[0, 1], [1, 1]])), [3.5, 5.0])


def test_samples_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match=r"arrays of one length are needed, received \[2, 3\]"):
        resampling.mean_metric(np.mean, [(np.zeros(2), np.zeros(3))])
    with pytest.raises(ValueError, match="arrays of one length"):
        resampling.mean_metric(np.mean, [()])
