import numpy as np
import pytest
from scipy import stats
from scipy.differentiate import derivative

from common.errors import DataError
from common.metrics import resampling, spread
from common.metrics.classification import accuracy, mcc
from common.metrics.distribution import kl_divergence, pearson

LABELS = np.array([f"location {number}" for number in range(10)])


def predictions(seed, n=500, right=0.7):
    """True labels and predictions that are right about as often as asked."""
    rng = np.random.default_rng(seed)
    truth = LABELS[rng.integers(0, 10, n)]
    return truth, np.where(rng.random(n) < right, truth, LABELS[rng.integers(0, 10, n)])


def scipy_interval(values, n, seed, confidence=0.95):
    """Percentile interval of the mean by SciPy, from the same draws."""
    return stats.bootstrap(
        (np.asarray(values, dtype=float),),
        np.mean,
        n_resamples=n,
        confidence_level=confidence,
        method="percentile",
        rng=np.random.default_rng(seed),
    )


@pytest.mark.parametrize(("seed", "confidence"), [(0, 0.95), (7, 0.9)])
def test_bootstrap_of_accuracy_equals_scipy(seed, confidence):
    truth, predicted = predictions(1)
    interval = spread.bootstrap_interval(
        accuracy, truth, predicted, n=400, seed=seed, confidence=confidence
    )
    wanted = scipy_interval(truth == predicted, 400, seed, confidence)
    assert interval.value == pytest.approx(accuracy(truth, predicted))
    assert interval.low == pytest.approx(wanted.confidence_interval.low, abs=1e-12)
    assert interval.high == pytest.approx(wanted.confidence_interval.high, abs=1e-12)
    assert interval.se == pytest.approx(wanted.standard_error, abs=1e-12)
    assert (interval.n, interval.confidence, interval.undefined) == (500, confidence, 0)


def test_bootstrap_of_any_measure_equals_scipy():
    x, y = np.random.default_rng(2).normal(size=(2, 80))
    interval = spread.bootstrap_interval(pearson, x, x + y, n=200, seed=4)
    wanted = stats.bootstrap(
        (x, x + y),
        lambda a, b: stats.pearsonr(a, b).statistic,
        paired=True,
        vectorized=False,
        n_resamples=200,
        method="percentile",
        rng=np.random.default_rng(4),
    )
    assert interval.low == pytest.approx(wanted.confidence_interval.low, abs=1e-12)
    assert interval.high == pytest.approx(wanted.confidence_interval.high, abs=1e-12)


def test_bootstrap_error_of_accuracy_is_near_the_binomial_one():
    truth, predicted = predictions(3, n=2000)
    interval = spread.bootstrap_interval(accuracy, truth, predicted, n=2000)
    assert interval.se == pytest.approx(spread.binomial_se(interval.value, 2000), rel=0.06)


def test_the_seed_decides():
    pair = predictions(4, n=100)
    first = spread.bootstrap_interval(mcc, *pair, n=200, seed=1)
    assert first == spread.bootstrap_interval(mcc, *pair, n=200, seed=1)
    assert first != spread.bootstrap_interval(mcc, *pair, n=200, seed=2)


@pytest.mark.parametrize("metric", [accuracy, mcc])
def test_labels_are_resampled_in_pieces_that_fit_memory_and_not_one_by_one(metric, monkeypatch):
    """The examples as they are, then 1000 draws of 3000, 666 at a time (2,000,000 indices)."""
    at_once = []

    def counted(stack, formula=resampling.FROM_CONFUSION[metric]):
        at_once.append(len(stack))
        return formula(stack)

    monkeypatch.setitem(resampling.FROM_CONFUSION, metric, counted)
    spread.bootstrap_interval(metric, *predictions(5, n=3000), n=1000)
    assert sorted(at_once) == [1, 334, 666]


def test_tables_of_fractions_are_resampled_by_row():
    truth = np.random.default_rng(6).dirichlet(np.ones(4), 50)
    interval = spread.bootstrap_interval(kl_divergence, truth, truth[:, ::-1], n=100)
    assert interval.low < interval.value < interval.high
    assert spread.bootstrap_interval(kl_divergence, truth, truth, n=100).high == 0


