"""Whole runs on simulated data: records, both test sets, figures, comparison and claims."""

from __future__ import annotations

import fnmatch
import json
import shutil
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

from common.harness.claims import evaluate_claims
from common.harness.compare import compare
from common.harness.experiment import ordered_keys, weights_path
from common.harness.record import RunKey, read_records
from common.harness.reported import read_reported
from common.harness.runner import run_experiment
from common.harness.targets import NotAttempted, Target, target_of
from reproductions.light_attention.data import LOCATIONS, MEMBRANE
from reproductions.light_attention.experiments import EXPERIMENTS, PAPER
from reproductions.light_attention.figures import draw
from reproductions.light_attention.reported import reported_target
from reproductions.light_attention.search import draw_settings, write_search
from reproductions.light_attention.tables import METHODS, tabulate

pytestmark = pytest.mark.slow

NAME = "light_attention"


@pytest.fixture(scope="module")
def results(tmp_path_factory, request):
    """All smoke runs of the paper."""
    patch = pytest.MonkeyPatch()
    request.addfinalizer(patch.undo)
    folder = tmp_path_factory.mktemp("results")
    cache = tmp_path_factory.mktemp("cache")
    patch.setenv("REPRODUCE_RUNS", str(tmp_path_factory.mktemp("runs")))
    patch.setattr("reproductions.light_attention.features.cache_folder", lambda: cache)
    for key in ordered_keys(PAPER, "smoke"):
        run_experiment(PAPER, PAPER.experiment(key.experiment), key, quiet=True, results=folder)
    yield folder


def record_of(results, experiment, variant="paper"):
    return read_records(results, "smoke", NAME, experiment, variant)[0]


def test_every_run_left_a_record_of_both_test_sets(results):
    records = read_records(results)
    assert len(records) == len(ordered_keys(PAPER, "smoke")) == 12
    for record in records:
        membrane = record.settings["target"] == "membrane"
        labels = MEMBRANE if membrane else LOCATIONS
        further = [] if membrane else ["setHARD", "setHARD-resampled"]
        assert record.data_variant == "simulated"
        assert list(record.tables) == ["", *further]
        for name, table in record.tables.items():
            assert list(table.columns) == ["id", "truth", *labels]
            assert np.abs(table[list(labels)].sum(axis=1) - 1).max() < 1e-4
            assert 0 <= record.metrics[f"{name}/accuracy" if name else "accuracy"] <= 1
    assert sum(record.settings["target"] == "membrane" for record in records) == 1


def test_arithmetic_is_that_of_one_run_alone(results):
    half = record_of(results, "la-bfloat16-unirep64")
    assert half.content["provenance"]["dtype"] == half.settings["dtype"] == "mixed_bfloat16"
    assert record_of(results, "la-unirep256").content["provenance"]["dtype"] == "float32"
    assert keras.config.dtype_policy().name == "float32"


def test_embeddings_of_a_run_are_named_in_its_record(results):
    about = record_of(results, "la-unirep256").content["extra"]["embeddings"]
    assert about["language_model"] == "random-8" and about["side"] == "forward"
    means = record_of(results, "ffn-unirep256").content["extra"]["embeddings"]
    assert means["dtype"] == "float32, mean over the residues"
    assert record_of(results, "la-onehot").content["extra"]["embeddings"] == {}


def test_transfer_keeps_the_distances_of_both_sets(results):
    record = record_of(results, "at-unirep256")
    distance = record.content["extra"]["distance"]
    assert len(distance["setDeepLoc"]) == len(record.predictions)
    assert len(distance["setHARD"]) == len(record.tables["setHARD"])
    assert min(distance["setDeepLoc"]) > 0


def test_most_common_class_is_each_sets_own(results):
    record = record_of(results, "majority")
    assert record.metrics["parameters"] == 18_940_224
    for table, name in (("", "accuracy"), ("setHARD", "setHARD/accuracy")):
        truth = record.tables[table]["truth"]
        assert record.metrics[name] == pytest.approx(truth.value_counts(normalize=True).max())
    assert (
        record.metrics["count:setHARD Nucleus"]
        == (record.tables["setHARD"]["truth"] == "Nucleus").sum()
    )


