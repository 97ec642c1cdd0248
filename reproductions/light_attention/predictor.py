"""The trained Light Attention on a user's own proteins."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from common.own.trainable import load_network
from common.predict.released import ReleasedModel
from reproductions.light_attention.data import AMINO_ACIDS
from reproductions.light_attention.trainable import TRAINABLE, is_computed


def examples(settings: Mapping[str, Any], seed: int, fold: int) -> pd.DataFrame:
    """Whole proteins of a run: its training and validation sets, setDeepLoc and setHARD."""
    from reproductions.light_attention.data import NAMES, load_table
    from reproductions.light_attention.training import parts_of

    table = load_table(
        settings["data"],
        n=settings["simulated_proteins"],
        cytoplasm_nucleus=settings["cytoplasm_nucleus"],
        simulate=True,
    )
    names = {"train": "train", "val": "validation", "test": "test", "hard": NAMES["hard"]}
    frames = parts_of(table, settings["target"], settings["longest"])
    whole = pd.concat([frame.assign(part=names[name]) for name, frame in frames.items()])
    return whole.assign(truth=whole[settings["target"]])[["id", "sequence", "part", "truth"]]


MODEL = ReleasedModel(
    "light_attention",
    "one of ten locations of a eukaryotic protein (light attention or its baseline, on UniRep-256)",
    experiments=(("la-unirep256", "paper"), ("ffn-unirep256", "paper")),
    dataset="light-attention-train",
    alphabet=AMINO_ACIDS,
    load=partial(load_network, TRAINABLE),
    examples=examples,
    accepts=is_computed,
    extra="unirep",
)
