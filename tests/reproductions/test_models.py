"""Light Attention and RNATracker as users have them: released, predicted with, trained."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from common.data.labelled import read_labelled
from common.data.simulate import simulate_proteins, simulate_transcripts
from common.errors import DataError, UsageError
from common.harness.experiment import weights_path
from common.harness.record import RunKey, read_record
from common.harness.runner import run_experiment
from common.own.run import run_study
from common.predict.evaluate import TEST, card_metrics, predict_parts
from common.predict.release import release
from reproductions.models import load_model, load_panel, trainables
from reproductions.papers import load_papers

RUNS = {
    "light_attention": ("la-unirep256", "paper"),
    "rnatracker": ("full-length", "code"),
}
MODELS = pytest.mark.parametrize("name", list(RUNS))


def test_one_model_is_loaded_and_not_all():
    with pytest.raises(UsageError, match="stands for several models") as error:
        load_model("all")
    assert "sonderby" in error.value.remedy and "all" not in error.value.remedy.split()


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A smoke run of each paper and its card."""
    folder = tmp_path_factory.mktemp("released")
    found = {}
    for name, (experiment, variant) in RUNS.items():
        (paper,) = load_papers([name]).values()
        key = RunKey("smoke", name, experiment, variant, 1, 0)
        places = {"results": folder / "results", "runs": folder / "runs", "quiet": True}
        path = run_experiment(paper, paper.experiment(experiment), key, **places)
        card = release(paper, paper.models[0], folder / "results", folder / "models", "smoke")
        found[name] = SimpleNamespace(paper=paper, key=key, record=read_record(path), card=card)
    return SimpleNamespace(folder=folder, **found)


def examples_of(one):
    return one.paper.models[0].examples(one.record.settings, one.key.seed, one.key.fold)


@MODELS
def test_sequences_alone_give_what_the_run_recorded(done, name):
    one = getattr(done, name)
    predictor = load_model(str(one.card))
    examples = examples_of(one)
    test = examples[examples["part"] == TEST].set_index("id")
    recorded = one.record.predictions.set_index("id")
    rows = predictor.outputs(list(test.index), test["sequence"].tolist())
    difference = np.abs(rows - recorded.loc[test.index, list(predictor.labels)].to_numpy())
    assert difference.max() < 2e-3
    assert (examples["part"] == "train").sum() == one.record.content["extra"]["n_train"]


@MODELS
def test_card_prints_what_its_weights_give(done, name):
    one = getattr(done, name)
    predictor = load_model(str(one.card))
    found = card_metrics(predict_parts(predictor, examples_of(one)))
    assert found == pytest.approx(dict(predictor.card.metrics), abs=1e-5)
    assert set(found) <= set(one.record.metrics)
    for ending in ("png", "svg"):
        assert (done.folder / "models" / f"reliability-{name}.{ending}").exists()


def test_metrics_are_those_of_the_released_weights_and_not_of_the_record(done, tmp_path):
    one = done.rnatracker
    kept = weights_path(one.key, done.folder / "results")
    whole = kept.read_bytes()
    with np.load(kept) as archive:
        other = {name: values[::-1].copy() * 3 for name, values in archive.items()}
    try:
        with kept.open("wb") as stream:
            np.savez_compressed(stream, **other)
        card = release(one.paper, one.paper.models[0], done.folder / "results", tmp_path, "smoke")
    finally:
        kept.write_bytes(whole)
    assert load_model(str(card)).card.metrics["kl"] != pytest.approx(
        one.record.metrics["kl"], abs=1e-3
    )


def test_other_test_examples_than_the_runs_are_refused(done, tmp_path):
    one = done.rnatracker
    model = one.paper.models[0]
    fewer = SimpleNamespace(**{**vars(model), "examples": lambda *key: examples_of(one).iloc[:-40]})
    with pytest.raises(DataError, match="test examples here are not the"):
        release(one.paper, fewer, done.folder / "results", tmp_path, "smoke")