def test_a_draw_of_the_search_is_in_its_record_and_in_the_table(results):
    record = record_of(results, "search-la")
    drawn = record.content["extra"]["drawn"]
    assert drawn == draw_settings("la", 1)
    assert {name: record.settings[name] for name in drawn} == drawn
    assert record.settings == PAPER.experiment("search-la").resolve(PAPER.settings, record.key)
    table = write_search(results)
    extra = record.content["extra"]
    history = pd.read_csv(record.key.path("history.csv", results)).set_index("epoch")
    kept = history["val_loss"].idxmin()
    assert (extra["best_epoch"], extra["val_loss"]) == (
        kept,
        pytest.approx(history["val_loss"].min()),
    )
    assert extra["val_accuracy"] == pytest.approx(history.loc[kept, "val_accuracy"])
    assert table["val_accuracy"].tolist() == [extra["val_accuracy"]]
    assert (results / f"figures/{NAME}/search.csv").exists()
    (shown,) = [one for one in tabulate(results) if one.name == "search"]
    row = dict(zip(shown.columns, shown.rows[0], strict=True))
    assert row["Draw"] == "LA, draw 1" and row["Hidden units"].text == ""
    assert row["Learning rate"].key == drawn["learning_rate"]
    assert row["Kept epoch"].key == kept and row["Runs here"].startswith("simulated, smoke")


def test_a_draw_that_was_run_is_not_run_again(results):
    key = RunKey("smoke", NAME, "search-la", "paper", 1)
    before = key.path("json", results).stat().st_mtime_ns
    run_experiment(PAPER, PAPER.experiment("search-la"), key, quiet=True, results=results)
    assert key.path("json", results).stat().st_mtime_ns == before


def test_weights_of_the_first_seed_are_kept(results):
    assert weights_path(RunKey("smoke", NAME, "la-unirep256", "paper", 1), results).exists()


def test_figures_are_drawn_once_from_the_same_records(results):
    drawn = draw(results)
    assert [path.stem for path in drawn] == ["accuracy", "search", "confusion", "umap"]
    for path in drawn:
        assert path.stat().st_size > 5000 and path.with_suffix(".svg").exists()
    assert draw(results) == []
    sources = json.loads((results / f"figures/{NAME}/sources.json").read_text())
    assert sorted(sources) == sorted(path.stem for path in drawn)
    assert "la-unirep256" in sources["accuracy"]


def test_comparison_has_every_reported_row_with_a_verdict_or_a_reason(results):
    table = compare([PAPER], results)
    reported = read_reported(PAPER.folder / "reported.csv")
    assert len(table) == len(reported) == 157
    waiting = table[table["verdict"] == "not attempted"]
    assert waiting["reason"].str.len().min() > 10
    compared = table[table["verdict"] != "not attempted"]
    assert set(compared["data"]) == {"simulated"}
    assert {"majority class", "LA one-hot", "Nucleus"} <= {*table["row"]}


def test_every_target_is_an_experiment_with_that_variant():
    known = {experiment.name: experiment for experiment in EXPERIMENTS}
    missing = []
    for row in read_reported(PAPER.folder / "reported.csv"):
        target = target_of(PAPER, row)
        if isinstance(target, Target):
            assert target.experiment in known, row.name
            if target.variant not in known[target.experiment].variants_of("full"):
                missing.append(row.name)
        else:
            assert isinstance(target, NotAttempted) and target.reason
    assert not missing


@pytest.mark.parametrize(
    ("row", "column", "metric", "expected"),
    [
        ("LA ProtT5 without max pooling", "setDeepLoc", "accuracy", "la-no-max-prott5"),
        ("LA ProtT5-U50 without softmax attention", "setHARD", "accuracy", "la-mean-prott5-u50"),
        ("Bahdanau attention ProtT5-BFD", "setHARD", "accuracy", "bahdanau-prott5"),
        ("FFN SeqVec", "setDeepLoc", "mcc", "ffn-seqvec"),
        ("LA profiles", "setHARD", "mcc", "la-profiles"),
    ],
)
def test_rows_go_to_the_experiments_of_their_names(row, column, metric, expected):
    found = reported_target({"source": "Table 1", "row": row, "column": column, "metric": metric})
    assert found.experiment == expected
    assert found.metric == ("setHARD/" if column == "setHARD" else "") + metric


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("DeepLoc62", "reproduce run deeploc/blosum-ensemble"),
        (
            "LA ProtT5",
            "reproduce embed prott5-bfd FASTA -o data/cache/embeddings/prott5-bfd.h5",
        ),
        (
            "true Mem",
            "reproduce embed prott5-bfd FASTA -o data/cache/embeddings/prott5-bfd.h5",
        ),
        (
            "AT SeqVec",
            "reproduce embed seqvec FASTA --weights FOLDER -o data/cache/embeddings",
        ),
        ("LA profiles", "data/cache/embeddings/profiles.h5"),
        ("LA one-hot", "the command would be: reproduce run light_attention/la-onehot"),
    ],
)
def test_reasons_name_every_command_that_is_needed(row, reason, tmp_path):
    rows = [one for one in compare([PAPER], tmp_path).to_dict("records") if one["row"] == row]
    assert rows
    assert all(reason in one["reason"] for one in rows)


