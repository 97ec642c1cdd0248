"""DeepLoc's network on a user's own proteins and labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from common.data.alphabet import PROTEIN
from common.features.truncation import CUTS
from common.harness.settings import load_settings
from common.own.trainable import Reader, Trainable, reading

if TYPE_CHECKING:
    import keras

    from common.predict.network import Network
    from common.sources import Examples


def settings(profile: str) -> dict[str, Any]:
    """Those of the BLOSUM62 network with one head; the loss of the validation tenth is watched."""
    found = load_settings(Path(__file__).with_name("settings.toml"))
    watched = {"monitor": "val_loss", "mode": "min"}
    return found.resolve("paper", profile, "blosum-softmax") | watched


def build(values: Mapping[str, Any], n_labels: int, task: str) -> keras.Model:
    """The network, compiled for a task."""
    from reproductions.deeploc.model import build_for

    return build_for(values, n_labels, task)


def reader(frame: pd.DataFrame, values: Mapping[str, Any], stream: Any = None) -> Reader:
    """From proteins and any targets to what the network reads."""
    from reproductions.deeploc.examples import make_examples

    def read(rows: pd.DataFrame, targets: Any) -> Examples:
        return replace(make_examples(rows[["id", "sequence"]], values), targets=targets)

    return read


def network(model: keras.Model, values: Mapping[str, Any]) -> Network:
    """The trained network with the attention of its last decoding step as a further output."""
    from common.predict.network import Network
    from reproductions.deeploc.model import attended

    return Network(
        attended(model),
        reading(reader, values),
        PROTEIN,
        output="location",
        attention="attention",
        kept=lambda length: CUTS[values["cut"]](np.arange(length), values["max_length"]),
    )


TRAINABLE = Trainable(
    "deeploc",
    "DeepLoc 1.0 (Almagro Armenteros et al. 2017), BLOSUM62",
    PROTEIN,
    settings,
    build,
    reader,
    network,
)
