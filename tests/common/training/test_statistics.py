"""Inputs are standardised by the training examples, once, and padding does not count."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from common.features.per_residue import PerResidueStore, write_store
from common.layers import GlobalMaskedAveragePool1D, RaggedToDense, Standardize
from common.layers.inputs import length_input, sequence_input
from common.sources import Examples, ResidueSource, VectorSource
from common.training.fit import fit
from common.training.recipe import Recipe

RECIPE = Recipe(learning_rate=0.01, epochs=1, batch_size=4)
IDS = [f"P{number}" for number in range(9)]


@pytest.fixture
def arrays() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    found = {name: rng.normal(40, 0.5, (n, 3)) for n, name in enumerate(IDS, 2)}
    return {name: np.insert(rows, 1, 7.0, axis=1).astype("float32") for name, rows in found.items()}


def residues(arrays, path):
    store = PerResidueStore(write_store(path, arrays.items(), {}, "float32"))
    features, length = sequence_input("features", width=4, dtype="float32"), length_input()
    dense, mask = RaggedToDense()(features, length)
    x = GlobalMaskedAveragePool1D()(Standardize(name="standard")(dense, mask=mask), mask=mask)
    lengths = np.array([len(rows) for rows in arrays.values()])
    examples = Examples(np.array(IDS), lengths, {"features": ResidueSource(store, IDS)}, answers())
    return compiled({"features": features, "length": length}, x), examples


def answers() -> np.ndarray:
    return np.arange(len(IDS)) % 2


def compiled(inputs, x):
    model = keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(x))
    model.compile(RECIPE.build_optimizer(), "sparse_categorical_crossentropy", jit_compile=False)
    return model


def test_residues_are_standardised_and_padding_is_not_counted(arrays, tmp_path):
    model, examples = residues(arrays, tmp_path / "x.h5")
    fit(model, examples, RECIPE, seed=1, stream=None)
    rows = np.concatenate(list(arrays.values())).astype("float64")
    layer = model.get_layer("standard")
    np.testing.assert_allclose(layer.mean.numpy(), rows.mean(0), rtol=1e-6)
    spread = rows.std(0)
    assert spread[1] == 0
    np.testing.assert_allclose(layer.scale.numpy(), np.where(spread > 0, spread, 1), rtol=1e-4)
    assert not layer.trainable_variables


def test_vectors_are_standardised(arrays):
    vectors = np.stack([rows.mean(0) for rows in arrays.values()])
    protein = keras.Input((4,), name="protein")
    model = compiled(
        {"protein": protein, "length": length_input()}, Standardize(name="standard")(protein)
    )
    ones = np.ones(len(IDS), int)
    examples = Examples(np.array(IDS), ones, {"protein": VectorSource(vectors)}, answers())
    fit(model, examples, RECIPE, seed=1, stream=None)
    layer = model.get_layer("standard")
    seen = (vectors - layer.mean.numpy()) / layer.scale.numpy()
    assert np.abs(seen.mean(0)).max() < 1e-3
    np.testing.assert_allclose(seen.std(0), [1, 0, 1, 1], atol=1e-3)


def test_a_run_that_goes_on_keeps_what_was_learnt(arrays, tmp_path, monkeypatch):
    model, examples = residues(arrays, tmp_path / "x.h5")
    fit(model, examples, RECIPE, seed=1, folder=tmp_path, stream=None)
    learnt = model.get_layer("standard").mean.numpy()
    monkeypatch.setattr("common.training.fit.learn_statistics", lambda *_: pytest.fail("again"))
    again, _ = residues(arrays, tmp_path / "y.h5")
    longer = Recipe(learning_rate=0.01, epochs=2, batch_size=4)
    fit(again, examples, longer, seed=1, folder=tmp_path, stream=None)
    np.testing.assert_array_equal(again.get_layer("standard").mean.numpy(), learnt)
