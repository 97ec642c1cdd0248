"""The trained A-LSTM on a user's own proteins."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from common.data.alphabet import PROTEIN
from common.own.trainable import load_network
from common.predict.released import ReleasedModel
from reproductions.sonderby.trainable import TRAINABLE


def examples(settings: Mapping[str, Any], seed: int, fold: int) -> pd.DataFrame:
    """Whole proteins of a run; the paper has no validation set."""
    from reproductions.sonderby.data import load_table

    frame = load_table(settings["data"], n=settings["simulated_proteins"], simulate=True).frame
    renamed = frame.rename(columns={"split": "part", "location": "truth"})
    return renamed[["id", "sequence", "part", "truth"]]


MODEL = ReleasedModel(
    "sonderby",
    "one of 11 locations of a eukaryotic protein, from its sequence alone (A-LSTM, 60 features)",
    experiments=(("a-lstm-60", "paper"), ("a-lstm", "paper")),
    dataset="multiloc",
    alphabet=PROTEIN,
    load=partial(load_network, TRAINABLE),
    examples=examples,
    accepts=lambda settings: not settings["profiles"],
)