def test_undefined_resamples_are_counted_and_left_out():
    """Three values of which two are equal: a resample is constant where it draws one value only."""
    x, y = np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 3.0])
    interval = spread.bootstrap_interval(pearson, x, y, n=2000)
    # constant x: (2/3)^3 + (1/3)^3 = 1/3 of the resamples; constant y is among them
    assert interval.undefined / 2000 == pytest.approx(1 / 3, abs=0.04)
    assert np.isfinite([interval.low, interval.high]).all()


def test_a_measure_that_is_undefined_throughout_has_no_interval():
    interval = spread.bootstrap_interval(pearson, np.ones(5), np.arange(5.0), n=20)
    assert interval.undefined == 20
    assert np.isnan([interval.value, interval.low, interval.high, interval.se]).all()


def test_one_class_only_has_an_interval_without_width():
    interval = spread.bootstrap_interval(accuracy, ["ER"] * 4, ["ER"] * 4, n=50)
    assert (interval.low, interval.value, interval.high, interval.se) == (1, 1, 1, 0)
    assert spread.bootstrap_interval(mcc, ["ER"] * 4, ["ER"] * 4, n=50).high == 0


def test_seeds_are_averaged_on_shared_draws():
    truth, first = predictions(7, n=300)
    second = predictions(8, n=300)[1]
    both = spread.bootstrap_over_seeds(accuracy, truth, [first, second], n=300, seed=5)
    wanted = scipy_interval(((truth == first) * 1.0 + (truth == second)) / 2, 300, 5)
    assert both.value == pytest.approx((accuracy(truth, first) + accuracy(truth, second)) / 2)
    assert both.low == pytest.approx(wanted.confidence_interval.low, abs=1e-12)
    assert both.high == pytest.approx(wanted.confidence_interval.high, abs=1e-12)
    one = spread.bootstrap_over_seeds(accuracy, truth, first, n=300, seed=5)
    assert one == spread.bootstrap_interval(accuracy, truth, first, n=300, seed=5)


def test_paired_difference_equals_the_bootstrap_of_differences():
    truth, a = predictions(9, right=0.8)
    b = predictions(10, right=0.6)[1]
    b = np.where(np.arange(500) % 3 == 0, b, a)
    difference = spread.paired_bootstrap(accuracy, truth, a, b, n=500, seed=2)
    wanted = scipy_interval((truth == a) * 1.0 - (truth == b), 500, 2)
    assert difference.value == pytest.approx(accuracy(truth, a) - accuracy(truth, b))
    assert difference.low == pytest.approx(wanted.confidence_interval.low, abs=1e-12)
    assert difference.high == pytest.approx(wanted.confidence_interval.high, abs=1e-12)
    assert difference.a == pytest.approx(accuracy(truth, a))
    assert difference.b == pytest.approx(accuracy(truth, b))
    assert difference.n == 500


def test_pairing_removes_what_the_models_share():
    truth, a = predictions(11)
    b = a.copy()
    b[np.flatnonzero(a == truth)[:5]] = "location wrong"
    paired = spread.paired_bootstrap(accuracy, truth, a, b)
    alone = spread.bootstrap_interval(accuracy, truth, a)
    assert paired.value == pytest.approx(0.01)
    assert paired.se < alone.se / 4
    assert paired.low > 0
    assert paired.above_zero > 0.97


def test_paired_bootstrap_of_mcc_by_its_definition():
    truth, a = predictions(12, n=60)
    b = predictions(13, n=60)[1]
    draws = np.random.default_rng(3).integers(0, 60, (100, 60))
    values = [mcc(truth[one], a[one]) - mcc(truth[one], b[one]) for one in draws]
    difference = spread.paired_bootstrap(mcc, truth, a, b, n=100, seed=3)
    assert difference.low == pytest.approx(np.quantile(values, 0.025), abs=1e-11)
    assert difference.high == pytest.approx(np.quantile(values, 0.975), abs=1e-11)
    assert difference.above_zero == pytest.approx(np.mean(np.array(values) > 0), abs=0.01)


