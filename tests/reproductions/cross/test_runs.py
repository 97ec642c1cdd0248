"""Runs of the cross table on simulated proteins, their table and their figure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from common.errors import UsageError
from common.harness.answers import write_answers
from common.harness.record import RunKey, read_records
from common.harness.runner import run_experiment
from reproductions.cross import sets
from reproductions.cross.experiments import PAPER
from reproductions.cross.figures import draw
from reproductions.cross.labels import common_labels
from reproductions.cross.sets import TESTED_ON
from reproductions.cross.table import cross_table, tabulate

RUN = ("composition-on-multiloc", "a-lstm-on-deeploc1", "light-attention-on-multiloc")


@pytest.fixture(scope="module")
def results(tmp_path_factory, request):
    patch = pytest.MonkeyPatch()
    request.addfinalizer(patch.undo)
    folder = tmp_path_factory.mktemp("results")
    patch.setenv("REPRODUCE_RUNS", str(tmp_path_factory.mktemp("runs")))
    for name in RUN:
        key = RunKey("smoke", "cross", name, "paper", 1)
        run_experiment(PAPER, PAPER.experiment(name), key, quiet=True, results=folder)
    return folder


def test_each_network_meets_each_training_set():
    names = [experiment.name for experiment in PAPER.experiments]
    assert len(names) == len(set(names)) == 10
    assert {name.partition("-on-")[2] for name in names} == {"multiloc", "deeploc1"}


def test_one_run_answers_for_every_set_in_common_locations(results):
    (record,) = read_records(results, "smoke", "cross", "a-lstm-on-deeploc1")
    assert set(record.tables) == {"", "multiloc", "sethard"}
    for table in record.tables.values():
        rows = table[list(common_labels())].to_numpy()
        assert np.abs(rows.sum(axis=1) - 1).max() < 1e-6
        assert set(table["truth"]) <= set(common_labels())
    assert {"accuracy", "multiloc/accuracy", "sethard/mcc"} <= set(record.metrics)


def test_table_has_a_row_for_each_run_and_test_set(results):
    table = cross_table(results)
    assert len(table) == len(RUN) * len(TESTED_ON)
    (record,) = read_records(results, "smoke", "cross", "composition-on-multiloc")
    row = table.query("network == 'composition' and tested_on == 'sethard'").iloc[0]
    assert row["accuracy"] == pytest.approx(record.metrics["sethard/accuracy"])
    assert row["accuracy_low"] <= row["accuracy"] <= row["accuracy_high"]


def test_the_report_shows_a_row_for_each_run_and_where_it_comes_from(results):
    (shown,) = tabulate(results)
    assert len(shown.rows) == len(RUN)
    (record,) = read_records(results, "smoke", "cross", "a-lstm-on-deeploc1")
    row = dict(zip(shown.columns, shown.rows[1], strict=True))
    assert (row["Network"], row["Trained on"]) == ("A-LSTM", "DeepLoc 1.0")
    assert row["setHARD: accuracy"].key == pytest.approx(record.metrics["sethard/accuracy"])
    assert row["MultiLoc: MCC"].key == pytest.approx(record.metrics["multiloc/mcc"])
    assert row["Data"] == "simulated"
    assert shown.runs[1] == ["a-lstm-on-deeploc1/paper/smoke"]


def test_no_table_without_runs(tmp_path):
    assert tabulate(tmp_path) == []


def test_figure_and_table_are_written_once_from_the_same_records(results):
    assert [path.name for path in draw(results)] == ["cross.png"]
    assert len(pd.read_csv(results / "cross.csv")) == len(RUN) * len(TESTED_ON)
    assert draw(results) == []


def test_the_comparison_takes_a_table_that_no_paper_prints(results):
    table, _ = write_answers([PAPER], results)
    assert table.empty


def test_settings_hold_the_networks_own_and_refuse_others():
    settings = PAPER.settings.resolve("paper", "quick", "a-lstm-on-deeploc1", {"epochs": 3})
    assert settings["trained_on"] == "deeploc1"
    assert settings["epochs"] == 3
    assert settings["kernel_sizes"] == [1, 3, 5, 9, 15, 21]
    assert not settings["profiles"]
    assert "data" not in settings
    with pytest.raises(UsageError, match="epoch5"):
        PAPER.settings.resolve("paper", "quick", "a-lstm-on-deeploc1", {"epoch5": 3})


def test_homologues_of_training_proteins_are_not_asked(tmp_path, monkeypatch):
    known = tmp_path / "overlap.csv"
    known.write_text("# how\ntrained_on,tested_on,id\ndeeploc1,multiloc,P1\nmultiloc,sethard,P2\n")
    monkeypatch.setattr(sets, "OVERLAP", known)
    test = pd.DataFrame({"id": ["P1", "P2", "P3"], "sequence": "M", "location": "Nuclear"})
    assert sets.askable(test, "deeploc1", "multiloc")["id"].tolist() == ["P2", "P3"]
    assert sets.askable(test, "multiloc", "sethard")["id"].tolist() == ["P1", "P3"]
    assert sets.askable(test, "multiloc", "multiloc")["id"].tolist() == ["P1", "P2", "P3"]


def test_committed_overlap_names_real_test_proteins(real_sets):
    known = pd.read_csv(sets.OVERLAP, comment="#")
    for (_, tested_on), rows in known.groupby(["trained_on", "tested_on"]):
        assert set(rows["id"]) <= set(real_sets[tested_on].test["id"])


@pytest.fixture(scope="module")
def real_sets():
    from common.data.fetch import SIMULATED, locate

    for name in sets.TRAINED_ON:
        if locate(name, simulate=True, download=False).origin == SIMULATED:
            pytest.skip(f"{name} is not here")
    return sets.load_sets({"simulated_proteins": 0, "cross_simulated": False} | sets.ALL_PROTEINS)
