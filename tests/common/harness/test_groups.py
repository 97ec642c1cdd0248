"""Only records that belong together are averaged."""

import math

import numpy as np
import pandas as pd
import pytest

from common.errors import DataError
from common.harness.groups import choose_group
from common.harness.record import read_records


@pytest.fixture
def choose(results):
    def chosen(experiment="a", variant="paper", profile=None, folds=None):
        return choose_group(read_records(results), experiment, variant, profile, folds)

    return chosen


def test_mean_and_spread_over_seeds(run, choose):
    for seed, right in [(1, 90), (2, 80), (3, 85)]:
        run(seed, right)
    estimate = choose().estimate("accuracy")
    assert estimate.value == pytest.approx(0.85)
    assert estimate.by_seed.tolist() == pytest.approx([0.9, 0.8, 0.85])
    assert estimate.seed_sd == pytest.approx(0.05)
    assert (estimate.n_test, estimate.support) == (100, 100)


def test_one_seed_has_no_spread(run, choose):
    run()
    assert math.isnan(choose().estimate("accuracy").seed_sd)


def test_bootstrap_is_of_the_mean_over_seeds(run, choose):
    for seed in (1, 2, 3):
        run(seed, 80)
    three = choose().estimate("accuracy")
    # The same predictions three times: the same test examples are drawn, nothing averages out.
    assert three.bootstrap_se == pytest.approx(0.04, abs=0.005)
    low, high = three.bootstrap
    assert low < 0.8 < high
    assert high - low == pytest.approx(2 * 1.96 * 0.04, abs=0.02)


def test_seeds_with_other_test_examples_are_drawn_apart(run, choose, predictions_of):
    for seed in (1, 2, 3, 4):
        run(seed, 80, table=predictions_of(100, 80, first=100 * seed))
    assert choose().estimate("accuracy").bootstrap_se == pytest.approx(0.02, abs=0.004)


def test_folds_are_pooled_before_the_metric(run, choose, predictions_of):
    run(fold=0, table=predictions_of(30, 30), metrics={})
    run(fold=1, table=predictions_of(10, 0, first=30), metrics={})
    estimate = choose().estimate("accuracy")
    assert estimate.value == pytest.approx(0.75)
    assert estimate.n_test == 40


def test_seed_without_all_folds_is_left_out(run, choose, predictions_of):
    for seed, folds in [(1, 2), (2, 1)]:
        for fold in range(folds):
            run(seed, fold=fold, table=predictions_of(10, 5, first=10 * fold), metrics={})
    group = choose()
    assert list(group.seeds) == [1]
    assert group.note == "seed 2 has 1 of 2 folds and is left out"
    assert list(choose(folds=1).seeds) == [1, 2]
    assert choose(folds=3) is None


def test_of_several_variants_the_one_with_more_folds_then_the_first(run, choose, predictions_of):
    def folds(variant, count, **told):
        for fold in range(count):
            table = predictions_of(10, 5, first=10 * fold)
            run(fold=fold, variant=variant, table=table, metrics={}, **told)

    folds("paper", 1)
    folds("best", 3)
    group = choose(variant=("paper", "best"))
    assert (group.variant, group.in_place_of) == ("best", "paper")
    assert choose(variant=("paper", "best"), folds=1).variant == "paper"
    assert choose(variant=("paper", "other")).variant == "paper"
    assert choose(variant=("other",)) is None
    folds("paper", 3)
    group = choose(variant=("paper", "best"))
    assert (group.variant, group.in_place_of, group.folds) == ("paper", "", 3)
    folds("best", 4, profile="quick")
    assert choose(variant=("paper", "best")).profile == "full"


def test_metric_of_the_records_where_predictions_do_not_give_it(run, choose):
    for seed, value in [(1, 0.5), (2, 0.7)]:
        run(seed, metrics={"auc": value})
    estimate = choose().estimate("auc")
    assert estimate.value == pytest.approx(0.6)
    assert math.isnan(estimate.bootstrap_se)
    assert np.isnan(estimate.bootstrap).all()


