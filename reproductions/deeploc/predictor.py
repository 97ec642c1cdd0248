"""The trained DeepLoc 1.0 network on a user's own proteins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from common.data.alphabet import PROTEIN
from common.predict.release import ReleasedModel
from reproductions.deeploc.trainable import kept

if TYPE_CHECKING:
    from common.batching import Examples
    from common.predict.card import Card
    from common.predict.predictor import Network


def load(card: Card, weights: Path) -> Network:
    """Network of a released run with its weights; its attention is that of the last step."""
    from common.predict.predictor import Network
    from common.training.checkpoint import load_weights
    from reproductions.deeploc.examples import make_examples
    from reproductions.deeploc.model import attended, build

    settings = dict(card.settings)
    model = build(settings)
    load_weights(weights, model)

    def examples(ids: Sequence[str], sequences: Sequence[str]) -> Examples:
        return make_examples(pd.DataFrame({"id": ids, "sequence": sequences}), settings)

    return Network(
        attended(model),
        examples,
        PROTEIN,
        output="location",
        attention="attention",
        kept=lambda length: kept(length, settings),
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
