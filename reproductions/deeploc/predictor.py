"""The trained DeepLoc 1.0 network on a user's own proteins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from common.data.alphabet import PROTEIN
from common.features.truncation import CUTS
from common.predict.release import ReleasedModel

if TYPE_CHECKING:
    from common.batching import Examples
    from common.predict.card import Card
    from common.predict.predictor import Network


def load(card: Card, weights: Path) -> Network:
    """Network of a released run with its weights; its attention is that of the last step."""
    import keras

    from common.predict.predictor import Network
    from common.training.checkpoint import load_weights
    from reproductions.deeploc.examples import make_examples
    from reproductions.deeploc.model import build

    settings = dict(card.settings)
    model = build(settings)
    load_weights(weights, model)
    _, attention = model.get_layer("attention").output
    outputs = {"location": model.output["location"], "attention": attention[:, :, -1]}

    def examples(ids: Sequence[str], sequences: Sequence[str]) -> Examples:
        return make_examples(pd.DataFrame({"id": ids, "sequence": sequences}), settings)

    def kept(length: int) -> np.ndarray:
        return CUTS[settings["cut"]](np.arange(length), settings["max_length"])

    return Network(
        keras.Model(model.input, outputs),
        examples,
        PROTEIN,
        output="location",
        attention="attention",
        kept=kept,
    )


def training_proteins(settings: Mapping[str, Any]) -> Iterable[str]:
    """Whole sequences of the training proteins."""
    from reproductions.deeploc.data import load_table

    frame = load_table(settings["data"], n=settings["simulated_proteins"], simulate=True).frame
    return frame.loc[frame["split"] == "train", "sequence"].tolist()


MODEL = ReleasedModel(
    "deeploc",
    "one of ten locations of a eukaryotic protein, from its sequence alone (DeepLoc 1.0, BLOSUM62)",
    experiments=(("blosum-softmax", "paper"), ("blosum-tree", "paper")),
    dataset="deeploc1",
    alphabet=PROTEIN,
    load=load,
    training=training_proteins,
    accepts=lambda settings: settings["features"] == "BLOSUM62",
)
