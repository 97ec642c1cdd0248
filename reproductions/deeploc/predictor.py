"""The trained DeepLoc 1.0 network on a user's own proteins."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from common.data.alphabet import PROTEIN
from common.predict.released import ReleasedModel
from reproductions.deeploc.trainable import network

if TYPE_CHECKING:
    from common.predict.card import Card
    from common.predict.network import Network


def load(card: Card, weights: Path) -> Network:
    """Network of a released run with its weights; its attention is that of the last step."""
    from common.training.checkpoint import load_weights
    from reproductions.deeploc.model import build

    settings = dict(card.settings)
    model = build(settings)
    load_weights(weights, model)
    return network(model, settings)


def examples(settings: Mapping[str, Any], seed: int, fold: int) -> pd.DataFrame:
    """Whole proteins of a run: its inner folds, DeepLoc's test set and setHARD."""
    from reproductions.deeploc.data import load_table
    from reproductions.deeploc.parts import parts_of

    table = load_table(
        settings["data"],
        n=settings["simulated_proteins"],
        simulate=True,
        cytoplasm_nucleus=settings["cytoplasm_nucleus"],
    )
    named = parts_of(table, settings, seed)
    named["sethard"] = named.pop("hard")
    whole = pd.concat([frame.assign(part=name) for name, frame in named.items()])
    return whole.rename(columns={"location": "truth"})[["id", "sequence", "part", "truth"]]


MODEL = ReleasedModel(
    "deeploc",
    "one of ten locations of a eukaryotic protein, from its sequence alone (DeepLoc 1.0, BLOSUM62)",
    experiments=(("blosum-softmax", "paper"), ("blosum-tree", "paper")),
    dataset="deeploc1",
    alphabet=PROTEIN,
    load=load,
    examples=examples,
    accepts=lambda settings: settings["features"] == "BLOSUM62",
)
