"""A user's data from labels to a model, for every task, on a tiny network."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from common.data.labelled import read_labelled
from common.data.simulate import simulate_proteins
from common.errors import DataError, UsageError
from common.harness.record import read_records
from common.own.folds import HOMOLOGY_SAFE, RANDOM
from common.own.run import run_study
from common.own.study import validation_rows
from common.predict.card import read_card
from reproductions.models import load_model
from reproductions.sonderby.trainable import TRAINABLE

pytestmark = pytest.mark.slow

TINY = {
    "epochs": 2,
    "lstm_units": 4,
    "attention_units": 3,
    "filters": 2,
    "kernel_sizes": [1, 3],
    "max_length": 60,
    "batch_size": 32,
}
KEPT = ("Extracellular", "Nuclear", "Chloroplast")


@pytest.fixture(scope="module")
def proteins():
    frame = simulate_proteins(160, 3)
    return frame[frame["location"].isin(KEPT)].reset_index(drop=True)


def files(folder: Path, proteins: pd.DataFrame, task: str) -> tuple[Path, Path]:
    fasta, labels = folder / "my.fasta", folder / "labels.tsv"
    rows = zip(proteins["id"], proteins["sequence"], strict=True)
    fasta.write_text("".join(f">{name}\n{text}\n" for name, text in rows))
    table = pd.DataFrame({"id": proteins["id"]})
    if task == "single-label":
        table["location"] = proteins["location"]
    else:
        rng = np.random.default_rng(0)
        numbers = rng.dirichlet([1, 1, 1], len(proteins))
        numbers = (numbers > 0.3).astype(int) if task == "multi-label" else numbers
        table[["A", "B", "C"]] = numbers
    table.to_csv(labels, sep="\t", index=False)
    return fasta, labels


@pytest.fixture(scope="module")
def done(proteins, tmp_path_factory):
    """One study with each task, and where it lies."""
    found = {}
    patch = pytest.MonkeyPatch()
    # One test below searches for homologues; here that would only take time.
    patch.setattr("common.own.folds.shutil", SimpleNamespace(which=lambda name: None))
    for task in ("single-label", "multi-label", "distribution"):
        folder = tmp_path_factory.mktemp(task)
        labelled = read_labelled(*files(folder, proteins, task), TRAINABLE.alphabet)
        options = {"folds": 2, "profile": "quick", "overrides": TINY, "quiet": True}
        paths = run_study("mine", labelled, TRAINABLE, folder / "out", **options)
        found[task] = (labelled, folder / "out", paths, options)
    yield found
    patch.undo()


TASKS = pytest.mark.parametrize("task", ["single-label", "multi-label", "distribution"])


@TASKS
def test_every_sequence_is_predicted_once_by_every_method(done, task):
    labelled, folder, _, _ = done[task]
    records = read_records(folder)
    assert {r.key.experiment for r in records} == {"network", "majority", "composition", "nearest"}
    for method in {r.key.experiment for r in records}:
        ids = [i for r in records if r.key.experiment == method for i in r.predictions["id"]]
        assert sorted(ids) == sorted(labelled.frame["id"])
    assert labelled.task == task


@TASKS
def test_scores_and_claims(done, task):
    _, folder, (page, scores, _), _ = done[task]
    table = pd.read_csv(scores)
    metric = {"single-label": "mcc", "multi-label": "f1_micro", "distribution": "kl"}[task]
    rows = table[table["metric"] == metric].set_index("method")
    assert len(rows) == 4
    assert np.isfinite(rows[["value", "low", "high"]].to_numpy()).all()
    claims = pd.read_csv(folder / "claims.csv")
    assert set(claims["verdict"]) <= {"holds", "undecided", "does not hold"}
    assert len(claims) == 3
    text = page.read_text()
    assert "network" in text and metric in text and "http://" not in text
    provenance = text.partition("<h2>Provenance</h2>")[2]
    assert provenance.count("<dt>Commit</dt>") == provenance.count("<dt>Versions</dt>") == 4
    assert "<dt>learning_rate</dt>" in provenance
    assert "reproduce run" not in text
    assert (folder / "figures" / "predictions.svg").exists()


@TASKS
def test_model_predicts(done, task, proteins):
    _, _, (_, _, card), _ = done[task]
    model = load_model(str(card))
    assert read_card(card).task == task and read_card(card).interval
    some = dict(zip(proteins["id"][:4], proteins["sequence"][:4], strict=True))
    table = model.predict(some)
    assert list(table["id"]) == list(some)
    assert set(model.labels) <= set(table.columns)
    assert len(model.attention(proteins["sequence"][0])) == len(proteins["sequence"][0])


def test_same_call_trains_nothing_again_and_other_data_do(done, proteins, tmp_path):
    labelled, folder, _, options = done["single-label"]
    before = {p: p.stat().st_mtime_ns for p in folder.rglob("seed*.json")}
    run_study("mine", labelled, TRAINABLE, folder, **options)
    assert {p: p.stat().st_mtime_ns for p in folder.rglob("seed*.json")} == before
    fewer = read_labelled(*files(tmp_path, proteins.iloc[:-1], "single-label"), TRAINABLE.alphabet)
    run_study("mine", fewer, TRAINABLE, folder, **options)
    assert all(p.stat().st_mtime_ns > time for p, time in before.items())


def test_without_mmseqs_the_folds_are_random_and_say_so(proteins, tmp_path, monkeypatch):
    from common.own import folds

    args = (
        proteins["id"].tolist(),
        proteins["sequence"].tolist(),
        proteins["location"].to_numpy(),
        KEPT,
        TRAINABLE.alphabet,
        3,
    )
    monkeypatch.setattr(folds, "shutil", SimpleNamespace(which=lambda name: None))
    found, how = folds.make_folds(*args)
    assert how == RANDOM
    assert set(found) == {0, 1, 2}


def test_homologues_share_a_fold(proteins, monkeypatch):
    import shutil

    from common.own import folds
    from common.own.folds import make_folds

    if shutil.which("mmseqs") is None:
        pytest.skip("mmseqs is not installed")
    monkeypatch.setattr(folds, "shutil", shutil)
    texts = proteins["sequence"].tolist()
    texts[1] = texts[0][:-2] + "AA"
    texts[2] = "M" + texts[0][1:]
    found, how = make_folds(
        proteins["id"].tolist(),
        texts,
        proteins["location"].to_numpy(),
        KEPT,
        TRAINABLE.alphabet,
        4,
    )
    assert how == HOMOLOGY_SAFE
    assert found[0] == found[1] == found[2]
    assert np.bincount(found).min() >= len(texts) // 4 - 4


def test_unknown_setting(done):
    labelled, folder, _, options = done["single-label"]
    with pytest.raises(UsageError, match="setting 'lsm_units'"):
        run_study("mine", labelled, TRAINABLE, folder, **{**options, "overrides": {"lsm_units": 3}})


def test_a_tenth_validates_and_one_at_least():
    held = validation_rows(95, 1)
    assert (held.dtype, held.sum()) == (bool, 9)
    assert not np.array_equal(held, validation_rows(95, 2))
    assert validation_rows(2, 1).sum() == 1
    with pytest.raises(DataError, match="1 training sequences.*one must validate"):
        validation_rows(1, 1)