def test_claims_are_tested_on_the_records(results):
    table = evaluate_claims([PAPER], results).set_index("claim")
    assert len(table) == len(PAPER.claims)
    assert np.isfinite(table.loc["la-unirep256 above ffn-unirep256 on setDeepLoc", "difference"])
    assert np.isfinite(table.loc["la-unirep256 above ffn-unirep256 on setHARD", "difference"])
    assert table.loc["la-prott5 above ffn-prott5 on setHARD", "verdict"] == "not attempted"


def test_every_method_stands_beside_what_is_printed(results):
    tables = {table.name: table for table in tabulate(results)}
    assert list(tables) == [
        *("setdeeploc-accuracy", "setdeeploc-mcc", "sethard-accuracy", "sethard-mcc"),
        *("reweighted", "membrane", "accuracy-by-distance", "search", "table-4"),
    ]
    shown = tables["sethard-accuracy"]
    rows = {row[0]: dict(zip(shown.columns, row, strict=True)) for row in shown.rows}
    assert list(rows) == [method.title for method in METHODS]
    found = record_of(results, "la-unirep256").metrics["setHARD/accuracy"]
    assert rows["LA"]["Here, UniRep-256"].key == pytest.approx(100 * found)
    assert rows["LA"]["Here, UniRep-256"].text.endswith(" (1 seed)")
    assert rows["LA"]["Here, UniRep-64"] == "" and rows["LA"]["Runs here"] == "simulated, smoke"
    assert rows["LA"]["Printed, ProtT5 (BFD)"].text == "60.92 ± 0.82"
    assert rows["LA without the maximum"]["Printed, ProtT5 (BFD)"] == ""
    assert rows["LA on profiles"]["Authors later, ProtT5 (UniRef50)"].key == 33.36
    first = tables["setdeeploc-accuracy"]
    later = {row[0]: dict(zip(first.columns, row, strict=True)) for row in first.rows}
    authors = {name: row["Authors later, ProtT5 (UniRef50)"] for name, row in later.items()}
    assert (authors["LA"].key, authors["FFN"].key) == (86.01, 82.28)
    assert authors["AT"] == ""
    assert shown.runs[2] == ["la-unirep256/paper/smoke"]
    assert len(tables["reweighted"].rows) == 6
    assert len(tables["table-4"].rows) == 10
    assert [row[0] for row in tables["membrane"].rows] == ["majority class", "LA"]
    assert "setHARD has no such labels" in tables["membrane"].caption
    quarters = tables["accuracy-by-distance"].rows
    assert [row[1] for row in quarters] == ["setDeepLoc"] * 4 + ["setHARD"] * 4
    assert sum(row[4].key for row in quarters) == sum(
        len(record_of(results, "at-unirep256").tables[name]) for name in ("", "setHARD")
    )
    assert tables["sethard-mcc"].rows[2][1].text == "0.522 ± 0.010"


def test_shortened_runs_stand_under_the_language_model_that_they_read(results, tmp_path):
    folder = Path("runs/smoke/light_attention/la-unirep256")
    shutil.copytree(results / folder, tmp_path / folder)
    for path in (tmp_path / folder).rglob("*.json"):
        path.write_text(path.read_text().replace('"random-8"', '"unirep-64"'))
    shown = tabulate(tmp_path)[0]
    row = dict(zip(shown.columns, shown.rows[2], strict=True))
    assert row["Here, UniRep-64"].text and not row["Here, UniRep-256"]


def test_without_runs_there_is_table_4_alone(tmp_path):
    assert [table.name for table in tabulate(tmp_path)] == ["table-4"]


def test_every_row_on_unirep_is_in_the_full_profile():
    known = {experiment.name: experiment for experiment in EXPERIMENTS}
    for method in METHODS:
        for name in {*method.experiments.values()} & {*known}:
            wanted = () if name == "la-profiles" else (1,)
            assert known[name].seeds["full"][:1] == wanted, name
    assert known["la-unirep1900"].cost("full").gpu


def test_names_of_the_settings_are_those_of_the_experiments():
    names = {experiment.name for experiment in EXPERIMENTS}
    fitting = {
        pattern: set(fnmatch.filter(names, pattern)) for pattern in PAPER.settings.experiments
    }
    assert all(fitting.values()) and set().union(*fitting.values()) == names
    for width in (64, 256):
        ablations = {f"{head}-unirep{width}" for head in ("la", "la-mean", "la-no-max")}
        more = {"la-bfloat16-unirep64"} if width == 64 else set()
        assert fitting[f"la*-unirep{width}"] == ablations | more
    assert isinstance(pd.DataFrame(PAPER.settings.deviations()), pd.DataFrame)
