"""DeepLoc's network on other labels."""

from __future__ import annotations

import numpy as np
import pytest

from common.data.labelled import read_labelled
from common.data.simulate import simulate_proteins
from common.own.run import run_study
from common.predict.card import read_card
from reproductions.deeploc.trainable import TRAINABLE
from reproductions.models import load_model, trainables

TINY = {
    "epochs": 3,
    "max_length": 60,
    "filters": 3,
    "second_filters": 4,
    "kernel_sizes": [1, 3],
    "lstm_units": 4,
    "decoder_units": 5,
    "alignment_units": 4,
    "dense_units": 6,
    "steps": 2,
    "batch_size": 32,
}


def test_it_is_the_papers():
    assert trainables()["deeploc"] is TRAINABLE


@pytest.mark.parametrize("profile", ["quick", "full"])
def test_settings_watch_a_column_that_the_network_has(profile):
    values = TRAINABLE.settings(profile)
    assert (values["monitor"], values["mode"]) == ("val_loss", "min")
    assert values["features"] == "BLOSUM62"


@pytest.mark.parametrize("task", ["single-label", "multi-label", "distribution"])
def test_every_task_has_its_head(task):
    values = TRAINABLE.settings("quick") | TINY
    from common.training.fit import predict

    model = TRAINABLE.build(values, 7, task)
    frame = simulate_proteins(5, 1)
    trained = predict(model, TRAINABLE.reader(frame, values, None)(frame, None))
    network = TRAINABLE.network(model, values)
    outputs = predict(network.model, network.examples(frame["id"], frame["sequence"]))
    np.testing.assert_array_equal(outputs["location"], trained)
    assert outputs["location"].shape == (5, 7)
    assert np.allclose(outputs["location"].sum(axis=1), 1, atol=1e-5) == (task != "multi-label")
    assert outputs["attention"].shape[0] == 5
    np.testing.assert_allclose(outputs["attention"].sum(axis=1), 1, atol=1e-5)


@pytest.mark.long
def test_study_of_own_proteins(tmp_path):
    frame = simulate_proteins(150, 3)
    frame = frame[frame["location"].isin(["Extracellular", "Nuclear"])].reset_index(drop=True)
    fasta, labels = tmp_path / "my.fasta", tmp_path / "labels.tsv"
    rows = zip(frame["id"], frame["sequence"], strict=True)
    fasta.write_text("".join(f">{name}\n{text}\n" for name, text in rows))
    frame[["id", "location"]].to_csv(labels, sep="\t", index=False)
    labelled = read_labelled(fasta, labels, TRAINABLE.alphabet)
    options = {"folds": 2, "profile": "quick", "overrides": TINY, "quiet": True}
    _, _, card = run_study("mine", labelled, TRAINABLE, tmp_path / "out", **options)
    histories = [p for p in (tmp_path / "out").rglob("*.history.csv") if "network" in p.parts]
    assert len(histories) == 2 and all("val_loss" in p.read_text() for p in histories)
    assert read_card(card).paper == "deeploc"
    model = load_model(str(card))
    sequence = frame["sequence"][0]
    assert set(model.labels) == {"Extracellular", "Nuclear"}
    assert len(model.attention(sequence)) == len(sequence)