def test_paired_bootstrap_averages_different_numbers_of_seeds():
    truth, a = predictions(14, n=120)
    others = [predictions(seed, n=120)[1] for seed in (15, 16)]
    difference = spread.paired_bootstrap(accuracy, truth, [a, others[0], others[1]], others, n=50)
    mean_a = np.mean([accuracy(truth, one) for one in (a, *others)])
    mean_b = np.mean([accuracy(truth, one) for one in others])
    assert difference.a == pytest.approx(mean_a)
    assert difference.b == pytest.approx(mean_b)
    assert difference.value == pytest.approx(mean_a - mean_b)
    assert difference.n_seeds == (3, 2)


def test_equal_models_differ_by_exactly_nothing():
    truth, a = predictions(17, n=77)
    difference = spread.paired_bootstrap(accuracy, truth, [a] * 7, a, n=200)
    assert (difference.value, difference.low, difference.high) == (0, 0, 0)
    assert difference.above_zero == 0.5


def test_swapping_the_models_turns_the_sign():
    truth, a = predictions(18, right=0.8)
    b = predictions(19, right=0.5)[1]
    there = spread.paired_bootstrap(mcc, truth, a, b, n=200)
    back = spread.paired_bootstrap(mcc, truth, b, a, n=200)
    assert there.value == -back.value
    assert there.low == pytest.approx(-back.high, abs=1e-12)
    assert there.above_zero == pytest.approx(1 - back.above_zero)


def test_the_interval_covers_as_often_as_it_says():
    """Of 200 test sets of 300 examples drawn at accuracy 0.75, about 95 % cover it."""
    rng = np.random.default_rng(20)
    hits = 0
    for _ in range(200):
        right = np.where(rng.random(300) < 0.75, "A", "B")
        interval = spread.bootstrap_interval(accuracy, ["A"] * 300, right, n=300)
        hits += interval.low <= 0.75 <= interval.high
    assert 0.90 <= hits / 200 <= 0.99


@pytest.mark.parametrize("metric", [accuracy, mcc, lambda truth, predicted: 0.0])
def test_empty_and_mismatched_input_is_refused(metric):
    with pytest.raises(DataError, match=r"there are no(ne| examples)"):
        spread.bootstrap_interval(metric, [], [])
    with pytest.raises(DataError, match=r"there are no(ne| examples)"):
        spread.paired_bootstrap(metric, [], [], [])
    with pytest.raises(ValueError, match=r"length|different numbers"):
        spread.bootstrap_interval(metric, ["A", "B"], ["A"])


def test_missing_labels_and_bad_numbers_are_refused():
    with pytest.raises(DataError, match="nan at position 1"):
        spread.bootstrap_interval(accuracy, ["A", "B"], ["A", np.nan])
    with pytest.raises(DataError, match="nan at position 1"):
        spread.paired_bootstrap(accuracy, ["A", "B"], ["A", np.nan], ["A", "B"])
    with pytest.raises(DataError, match="NaN"):
        spread.bootstrap_interval(pearson, [1.0, 2.0], [np.nan, 1.0])
    for confidence in (95, 0, 1):
        with pytest.raises(ValueError, match="confidence"):
            spread.bootstrap_interval(accuracy, ["A"], ["A"], confidence=confidence)
        with pytest.raises(ValueError, match="confidence"):
            spread.paired_bootstrap(accuracy, ["A"], ["A"], ["A"], confidence=confidence)
    with pytest.raises(ValueError, match="at least 1 resample"):
        spread.bootstrap_interval(accuracy, ["A"], ["A"], n=0)


def test_seed_spread_by_hand():
    summary = spread.seed_spread([1.0, 2.0, 4.0])
    assert summary.mean == pytest.approx(7 / 3)
    assert summary.sd == pytest.approx(np.sqrt(7 / 3))
    assert summary.n == 3


@pytest.mark.parametrize("n", [2, 5, 10])
def test_seed_spread_agrees_with_scipy(n):
    values = np.random.default_rng(n).normal(0.8, 0.01, n)
    summary = spread.seed_spread(values)
    assert summary.mean == pytest.approx(stats.tmean(values), abs=1e-12)
    assert summary.sd == pytest.approx(stats.tstd(values), abs=1e-12)


