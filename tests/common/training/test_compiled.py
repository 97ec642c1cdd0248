"""Losses and metrics are made before the first step."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from common.data.alphabet import PROTEIN
from common.layers import FixedEmbedding, GlobalMaskedAveragePool1D, RaggedToDense
from common.layers.inputs import length_input, sequence_input
from common.sources import Examples, TokenSource
from common.training.compiled import build_metrics
from common.training.fit import fit
from common.training.recipe import Recipe

STEPS: list[bool] = []


class Counted(keras.layers.Layer):
    """Notes each call, which on TensorFlow is one a trace."""

    def call(self, x, training=False):
        STEPS.append(training)
        return x


def build(heads: int) -> keras.Model:
    tokens, length = sequence_input("tokens"), length_input()
    dense, mask = RaggedToDense()(tokens, length)
    x = FixedEmbedding(np.eye(24, dtype="float32") * (np.arange(24) > 0)[:, None])(dense)
    x = Counted()(GlobalMaskedAveragePool1D()(x, mask=mask))
    names = ["location", "membrane"][:heads]
    outputs = {name: keras.layers.Dense(2, activation="softmax", name=name)(x) for name in names}
    model = keras.Model({"tokens": tokens, "length": length}, outputs)
    model.compile(
        keras.optimizers.Adam(),
        dict.fromkeys(names, "sparse_categorical_crossentropy"),
        metrics={name: ["accuracy"] for name in names},
        jit_compile=False,
    )
    return model


@pytest.mark.parametrize("heads", [1, 2])
def test_the_training_step_is_traced_once(heads):
    sequences = ["MKV", "MKVLA", "MK", "MSKKL"]
    targets = {"location": np.array([0, 1, 0, 1]), "membrane": np.array([1, 1, 0, 0])}
    lengths = np.array([len(sequence) for sequence in sequences])
    sources = {"tokens": TokenSource(sequences, PROTEIN)}
    answers = {name: targets[name] for name in list(targets)[:heads]}
    examples = Examples(np.array(list("abcd")), lengths, sources, answers)
    model = build(heads)
    STEPS.clear()
    fit(model, examples, Recipe(learning_rate=0.01, epochs=2, batch_size=2), seed=1, stream=None)
    assert STEPS.count(True) == 1


def test_no_weight_changes_and_no_example_counts():
    model = build(1)
    before = [weight.copy() for weight in model.get_weights()]
    inputs = {"tokens": np.array([[1, 2]]), "length": np.array([2])}
    build_metrics(model, (inputs, {"location": np.array([1])}))
    assert all(map(np.array_equal, model.get_weights(), before))
    names = {variable.path for metric in model.metrics for variable in metric.variables}
    assert any("count" in name for name in names)
    assert all(not np.any(variable) for metric in model.metrics for variable in metric.variables)