def test_light_attention_reads_proteins(done):
    model = load_model(str(done.light_attention.card))
    text = "MKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQAPILSRVGDGTQDNLSGAEKAVQ"
    weights = model.attention(text)
    assert len(weights) == len(text)
    assert weights.sum() == pytest.approx(1, abs=1e-5)
    pair = model.predict([text, text[:9]])
    alone = model.predict([text[:9]])
    labels = list(model.labels)
    np.testing.assert_allclose(
        pair.loc[1, labels].astype(float), alone.loc[0, labels].astype(float), atol=1e-5
    )
    assert model.mutational_scan(text, [3, 9]).shape == (2, 20)
    assert "nucleotides" in model.predict(["ACGT" * 10]).loc[0, "unusual"]


def test_rnatracker_reads_transcripts(done):
    model = load_model(str(done.rnatracker.card))
    text = "ACGU" * 60
    weights = model.attention(text)
    assert len(weights) == 240
    assert weights.sum() == pytest.approx(1, abs=1e-5)
    assert len(np.unique(weights.round(9))) <= 2 * (240 // 81)
    row = model.predict([text]).iloc[0]
    places = [int(place) for place in row["attention"].split(",")]
    assert 1 <= len(places) <= 240 // 81
    assert weights[places[0] - 1] == pytest.approx(weights[places[0] - 2])
    assert model.card.task == "distribution"
    assert row[list(model.labels)].sum() == pytest.approx(1)
    assert model.mutational_scan(text, [100]).shape == (1, 4)
    with pytest.raises(DataError, match="a protein, and this model reads transcripts"):
        model.predict(["MKTAYIAKQRQISFVK"])
    with pytest.raises(DataError, match="80 letters, and this model needs 81"):
        model.predict(["ACGT" * 20])


def test_folder_of_cards_answers_with_those_that_fit(done):
    folder = str(done.folder / "models")
    panel, left_out = load_panel(folder, "RNA")
    assert (list(panel.members), left_out) == (["rnatracker"], [])
    assert list(load_panel(folder, "protein")[0].members) == ["light_attention"]


def test_no_model_fits(tmp_path):
    with pytest.raises(UsageError, match="none of them reads protein.*reproduce run"):
        load_panel(str(tmp_path), "protein")


TINY = {
    "light_attention": {"embedder": "random-8", "hidden_units": 4, "epochs": 2, "cut_to": 60},
    "rnatracker": {
        "epochs": 2, "longest": 400, "filters": 4, "lstm_units": 3, "attention_units": 3,
        "whole_batch_size": 16,
    },
}  # fmt: skip


def labelled(name: str, folder: Path):
    """Proteins with a location each, transcripts with shares."""
    fasta, labels = folder / "my.fasta", folder / "labels.tsv"
    if name == "light_attention":
        frame = simulate_proteins(110, 3)
        frame = frame[frame["location"].isin(["Extracellular", "Nuclear", "Chloroplast"])]
        table = frame[["id", "location"]]
    else:
        frame = simulate_transcripts(40, 3)
        table = frame.drop(columns=["sequence", "signals"], errors="ignore")
        table = table[["id", *(c for c in table.columns if pd.api.types.is_float_dtype(table[c]))]]
    rows = zip(frame["id"], frame["sequence"], strict=True)
    fasta.write_text("".join(f">{one}\n{text}\n" for one, text in rows))
    table.to_csv(labels, sep="\t", index=False)
    return read_labelled(fasta, labels, trainables()[name].alphabet)


@MODELS
def test_own_sequences(name, tmp_path, monkeypatch):
    monkeypatch.setattr("common.own.folds.shutil", SimpleNamespace(which=lambda name: None))
    monkeypatch.setattr("reproductions.light_attention.features.cache_folder", lambda: tmp_path)
    own = labelled(name, tmp_path)
    options = {"folds": 2, "profile": "quick", "overrides": TINY[name], "quiet": True}
    page, _, card = run_study("mine", own, trainables()[name], tmp_path / "out", **options)
    model = load_model(str(card))
    assert model.card.task == own.task
    some = own.frame.iloc[:3]
    table = model.predict(dict(zip(some["id"], some["sequence"], strict=True)))
    assert table[list(model.labels)].sum(axis=1).to_numpy() == pytest.approx(1)
    assert model.attention(some["sequence"].iloc[0]).sum() == pytest.approx(1, abs=1e-5)
    assert "reliability.png" in page.read_text()
    assert (tmp_path / "out" / "figures" / "reliability.svg").exists()