def test_one_seed_has_no_spread():
    summary = spread.seed_spread([0.8])
    assert (summary.mean, summary.n) == (0.8, 1)
    assert np.isnan(summary.sd)
    with pytest.raises(ValueError, match="at least 2 seeds are needed, received 1"):
        spread.student_t_interval([0.8])


def test_seeds_that_failed_are_refused():
    for values in ([], [0.8, np.nan]):
        with pytest.raises(DataError, match="values of the seeds"):
            spread.seed_spread(values)


@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_student_t_agrees_with_scipy(confidence):
    values = np.random.default_rng(21).normal(0.8, 0.01, 5)
    interval = spread.student_t_interval(values, confidence)
    wanted = stats.t.interval(confidence, df=4, loc=values.mean(), scale=stats.sem(values))
    assert (interval.low, interval.high) == pytest.approx(wanted, abs=1e-12)
    assert interval.value == pytest.approx(values.mean())
    assert interval.n == 5


def test_student_t_by_the_printed_table():
    # t(0.95; 2 degrees of freedom) = 2.920; mean 2, sd 1, n 3
    interval = spread.student_t_interval([1, 2, 3])
    assert interval.high - 2 == pytest.approx(2.920 / np.sqrt(3), abs=1e-3)


def test_binomial_error_of_known_test_sets():
    # 83.37 % of setDeepLoc's 2768 and 60.92 % of setHARD's 490, in percentage points
    assert 100 * spread.binomial_se(0.8337, 2768) == pytest.approx(0.708, abs=5e-4)
    assert 100 * spread.binomial_se(0.6092, 490) == pytest.approx(2.204, abs=5e-4)


def test_binomial_error_agrees_with_scipy():
    rng = np.random.default_rng(23)
    for p, n in zip(rng.random(20), rng.integers(1, 5000, 20), strict=True):
        assert spread.binomial_se(p, n) == pytest.approx(stats.binom(n, p).std() / n, abs=1e-12)


@pytest.mark.parametrize(("p", "n"), [(83.4, 100), (-0.1, 100), (0.5, 0), (np.nan, 10)])
def test_binomial_error_refuses_percent(p, n):
    with pytest.raises(ValueError, match=r"a share in 0\.\.1"):
        spread.binomial_se(p, n)


def test_fisher_interval_agrees_with_scipy():
    x, y = np.random.default_rng(22).normal(size=(2, 40))
    result = stats.pearsonr(x, x + y)
    interval = spread.fisher_z_interval(result.statistic, 40, 0.9)
    wanted = result.confidence_interval(0.9)
    assert interval.low == pytest.approx(wanted.low, abs=1e-12)
    assert interval.high == pytest.approx(wanted.high, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_fisher_error_agrees_with_scipy(seed):
    """Standard error of z, from SciPy's interval, times a numeric dr/dz."""
    rng = np.random.default_rng(seed)
    x, noise = rng.normal(size=(2, rng.integers(10, 200)))
    result = stats.pearsonr(x, rng.uniform(-2, 2) * x + noise)
    ends = np.arctanh(result.confidence_interval(0.9))
    se_of_z = np.ptp(ends) / 2 / stats.norm.ppf(0.95)
    wanted = se_of_z * derivative(np.tanh, np.arctanh(result.statistic)).df
    assert spread.fisher_z_se(result.statistic, len(x)) == pytest.approx(wanted, rel=1e-8)


def test_fisher_error_is_the_small_interval_on_the_scale_of_r():
    assert spread.fisher_z_se(0.6, 103) == pytest.approx(0.064)
    narrow = spread.fisher_z_interval(0.705, 11373, 0.95)
    wanted = (narrow.high - narrow.low) / 2 / stats.norm.ppf(0.975)
    assert spread.fisher_z_se(0.705, 11373) == pytest.approx(wanted, rel=1e-3)
    assert spread.fisher_z_interval(1.0, 10).low == 1


@pytest.mark.parametrize(("r", "n"), [(1.2, 10), (0.5, 3), (np.nan, 10)])
def test_fisher_error_refuses_what_is_no_correlation(r, n):
    with pytest.raises(ValueError, match=r"r in -1\.\.1 over at least 4 examples"):
        spread.fisher_z_se(r, n)
