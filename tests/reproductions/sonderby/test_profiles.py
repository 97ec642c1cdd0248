"""Profiles beside sequences: what is refused before a run starts."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from common.errors import DataError
from common.features.per_residue import PerResidueStore, write_store
from reproductions.sonderby import training
from reproductions.sonderby.data import load_table
from reproductions.sonderby.experiments import PAPER


@pytest.fixture
def profiles(tmp_path, monkeypatch):
    """Profiles of the simulated proteins, broken in the way that a test asks for."""
    settings = PAPER.settings.resolve(
        "paper", "smoke", "a-lstm", {"profiles": True, "simulated_proteins": 66}
    )
    frame = load_table("simulated", n=66).frame

    def write(change):
        rng = np.random.default_rng(0)
        rows = {row.id: rng.random((len(row.sequence), 20)) for row in frame.itertuples()}
        change(rows, frame["id"].iloc[3])
        provenance = {"variant": "made up", "database_sequences": 5, "key": "k"}
        path = write_store(tmp_path / "p.h5", rows.items(), provenance)
        monkeypatch.setattr(training, "multiloc_profiles", lambda *_: PerResidueStore(path, 20))
        return settings, frame["id"].iloc[3]

    return write


def test_whole_profiles_become_an_input_and_a_remark(profiles):
    settings, _ = profiles(lambda rows, name: None)
    split = training.load_split(settings)
    assert set(split.train.sources) == {"tokens", "profile"}
    assert split.remark == "profiles from 5 proteins (made up)"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda rows, name: rows.pop(name), "missing|not in|no such"),
        (lambda rows, name: rows.update({name: rows[name][:-1]}), "for a sequence of"),
    ],
)
def test_a_fault_in_the_profiles_names_the_protein(profiles, change, fault):
    settings, name = profiles(change)
    with pytest.raises(DataError, match=fault) as caught:
        training.load_split(settings)
    assert name in str(caught.value)


def test_nan_in_the_profiles_names_the_protein(profiles, tmp_path):
    settings, name = profiles(lambda rows, name: None)
    with h5py.File(tmp_path / "p.h5", "r+") as file:
        place = file["ids"].asstr()[:].tolist().index(name)
        file["values"][file["offsets"][place] + 2, 3] = np.nan
    with pytest.raises(DataError, match="NaN") as caught:
        training.load_split(settings)
    assert name in str(caught.value)


def test_profiles_of_another_width_are_refused(tmp_path):
    write_store(tmp_path / "w.h5", [("P1", np.ones((4, 21)))], {})
    with pytest.raises(DataError, match="21 features per residue, and not 20"):
        PerResidueStore(tmp_path / "w.h5", 20).check(["P1"], [4])
