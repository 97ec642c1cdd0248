"""The trained A-LSTM on a user's own proteins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from common.data.alphabet import PROTEIN
from common.own.trainable import load_network
from common.predict.release import ReleasedModel
from reproductions.sonderby.trainable import TRAINABLE


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
    load=partial(load_network, TRAINABLE),
    training=training_proteins,
    accepts=lambda settings: not settings["profiles"],
)
