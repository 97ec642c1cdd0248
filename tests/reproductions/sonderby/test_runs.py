"""Whole runs on simulated data: records, ensemble, planted signals, figures, comparison."""

from __future__ import annotations

import json

import numpy as np
import pytest

from common.errors import DataError
from common.harness.claims import evaluate_claims
from common.harness.compare import compare
from common.harness.experiment import ordered_keys, weights_path
from common.harness.record import RunKey, read_record, read_records
from common.harness.runner import run_experiment
from reproductions.sonderby.data import LOCATIONS
from reproductions.sonderby.experiments import PAPER, reported_target
from reproductions.sonderby.figures import draw

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def results(tmp_path_factory, request):
    """All smoke runs of the paper."""
    patch = pytest.MonkeyPatch()
    request.addfinalizer(patch.undo)
    folder = tmp_path_factory.mktemp("results")
    patch.setenv("REPRODUCE_RUNS", str(tmp_path_factory.mktemp("runs")))
    for key in ordered_keys(PAPER, "smoke"):
        experiment = PAPER.experiment(key.experiment)
        run_experiment(PAPER, experiment, key, quiet=True, results=folder)
    return folder


def test_every_run_left_a_record_that_can_be_read(results):
    records = read_records(results)
    assert len(records) == len(ordered_keys(PAPER, "smoke")) == 5
    for record in records:
        assert record.data_variant == "simulated"
        assert list(record.predictions.columns) == ["id", "truth", *LOCATIONS]
        assert np.abs(record.predictions[list(LOCATIONS)].sum(axis=1) - 1).max() < 1e-4
        assert 0 <= record.metrics["accuracy"] <= 1
        assert record.content["provenance"]["device"].startswith("CPU")


def test_a_done_run_is_not_run_again_but_other_settings_are(results):
    key = RunKey("smoke", "sonderby", "a-lstm", "paper", 1)
    experiment = PAPER.experiment("a-lstm")
    path = key.path("json", results)
    before = path.stat().st_mtime_ns
    assert run_experiment(PAPER, experiment, key, quiet=True, results=results) == path
    assert path.stat().st_mtime_ns == before


def test_ensemble_is_the_mean_of_its_members(results):
    members = read_records(results, "smoke", "sonderby", "r-lstm")
    (ensemble,) = read_records(results, "smoke", "sonderby", "r-lstm-ensemble")
    labels = list(LOCATIONS)
    mean = np.mean([record.predictions[labels].to_numpy() for record in members], axis=0)
    assert np.abs(ensemble.predictions[labels].to_numpy() - mean).max() < 1e-6
    assert list(ensemble.content["extra"]["members"]) == ["seed1-fold0", "seed2-fold0"]


def test_ensemble_of_one_is_refused(tmp_path):
    key = RunKey("smoke", "sonderby", "r-lstm-ensemble", "paper", 1)
    with pytest.raises(DataError, match="an ensemble needs 2"):
        run_experiment(PAPER, PAPER.experiment("r-lstm-ensemble"), key, results=tmp_path)
    assert not list(tmp_path.rglob("*.json"))


def test_attention_is_in_the_record_of_the_a_lstm_alone(results):
    (a_lstm,) = read_records(results, "smoke", "sonderby", "a-lstm")
    attention = a_lstm.content["extra"]["attention"]
    assert {len(values) for values in attention.values()} == {len(a_lstm.predictions)}
    for record in read_records(results, "smoke", "sonderby", "r-lstm"):
        assert "attention" not in record.content["extra"]


def test_planted_run_scores_attention(results):
    (record,) = read_records(results, "smoke", "sonderby", "a-lstm-planted")
    planted = record.content["extra"]["planted"]
    assert planted["low"] <= planted["auc"] <= planted["high"]
    assert planted["proteins"] + planted["left_out"] == len(record.predictions)
    assert record.metrics["auc:attention"] == pytest.approx(planted["auc"])


def test_weights_of_the_first_seed_are_kept(results):
    assert weights_path(RunKey("smoke", "sonderby", "r-lstm", "paper", 1), results).exists()
    assert not weights_path(RunKey("smoke", "sonderby", "r-lstm", "paper", 2), results).exists()


def test_figures_are_drawn_once_from_the_same_records(results):
    drawn = draw(results)
    assert sorted(path.name for path in drawn) == [
        "attention.png",
        "confusion.png",
        "filters.png",
        "tsne.png",
    ]
    for path in drawn:
        assert path.stat().st_size > 5000
        assert path.with_suffix(".svg").stat().st_size > 5000
    assert draw(results) == []
    noted = json.loads((results / "figures/sonderby/sources.json").read_text())
    assert {figure: sorted(sources) for figure, sources in noted.items()} == {
        "attention": ["a-lstm"],
        "confusion": ["r-lstm-ensemble"],
        "filters": ["a-lstm"],
        "tsne": ["a-lstm", "r-lstm"],
    }


def test_a_figure_is_drawn_anew_only_where_its_own_records_changed(results, monkeypatch):
    draw(results)
    (results / "figures/sonderby/confusion.png").unlink()
    asked = []
    monkeypatch.setattr("reproductions.sonderby.figures.explained", lambda *a: asked.append(a))
    assert [path.name for path in draw(results)] == ["confusion.png"]
    assert not asked


def test_no_profiles_are_searched_for_a_figure(results, tmp_path, monkeypatch, capsys):
    import shutil

    for part in ("runs", "weights"):
        shutil.copytree(results / part, tmp_path / part)
    monkeypatch.setattr("reproductions.sonderby.figures._at_hand", lambda record: record is None)
    assert [path.stem for path in draw(tmp_path)] == ["confusion"]
    told = capsys.readouterr().err
    for figure in ("attention", "filters", "tsne"):
        assert f"figure {figure} left as it is" in told
        assert not (tmp_path / f"figures/sonderby/{figure}.png").exists()
    assert list(json.loads((tmp_path / "figures/sonderby/sources.json").read_text())) == [
        "confusion"
    ]


def test_comparison_has_every_reported_row_and_says_simulated(results):
    table = compare([PAPER], results)
    assert len(table) == 129
    compared = table[table["verdict"] != "not attempted"]
    assert len(compared) == 124
    assert set(compared["data"]) == {"simulated"}
    quoted = table[table["verdict"] == "not attempted"]
    assert quoted["reason"].str.contains("quotes and does not run").all()


def test_claims_are_tested_on_the_records(results):
    table = evaluate_claims([PAPER], results).set_index("claim")
    assert len(table) == len(PAPER.claims)
    assert table.loc["attention finds planted signals", "data"] == "simulated"
    assert table.loc["profiles help the R-LSTM", "verdict"] == "not attempted"
    assert np.isfinite(table.loc["ensemble above R-LSTM", "difference"])


def test_table_2_is_the_ensembles():
    target = reported_target({"source": "Table 2", "row": "true ER", "column": "predicted Golgi"})
    assert (target.experiment, target.metric) == ("r-lstm-ensemble", "proteins:ER>Golgi")


def test_damaged_predictions_are_named(results, tmp_path):
    import shutil

    shutil.copytree(results / "runs", tmp_path / "runs")
    key = RunKey("smoke", "sonderby", "a-lstm", "paper", 1)
    key.path("predictions.csv.gz", tmp_path).write_bytes(b"x")
    with pytest.raises(DataError, match="checksum"):
        read_record(key.path("json", tmp_path))
