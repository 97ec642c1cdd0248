"""The baseline is made from the spread of at least five seeds."""

import math

import pytest
from scipy import stats

from common.errors import DataError
from common.harness.baseline import (
    make_baseline,
    read_baseline,
    rows_of,
    update_baseline,
    write_baseline,
)
from common.harness.record import read_records


@pytest.fixture
def baseline(results):
    return lambda: make_baseline(read_records(results))


def test_tolerance_comes_from_the_seed_spread(run, baseline):
    for seed, right in enumerate((80, 82, 84, 86, 88), 1):
        run(seed, right)
    (row,) = baseline().to_dict("records")
    sd = math.sqrt(10) / 100
    assert row["value"] == pytest.approx(0.84)
    assert row["seed_sd"] == pytest.approx(sd)
    assert row["tolerance"] == pytest.approx(stats.t.ppf(0.99, 4) * sd * math.sqrt(1.2))
    assert (row["direction"], row["n_seeds"], row["data"]) == ("higher", 5, "exact")


def test_tolerance_has_a_floor(run, baseline):
    for seed in range(5):
        run(seed, 80, metrics={"accuracy": 0.8, "loss": 40.0})
    table = baseline().set_index("metric")
    assert table.loc["accuracy", "tolerance"] == pytest.approx(0.005)
    assert table.loc["loss", "tolerance"] == pytest.approx(0.2)
    assert table.loc["loss", "direction"] == "lower"


def test_metrics_without_a_better_side_or_a_value_are_left_out(run, baseline):
    for seed in range(5):
        run(seed, 80, metrics={"accuracy": 0.8, "seconds": 3.0, "auc": math.nan})
    assert baseline()["metric"].tolist() == ["accuracy"]


def test_a_score_that_no_run_could_fall_below_is_left_out(run, baseline):
    for seed, rare in enumerate((0.0, 0.0, 0.1, 0.0, 0.0), start=1):
        run(seed, 90, metrics={"accuracy": 0.9, "mcc": rare, "f1_macro": 0.0, "f1_micro": 0.7})
    assert set(baseline()["metric"]) == {"accuracy", "f1_micro"}


def test_scores_of_single_classes_are_left_out(run, baseline):
    scores = {"f1:ER": 0.5, "sethard/recall:ER": 0.5, "pearson:ER": 0.5, "auc:attention": 0.5}
    for seed in range(1, 6):
        run(seed, 90, metrics={"accuracy": 0.9, **scores})
    assert set(baseline()["metric"]) == {"accuracy", "pearson:ER", "auc:attention"}


def test_fewer_than_five_seeds(run, baseline):
    for seed in range(4):
        run(seed)
    with pytest.raises(DataError, match=r"toy/a \(full\): 4 complete seeds on exact"):
        baseline()


def test_folds_are_averaged_and_incomplete_seeds_do_not_count(run, baseline, predictions_of):
    for seed in range(5):
        for fold, right in enumerate((80, 90)):
            run(seed, right, fold=fold)
    assert baseline().loc[0, "value"] == pytest.approx(0.85)
    assert baseline().loc[0, "folds"] == "0 1"
    run(4, fold=2)
    with pytest.raises(DataError, match="1 complete seeds"):
        baseline()


def test_kinds_of_data_are_kept_apart(run, baseline):
    for seed in range(5):
        run(seed, 80)
        run(seed + 10, 40, data_variant="simulated")
    table = baseline().set_index("data")
    assert table.loc["exact", "value"] == pytest.approx(0.8)
    assert table.loc["simulated", "value"] == pytest.approx(0.4)


def test_round_trip(run, baseline, results):
    for seed in range(5):
        run(seed, 80 + seed)
    path = write_baseline(baseline(), results)
    first = path.read_bytes()
    assert write_baseline(read_baseline(path), results).read_bytes() == first


def test_an_update_replaces_its_own_experiments_and_no_others(run, results):
    for seed in range(5):
        run(seed, 80)
        run(seed, 70, experiment="b")
        run(seed, 60, profile="quick")
    records = read_records(results)
    path = update_baseline(records, results)
    first = path.read_bytes()
    for seed in range(5):
        run(seed, 90)
    update_baseline([r for r in read_records(results) if r.key.experiment == "a"], results)
    values = read_baseline(path).set_index(["profile", "experiment"])["value"].to_dict()
    assert values == pytest.approx({("full", "a"): 0.9, ("full", "b"): 0.7, ("quick", "a"): 0.6})
    for seed in range(5):
        run(seed, 80)
    update_baseline(read_records(results, profile="full"), results)
    assert path.read_bytes() == first


def test_an_update_keeps_rows_on_other_data(run, results):
    for data, right in (("exact", 80), ("simulated", 60)):
        for seed in range(5):
            run(seed, right, data_variant=data)
        update_baseline(read_records(results), results)
    table = read_baseline(results / "baseline.csv")
    assert table["data"].tolist() == ["exact", "simulated"]
    assert rows_of(table, ["toy"], "simulated")["value"].tolist() == pytest.approx([0.6])
    assert rows_of(table, ["other"]).empty


def test_an_update_that_fails_leaves_the_file_as_it_was(run, results):
    for seed in range(5):
        run(seed, 80)
    before = update_baseline(read_records(results), results).read_bytes()
    run(1, 80, experiment="b")
    with pytest.raises(DataError, match="1 complete seeds"):
        update_baseline(read_records(results), results)
    assert (results / "baseline.csv").read_bytes() == before
