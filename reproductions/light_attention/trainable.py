"""Light Attention on a user's own proteins and labels, and as it reads sequences on its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from common.errors import UsageError
from common.features.truncation import kept_of_cut_middle
from common.harness.settings import load_settings
from common.own.trainable import Reader, Trainable
from reproductions.light_attention.data import AMINO_ACIDS

if TYPE_CHECKING:
    import keras

    from common.predict.network import Network
    from common.sources import Examples

PER_PROTEIN = "ffn"
COMPUTED = ("unirep", "random")
"""Kinds of language models that are quick enough to embed what is predicted."""

POSITIONS = 32_768
"""Residues that are embedded at once: the states of four layers are held in memory."""


def settings(profile: str) -> dict[str, Any]:
    """Those of Light Attention on UniRep-256; quick is UniRep-64 on cut proteins."""
    found = load_settings(Path(__file__).with_name("settings.toml"))
    return found.resolve("paper", profile, "la-unirep256")


def is_computed(values: Mapping[str, Any]) -> bool:
    """Whether the network's input follows from the sequence alone, by letters or by UniRep."""
    from common.embedders.models import find_model

    if values["max_over"] == "padded":
        return False
    if values["input"] == "tokens":
        return True
    if values["input"] == "profile" or values["embeddings"]:
        return False
    return find_model(values["embedder"]).kind in COMPUTED


def build(values: Mapping[str, Any], n_labels: int, task: str) -> keras.Model:
    """The network, compiled for a task.

    Raises
    ------
    UsageError
        Its language model is not one that is computed here.
    """
    from common.harness.runner import device_name
    from reproductions.light_attention.model import build as build_network

    if not is_computed(values):
        fault = f"embedder {values['embedder']!r}, max_over {values['max_over']!r}"
        remedy = "Use unirep-64, unirep-256 or unirep-1900, and max_over residues"
        raise UsageError("light_attention on own sequences", fault, remedy)
    on_cpu = device_name().startswith("CPU")
    return build_network(values, width_of(values), n_labels, task, as_product=on_cpu)


def width_of(values: Mapping[str, Any]) -> int:
    """Features a residue."""
    from common.embedders.models import find_model

    if values["input"] == "tokens":
        return len(AMINO_ACIDS.letters)
    return find_model(values["embedder"]).width


def reader(frame: pd.DataFrame, values: Mapping[str, Any], stream: Any = None) -> Reader:
    """From proteins to what the network is trained on; all are embedded once, in the cache."""
    from reproductions.light_attention.features import own_features

    features = own_features(values, frame, stream)

    def read(rows: pd.DataFrame, targets: Any) -> Examples:
        from common.sources import Examples

        ids = rows["id"].to_numpy(dtype=str)
        if values["network"] == PER_PROTEIN:
            return Examples(ids, np.ones(len(rows), int), features.pooled(rows), targets)
        lengths = np.array([len(text) for text in features.sequences(rows)])
        return Examples(ids, lengths, features.source(rows), targets)

    return read


def network(model: keras.Model, values: Mapping[str, Any]) -> Network:
    """The trained network as it reads letters: embeddings are computed on the way.

    Attention is the mean over the channels of their softmax weights.

    Raises
    ------
    UsageError
        The package with the language model's weights is not installed.
    """
    from common.features.truncation import cut_middle
    from common.predict.network import Network
    from common.sources import Examples, TokenSource
    from reproductions.light_attention.embedded import on_letters

    cut_to = values["cut_to"]
    whole = on_letters(model, values)

    def examples(ids: Sequence[str], sequences: Sequence[str]) -> Examples:
        cut = [cut_middle(text, cut_to) if cut_to else text for text in sequences]
        lengths = np.array([len(text) for text in cut])
        return Examples(np.array(ids), lengths, {"tokens": TokenSource(cut, AMINO_ACIDS)})

    return Network(
        whole,
        examples,
        AMINO_ACIDS,
        output="probabilities",
        attention="attention" if "attention" in whole.output else "",
        kept=lambda length: kept_of_cut_middle(length, cut_to or length),
        positions=POSITIONS,
    )


TRAINABLE = Trainable(
    "light_attention",
    "Light Attention (Stärk et al. 2021) on UniRep-256",
    AMINO_ACIDS,
    settings,
    build,
    reader,
    network,
)
