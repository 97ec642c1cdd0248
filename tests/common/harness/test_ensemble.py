"""Mean predictions of finished runs."""

from __future__ import annotations

import numpy as np
import pytest

from common.errors import DataError
from common.harness.ensemble import (
    averaged,
    first_of_each,
    is_current,
    mean_predictions,
    members_of,
    read_from,
    run_ensemble,
)
from common.harness.outcome import prediction_table
from common.harness.record import RunKey, read_records

LABELS = ["ER", "Golgi", "Nuclear"]


def test_probabilities_are_averaged_example_by_example(run, results):
    for seed, right in ((1, 90), (2, 60), (3, 30)):
        run(seed, right)
    records = read_records(results)
    mean = mean_predictions(records)
    by_hand = sum(record.predictions[LABELS].to_numpy() for record in records) / 3
    assert np.abs(mean[LABELS].to_numpy() - by_hand).max() < 1e-12
    assert list(mean.columns) == ["id", "truth", *LABELS]
    assert mean["truth"].equals(records[0].predictions["truth"])


def test_one_run_is_no_ensemble(run, results):
    run(1)
    with pytest.raises(DataError, match="1 finished runs, an ensemble needs 2"):
        mean_predictions(read_records(results))


def test_other_test_examples_are_refused_by_name(run, results, predictions_of):
    run(1)
    run(2, table=predictions_of(100, 90, first=7), metrics={})
    with pytest.raises(DataError, match=r"seed2-fold0.json: other test examples"):
        mean_predictions(read_records(results))


def test_other_settings_are_refused(run, results):
    run(1)
    run(2, settings={"epochs": 7})
    with pytest.raises(DataError, match="epochs"):
        mean_predictions(read_records(results))


def test_members_of_several_experiments_are_told_apart(run, results):
    for name in ("a", "b"):
        run(1, 80, experiment=name)
    members = read_records(results)
    assert list(members_of(members)) == ["a/seed1-fold0", "b/seed1-fold0"]
    assert list(members_of(members[:1])) == ["seed1-fold0"]


def test_members_that_were_cut_short_make_what_reads_them_so(run, results):
    for seed, extra in ((1, {}), (2, {"cut_short": "2 of 3 epochs"}), (3, {})):
        run(seed, extra=extra)
    records = read_records(results)
    assert read_from(records)["cut_short"] == "2 of 3 epochs"
    assert read_from(records[:1]) == {"members": members_of(records[:1])}


def test_an_ensemble_is_out_of_date_once_there_is_another_member(run, results):
    from types import SimpleNamespace

    for seed in (1, 2):
        run(seed, 80 + seed)
    members = read_records(results)
    ensemble = SimpleNamespace(content={"extra": {"members": members_of(members), "most": 3}})
    assert is_current(ensemble, members)
    for seed in (3, 4):
        run(seed, 80 + seed)
    assert not is_current(ensemble, read_records(results))
    ensemble.content["extra"]["members"] = members_of(read_records(results)[:3])
    assert is_current(ensemble, read_records(results))


def test_as_many_members_of_each_experiment_are_taken(run, results):
    from types import SimpleNamespace

    for name in ("a", "b"):
        for seed in (1, 2, 3):
            run(seed, 80, experiment=name)
    found = read_records(results)
    taken = first_of_each(found, 2)
    assert [f"{r.key.experiment}{r.key.seed}" for r in taken] == ["a1", "a2", "b1", "b2"]
    ensemble = SimpleNamespace(content={"extra": {"members": members_of(taken), "most": 2}})
    assert is_current(ensemble, found)
    assert not is_current(ensemble, found[1:])


def test_members_with_other_settings_are_told_of(run, results, paper):
    run(1, 80, experiment="a")
    changed = {"epochs": 7, "units": 3}
    used = paper.settings.resolve("paper", "full", "small", changed)
    run(1, 80, experiment="small", settings=used)
    members = read_records(results)
    tables = {"": members[0].predictions}
    told = averaged(members, tables, 2, "2 members", paper.settings).extra
    assert told["members_other_settings"] == ["epochs", "units"]
    alone = averaged(members[:1], tables, 2, "", paper.settings).extra
    assert "members_other_settings" not in alone


def test_further_tables_are_averaged_too(run, results, predictions_of, paper):
    for seed, right in ((1, 9), (2, 5)):
        run(seed, 80, tables={"hard": predictions_of(12, right)})
    records = read_records(results)
    ensemble = run_ensemble(
        RunKey("full", "toy", "mean", "paper", 1), results, "a", 5, paper.settings
    )
    by_hand = sum(record.tables["hard"][LABELS].to_numpy() for record in records) / 2
    assert np.abs(ensemble.tables["hard"][LABELS].to_numpy() - by_hand).max() < 1e-12
    assert ensemble.metrics["accuracy"] == 0.8
    assert "hard/mcc" in ensemble.metrics
    assert ensemble.n_parameters == 2 * 1234
    assert ensemble.extra["remark"] == "2 members"


def test_member_without_the_table_is_named(run, results, predictions_of):
    run(1, tables={"hard": predictions_of(12, 9)})
    run(2)
    with pytest.raises(DataError, match=r"seed2-fold0.json: no predictions named 'hard'"):
        mean_predictions(read_records(results), "hard")


def test_several_labels_are_averaged(run, results):
    truth = np.array([[1.0, 0, 1], [0, 0, 1]])
    for seed, probability in ((1, 0.2), (2, 0.6)):
        table = prediction_table(["a", "b"], truth, np.full((2, 3), probability), LABELS)
        run(seed, table=table, metrics={})
    mean = mean_predictions(read_records(results))
    assert np.abs(mean[LABELS].to_numpy() - 0.4).max() < 1e-12
    assert mean["truth:Nuclear"].tolist() == [1, 1]
