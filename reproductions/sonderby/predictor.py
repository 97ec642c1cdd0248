"""The trained A-LSTM on a user's own proteins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from common.data.alphabet import PROTEIN
from common.features.truncation import kept_of_cut_middle
from common.predict.release import ReleasedModel

if TYPE_CHECKING:
    from common.batching import Examples
    from common.predict.card import Card
    from common.predict.predictor import Network


def load(card: Card, weights: Path) -> Network:
    """Network of a released run with its weights."""
    from common.predict.predictor import Network
    from common.training.checkpoint import load_weights
    from reproductions.sonderby.model import build, explain
    from reproductions.sonderby.training import make_examples

    settings = dict(card.settings)
    model = build(settings, len(card.labels))
    load_weights(weights, model)

    def examples(ids: Sequence[str], sequences: Sequence[str]) -> Examples:
        return make_examples(pd.DataFrame({"id": ids, "sequence": sequences}), settings)

    return Network(
        explain(model),
        examples,
        PROTEIN,
        output="location",
        attention="attention" if settings["network"] == "a-lstm" else "",
        kept=lambda length: kept_of_cut_middle(length, settings["max_length"]),
    )


def training_proteins(settings: Mapping[str, Any]) -> Iterable[str]:
    """Whole sequences of the training proteins."""
    from reproductions.sonderby.data import load_table

    frame = load_table(settings["data"], n=settings["simulated_proteins"], simulate=True).frame
    return frame.loc[frame["split"] == "train", "sequence"].tolist()


MODEL = ReleasedModel(
    "sonderby",
    "one of 11 locations of a eukaryotic protein, from its sequence alone (A-LSTM, 60 features)",
    experiments=(("a-lstm-60", "paper"), ("a-lstm", "paper")),
    dataset="multiloc",
    alphabet=PROTEIN,
    load=load,
    training=training_proteins,
    accepts=lambda settings: not settings["profiles"],
)
