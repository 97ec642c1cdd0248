"""Trains a small network; the test of resuming kills it."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def train(folder: Path, out: Path) -> None:
    """Train with checkpoints in `folder`, write predictions and weights to `out`."""
    import keras

    from common.data.alphabet import PROTEIN
    from common.layers import AttentionPooling, FixedEmbedding, MaskedConv1D, RaggedToDense
    from common.layers.inputs import length_input, sequence_input
    from common.sources import Examples, TokenSource
    from common.training.fit import fit, predict
    from common.training.recipe import Recipe
    from common.training.seeds import set_seed

    rng = np.random.default_rng(0)
    letters = np.array(list("ARNDCQEGHILKMFPSTWYV"))
    sequences = ["".join(rng.choice(letters, n)) for n in rng.integers(5, 40, 120)]
    answers = np.array([sequence.count("K") > 1 for sequence in sequences], dtype=np.int32)
    ids = np.array([f"P{place}" for place in range(120)])
    lengths = np.array([len(sequence) for sequence in sequences])
    examples = Examples(ids, lengths, {"tokens": TokenSource(sequences, PROTEIN)}, answers)
    recipe = Recipe(learning_rate=0.01, epochs=40, batch_size=16, keep="best", monitor="val_loss")
    set_seed(5)
    tokens, length = sequence_input("tokens"), length_input()
    dense, mask = RaggedToDense()(tokens, length)
    x = FixedEmbedding(np.eye(24, dtype="float32") * (np.arange(24) > 0)[:, None])(dense)
    x = keras.layers.Dropout(0.3)(x)
    x = MaskedConv1D(12, 5, activation="relu")(x, mask=mask)
    x, _ = AttentionPooling(4)(x, mask=mask)
    x = keras.layers.Dropout(0.3)(x)
    x = keras.layers.Dense(2, activation="softmax")(x)
    model = keras.Model({"tokens": tokens, "length": length}, x)
    model.compile(recipe.build_optimizer(), "sparse_categorical_crossentropy", jit_compile=False)
    result = fit(model, examples, recipe, seed=5, validation=examples, folder=folder, stream=None)
    history = result.history.drop(columns="seconds").to_numpy()
    weights = {f"w{place}": weight for place, weight in enumerate(model.get_weights())}
    np.savez(out, predictions=predict(model, examples), history=history, **weights)
