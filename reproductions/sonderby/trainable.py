"""The A-LSTM on a user's own proteins and labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from common.data.alphabet import PROTEIN
from common.features.truncation import kept_of_cut_middle
from common.harness.settings import load_settings
from common.own.trainable import Reader, Trainable, reading

if TYPE_CHECKING:
    import keras

    from common.predict.network import Network
    from common.sources import Examples


def settings(profile: str) -> dict[str, Any]:
    """Those of the A-LSTM on 60 features a residue."""
    found = load_settings(Path(__file__).with_name("settings.toml"))
    return found.resolve("paper", profile, "a-lstm-60")


def build(values: Mapping[str, Any], n_labels: int, task: str) -> keras.Model:
    """The A-LSTM, compiled for a task."""
    from reproductions.sonderby.model import build as build_network

    return build_network(values, n_labels, task)


def reader(frame: pd.DataFrame, values: Mapping[str, Any], stream: Any = None) -> Reader:
    """From proteins and any targets to what the network reads."""
    from reproductions.sonderby.training import make_examples

    def read(rows: pd.DataFrame, targets: Any) -> Examples:
        return replace(make_examples(rows[["id", "sequence"]], dict(values)), targets=targets)

    return read


def network(model: keras.Model, values: Mapping[str, Any]) -> Network:
    """The trained network with its attention, where it has one, as a further output."""
    from common.predict.network import Network
    from reproductions.sonderby.model import explain

    explained = explain(model)
    return Network(
        explained,
        reading(reader, values),
        PROTEIN,
        output="location",
        attention="attention" if "attention" in explained.output else "",
        kept=lambda length: kept_of_cut_middle(length, values["max_length"]),
    )


TRAINABLE = Trainable(
    "sonderby",
    "convolutional A-LSTM (Sønderby et al. 2015), 60 features a residue",
    PROTEIN,
    settings,
    build,
    reader,
    network,
)
