"""The A-LSTM on a user's own proteins and labels."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from common.data.alphabet import PROTEIN
from common.features.truncation import kept_of_cut_middle
from common.harness.settings import load_settings
from common.own.trainable import Trainable

if TYPE_CHECKING:
    import keras

    from common.batching import Examples


def settings(profile: str) -> dict[str, Any]:
    """Those of the A-LSTM on 60 features a residue."""
    found = load_settings(Path(__file__).with_name("settings.toml"))
    return found.resolve("paper", profile, "a-lstm-60")


def build(values: Mapping[str, Any], n_labels: int, task: str) -> keras.Model:
    """The A-LSTM, compiled for a task."""
    from reproductions.sonderby.model import build as build_network

    return build_network(values, n_labels, task)


def explain(model: keras.Model) -> keras.Model:
    """The network with its attention as a further output."""
    from reproductions.sonderby.model import explain as explain_network

    return explain_network(model)


def examples(frame: pd.DataFrame, values: Mapping[str, Any], targets: Any) -> Examples:
    """Proteins as the network reads them, with any targets."""
    from dataclasses import replace

    from reproductions.sonderby.training import make_examples

    return replace(make_examples(frame[["id", "sequence"]], dict(values)), targets=targets)


def kept(length: int, values: Mapping[str, Any]) -> np.ndarray:
    """Positions, from 0, that remain when the middle is cut out."""
    return kept_of_cut_middle(length, values["max_length"])


TRAINABLE = Trainable(
    "sonderby",
    "convolutional A-LSTM (Sønderby et al. 2015), 60 features a residue",
    PROTEIN,
    settings,
    build,
    explain,
    examples,
    output="location",
    attention="attention",
    kept=kept,
)
