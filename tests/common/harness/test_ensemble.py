"""Mean predictions of finished runs."""

from __future__ import annotations

import numpy as np
import pytest

from common.errors import DataError
from common.harness.ensemble import is_current, mean_predictions, members_of
from common.harness.record import read_records

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
