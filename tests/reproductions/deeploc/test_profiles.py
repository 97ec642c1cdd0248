"""A whole run on profiles of a prepared file: shortened, trained, recorded, averaged."""

from __future__ import annotations

import numpy as np
import pytest

from common.errors import DataError
from common.features.per_residue import PerResidueStore, write_store
from common.harness.record import RunKey, read_record
from common.harness.runner import run_experiment
from reproductions.deeploc import examples
from reproductions.deeploc.data import load_simulated
from reproductions.deeploc.experiments import NAME, PAPER
from reproductions.deeploc.folds import SEED
from reproductions.deeploc.tree import LOCATIONS

SMALL = {"simulated_proteins": 66, "max_length": 40, "epochs": 1, "steps": 2, "peepholes": False}
MADE = {"key": "0" * 8, "database_sequences": 5000, "variant": "stand-in"}


@pytest.fixture
def profiles(tmp_path, monkeypatch):
    """Profiles of the simulated proteins; `change` sees the rows before they are written."""

    def prepare(change=lambda rows: None):
        table = load_simulated(SMALL["simulated_proteins"], SEED)
        rng = np.random.default_rng(0)
        rows = {
            name: rng.random((len(sequence), 20), "float32")
            for frame in (table.frame, table.hard)
            for name, sequence in zip(frame["id"], frame["sequence"], strict=True)
        }
        change(rows)
        write_store(tmp_path / "profiles.h5", rows.items(), MADE)
        store = PerResidueStore(tmp_path / "profiles.h5", 20)
        monkeypatch.setattr(examples, "table_profiles", lambda *asked: store)
        return rows

    return prepare


def run(experiment, tmp_path, **overrides):
    key = RunKey("smoke", NAME, experiment, "paper", 1)
    path = run_experiment(
        PAPER,
        PAPER.experiment(experiment),
        key,
        overrides=overrides,
        quiet=True,
        results=tmp_path / "results",
        runs=tmp_path / "runs",
    )
    return read_record(path)


@pytest.mark.slow
def test_a_run_on_profiles_leaves_a_record_and_joins_the_ensemble(profiles, tmp_path):
    profiles()
    record = run("profile-softmax", tmp_path, **SMALL)
    extra = record.content["extra"]
    assert extra["remark"] == "profiles from 5,000 proteins (stand-in)"
    assert extra["profiles"] == MADE
    assert set(record.tables) == {"", "membrane", "sethard", "validation"}
    values = record.predictions[list(LOCATIONS)].to_numpy()
    np.testing.assert_allclose(values.sum(axis=1), 1, rtol=0, atol=1e-4)
    assert np.ptp(values, axis=0).max() > 0
    ensemble = run("profile-ensemble", tmp_path)
    said = "1 softmaxes and 0 trees; profiles from 5,000 proteins (stand-in)"
    assert ensemble.content["extra"]["remark"] == said
    assert ensemble.content["extra"]["members_other_settings"] == sorted(SMALL)


def test_a_profile_of_another_length_is_named(profiles, tmp_path):
    table = load_simulated(SMALL["simulated_proteins"], SEED)
    name = table.hard["id"].iloc[3]
    profiles(lambda rows: rows.update({name: rows[name][:-1]}))
    with pytest.raises(DataError, match=f"{name}: .* rows for a sequence of"):
        run("profile-softmax", tmp_path, **SMALL)


@pytest.mark.slow
def test_one_head_alone_is_trained_and_watched(tmp_path):
    """Keras then names the accuracy without the head."""
    record = run("blosum-softmax", tmp_path, membrane=False, **SMALL)
    assert set(record.tables) == {"", "sethard", "validation"}
    history = record.path.with_name("seed1-fold0.history.csv").read_text()
    assert "val_accuracy" in history and "val_location_accuracy" not in history
    assert record.content["extra"]["best_epoch"] == 1
