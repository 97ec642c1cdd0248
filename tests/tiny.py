"""A tiny network that looks at composition and charge, with a card: for tests of prediction."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from common.data.alphabet import PROTEIN
from common.features.truncation import cut_middle, kept_of_cut_middle
from common.predict.card import Card
from common.predict.novelty import describe_training
from common.predict.predictor import Network, Predictor
from common.sources import Examples, TokenSource

LABELS = ("ER", "Golgi", "Nuclear")
LONGEST = 60


def random_proteins(n: int, seed: int = 0) -> dict[str, str]:
    """Proteins of 5 to 120 residues, P00000 and so on."""
    rng = np.random.default_rng(seed)
    letters = np.array(list("ACDEFGHIKLMNPQRSTVWY"))
    return {f"P{i:05}": "".join(rng.choice(letters, rng.integers(5, 121))) for i in range(n)}


def card(**changes) -> Card:
    made = Card(
        "tiny", "a test", "nobody", "made", "net", "paper", "smoke", 1, 0, "single-label",
        LABELS, "protein", {}, "simulated", {}, "none", {"accuracy": 0.5}, {}, 10, 1, {},
        describe_training(random_proteins(300, 9).values(), PROTEIN), "abc", "ff",
    )  # fmt: skip
    return replace(made, **changes)


def predictor(head: str = "softmax", **changes) -> Predictor:
    """With weights that are the same in every process."""
    import keras

    from common.layers import AttentionPooling, RaggedToDense
    from common.layers.inputs import length_input, sequence_input

    keras.utils.set_random_seed(3)
    tokens, length = sequence_input("tokens"), length_input()
    dense, mask = RaggedToDense()(tokens, length)
    x = keras.layers.Embedding(24, 6, embeddings_initializer="normal")(dense)
    context, weights = AttentionPooling(4)(x, mask=mask)
    wide = keras.layers.Dense(len(LABELS), activation=head, kernel_initializer="he_normal")
    output = wide(context * 40.0)
    inputs = {"tokens": tokens, "length": length}
    model = keras.Model(inputs, {"location": output, "attention": weights})

    def examples(ids, sequences) -> Examples:
        cut = [cut_middle(text, LONGEST) for text in sequences]
        lengths = np.array([len(text) for text in cut])
        return Examples(np.array(ids), lengths, {"tokens": TokenSource(cut, PROTEIN)})

    network = Network(
        model,
        examples,
        PROTEIN,
        "location",
        "attention",
        lambda length: kept_of_cut_middle(length, LONGEST),
    )
    return Predictor(card(**changes), network)


def predict_to_file(source: Path, target: Path) -> None:
    """In windows of 64; for a test that kills it."""
    from common.predict.stream import predict_file

    predict_file(predictor(), source, target, window=64)
