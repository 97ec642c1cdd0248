import warnings

import numpy as np
import pytest
from scipy import stats

from common.errors import DataError
from common.metrics import distribution


def random_fractions(seed, n=60):
    """Two tables of fractions, (n, 4) each, that are correlated."""
    rng = np.random.default_rng(seed)
    truth = rng.dirichlet(np.ones(4), n)
    return truth, 0.5 * truth + 0.5 * rng.dirichlet(np.ones(4), n)


def test_pearson_by_hand():
    # deviations (-1, 0, 1) and (-1, 1, 0): covariance 1, both sums of squares 2
    assert distribution.pearson([1, 2, 3], [1, 3, 2]) == pytest.approx(0.5, abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_pearson_agrees_with_scipy_and_numpy(seed):
    x, y = np.random.default_rng(seed).normal(size=(2, 50))
    assert distribution.pearson(x, y) == pytest.approx(stats.pearsonr(x, y).statistic, abs=1e-12)
    assert distribution.pearson(x, y) == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-12)


@pytest.mark.parametrize(("x", "y"), [([1, 2, 3], [2, 2, 2]), ([0.1] * 3, [1, 2, 3]), ([1], [1])])
def test_pearson_is_nan_where_undefined_and_does_not_warn(x, y):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isnan(distribution.pearson(x, y))


def test_pearson_of_pooled_folds_is_not_the_mean_over_folds():
    """Two folds that are each perfectly anticorrelated, and correlated when pooled."""
    truth, predicted = [0.1, 0.2, 0.7, 0.8], [0.2, 0.1, 0.8, 0.7]
    assert distribution.pearson(truth[:2], predicted[:2]) == pytest.approx(-1)
    assert distribution.pearson(truth, predicted) > 0.9


def test_kl_by_hand_in_nats():
    wanted = 0.75 * np.log(0.75 / 0.5) + 0.25 * np.log(0.25 / 0.5)
    assert distribution.kl_divergence([[0.75, 0.25]], [[0.5, 0.5]]) == pytest.approx(wanted)


def test_kl_is_not_symmetric_and_the_truth_comes_first():
    p, q = [[0.9, 0.1]], [[0.5, 0.5]]
    assert distribution.kl_divergence(p, q) == pytest.approx(stats.entropy(p[0], q[0]))
    assert distribution.kl_divergence(q, p) == pytest.approx(stats.entropy(q[0], p[0]))


def test_kl_agrees_with_scipy_for_each_row_and_is_their_mean():
    truth, predicted = random_fractions(2)
    wanted = stats.entropy(truth, predicted, axis=1)
    np.testing.assert_allclose(distribution.kl_per_row(truth, predicted), wanted, atol=1e-6)
    mean = distribution.kl_divergence(truth, predicted)
    assert mean == pytest.approx(distribution.kl_per_row(truth, predicted).mean(), abs=1e-15)


def test_kl_follows_the_rule_of_keras_for_zeros():
    keras = pytest.importorskip("keras")
    truth, predicted = random_fractions(3, n=20)
    truth[0], predicted[0] = [1, 0, 0, 0], [0, 1, 0, 0]
    truth[1], predicted[1] = [0, 0, 0.5, 0.5], [0, 0, 0, 1]
    assert keras.config.epsilon() == distribution.KERAS_EPSILON
    wanted = np.asarray(keras.losses.kl_divergence(truth, predicted))
    np.testing.assert_allclose(distribution.kl_per_row(truth, predicted), wanted, rtol=1e-5)
    assert distribution.kl_per_row(truth, predicted)[0] == pytest.approx(-np.log(1e-7), rel=1e-5)


def test_kl_takes_another_epsilon():
    loss = distribution.kl_divergence([[1.0, 0.0]], [[0.0, 1.0]], epsilon=1e-3)
    assert loss == pytest.approx((1 - 1e-3) * np.log(1e3))
    with pytest.raises(ValueError, match="epsilon"):
        distribution.kl_divergence([[1.0, 0.0]], [[0.0, 1.0]], epsilon=0)


def test_bad_tables_are_refused():
    measure = distribution.kl_divergence
    good = [[0.5, 0.5], [0.4, 0.6]]
    with pytest.raises(DataError, match="predicted fractions: 1 of 4 numbers are NaN"):
        measure(good, [[0.5, 0.5], [np.nan, 0.6]])
    with pytest.raises(DataError, match="true fractions: there are none"):
        measure(np.empty((0, 2)), np.empty((0, 2)))
    with pytest.raises(DataError, match="predicted fractions: row 0 is not a distribution"):
        measure(good, [[0.5, 0.9], [0.4, 0.6]])
    with pytest.raises(ValueError, match=r"shapes \(2, 2\) and \(1, 2\)"):
        measure(good, good[:1])


def test_bad_vectors_are_refused():
    with pytest.raises(DataError, match="true values: there are none"):
        distribution.pearson([], [])
    with pytest.raises(DataError, match="predicted values: 1 of 2 numbers are NaN"):
        distribution.pearson([1, 2], [1, np.nan])
    with pytest.raises(ValueError, match="different numbers of examples"):
        distribution.pearson([1, 2], [1, 2, 3])