def test_metric_that_is_not_defined(run, choose):
    run(metrics={"auc": math.nan})
    assert math.isnan(choose().estimate("auc").value)


def test_metric_that_is_not_there(run, choose):
    run(metrics={})
    with pytest.raises(DataError, match="no value for the metric auc"):
        choose().estimate("auc")


def test_record_that_contradicts_its_predictions(run, choose):
    run(right=90, metrics={"accuracy": 0.91})
    with pytest.raises(DataError, match=r"says accuracy = 0.91, its predictions give 0.9"):
        choose().estimate("accuracy")


def test_real_data_before_simulated_then_the_longer_profile(run, choose):
    run(profile="full", data_variant="simulated")
    assert choose().data == "simulated"
    run(profile="smoke", data_variant="stand-in")
    assert choose().data == "stand-in"
    run(profile="quick")
    assert (choose().profile, choose().data) == ("quick", "exact")
    run(profile="full", seed=2)
    assert (choose().profile, list(choose().seeds)) == ("full", [2])
    assert choose(profile="quick").profile == "quick"


def test_simulated_seeds_are_never_averaged_with_real_ones(run, choose):
    run(seed=1, right=90)
    run(seed=2, right=10, data_variant="simulated")
    assert list(choose().seeds) == [1]


def test_other_experiments_and_variants_are_not_mixed_in(run, choose):
    run(seed=1)
    run(seed=2, experiment="b")
    run(seed=3, variant="code", settings={"epochs": 1})
    assert list(choose().seeds) == [1]
    assert choose("c") is None
    assert choose(variant="best") is None


def test_other_settings_are_refused(run, choose):
    run(seed=1)
    run(seed=2, settings={"epochs": 1, "rate": 0.5, "units": 256})
    with pytest.raises(DataError, match=r"seed2.*differs from seed1-fold0 in epochs"):
        choose()


def test_seeds_that_were_given_other_hours_are_averaged_and_both_told(run, choose):
    run(seed=1, right=90, extra={"hours": 2.0, "cut_short": "7 of at most 9 epochs"})
    run(seed=2, right=80)
    group = choose()
    assert group.estimate("accuracy").value == pytest.approx(0.85)
    assert group.told("cut_short") == ["7 of at most 9 epochs"]


def test_other_data_files_are_refused(run, choose):
    run(seed=1)
    run(seed=2, data_sha256={"toy.fasta": "cd" * 32})
    with pytest.raises(DataError, match="in the checksums of the data"):
        choose()


def test_distributions(run, choose):
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"id": [f"t{i}" for i in range(50)]})
    table[["truth:Cytosol", "truth:Nuclear"]] = rng.dirichlet([1, 1], 50)
    table[["Cytosol", "Nuclear"]] = 1 - table[["truth:Cytosol", "truth:Nuclear"]].to_numpy()
    run(table=table, metrics={})
    assert choose().estimate("pearson:Cytosol").value == pytest.approx(-1)


def test_metric_of_a_further_table(run, choose, predictions_of):
    for seed, right in ((1, 10), (2, 20)):
        table = predictions_of(40, right, first=500)
        run(
            seed, 90, metrics={"accuracy": 0.9, "hard/accuracy": right / 40}, tables={"hard": table}
        )
    group = choose()
    found = group.estimate("hard/accuracy")
    assert found.by_seed.tolist() == [0.25, 0.5]
    assert (found.n_test, found.support) == (40, 40)
    assert found.bootstrap[0] < 0.375 < found.bootstrap[1]
    with pytest.raises(DataError, match="no predictions named 'soft'"):
        group.estimate("soft/accuracy")


def test_further_table_that_contradicts_the_record(run, choose, predictions_of):
    run(metrics={"accuracy": 0.9, "hard/mcc": 0.5}, tables={"hard": predictions_of(40, 10)})
    with pytest.raises(DataError, match="says hard/mcc = 0.5"):
        choose().estimate("hard/mcc")
