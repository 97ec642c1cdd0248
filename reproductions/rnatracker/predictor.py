"""The trained RNATracker on a user's own transcripts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from common.data.alphabet import RNA
from common.own.trainable import load_network
from common.predict.released import ReleasedModel
from reproductions.rnatracker.kinds import ANSWERED_BY
from reproductions.rnatracker.trainable import TRAINABLE, is_whole


def examples(settings: Mapping[str, Any], seed: int, fold: int) -> pd.DataFrame:
    """Whole transcripts of a run: one fold is tested, and a tenth of the others validates."""
    from common.harness.scores import TRUTH
    from reproductions.rnatracker.training import load_settings_table, rows_of

    table = load_settings_table({**settings, "longest": 0}, simulate=True)
    frame = table.frame[["id", "sequence", *table.fractions]]
    frame = frame.rename(columns={name: TRUTH + name for name in table.fractions})
    for part, rows in zip(
        ("train", "validation", "test"), rows_of(table, settings, fold), strict=True
    ):
        frame.loc[frame.index[rows], "part"] = part
    return frame


MODEL = ReleasedModel(
    "rnatracker",
    "shares of an mRNA over the fractions of a cell, from its whole sequence (RNATracker)",
    experiments=tuple(("full-length", variant) for variant in ANSWERED_BY),
    dataset="cefra-sequences",
    alphabet=RNA,
    load=partial(load_network, TRAINABLE),
    examples=examples,
    accepts=is_whole,
)
