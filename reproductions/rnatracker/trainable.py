"""RNATracker on a user's own transcripts and labels, and as it reads sequences on its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from common.data.alphabet import RNA
from common.errors import UsageError
from common.harness.settings import load_settings
from common.own.trainable import Reader, Trainable, reading
from common.training.recipe import Recipe
from reproductions.rnatracker.kinds import WHOLE_LENGTH

if TYPE_CHECKING:
    import keras

    from common.predict.network import Network
    from common.sources import Examples


def settings(profile: str) -> dict[str, Any]:
    """Those of the variant ``best`` on whole transcripts, which stops early."""
    found = load_settings(Path(__file__).with_name("settings.toml"))
    return found.resolve("best", profile, "full-length")


def is_whole(values: Mapping[str, Any]) -> bool:
    """Whether the network reads whole transcripts, of which every step has its nucleotides."""
    return values["network"] in WHOLE_LENGTH


def build(values: Mapping[str, Any], n_labels: int, task: str) -> keras.Model:
    """The network, compiled for a task.

    Raises
    ------
    UsageError
        A network that does not read whole transcripts.
    """
    from reproductions.rnatracker.model import build as build_network

    if not is_whole(values):
        fault = f"network {values['network']!r} does not read whole transcripts"
        raise UsageError("rnatracker on own sequences", fault, f"Use {' or '.join(WHOLE_LENGTH)}")
    return build_network(values, n_labels, task=task)


def recipe(values: Mapping[str, Any]) -> Recipe:
    """How the network is trained, with the settings of whole transcripts."""
    from reproductions.rnatracker.model import recipe_of

    return recipe_of(values)


def kept(length: int, values: Mapping[str, Any]) -> np.ndarray:
    """Nucleotides, from 0, that are read: all, or the 3' end in shortened profiles."""
    longest = values["longest"] or length
    return np.arange(max(length - longest, 0), length)


def reader(frame: pd.DataFrame, values: Mapping[str, Any], stream: Any = None) -> Reader:
    """From transcripts and any targets to what the network reads."""

    def read(rows: pd.DataFrame, targets: Any) -> Examples:
        from common.sources import Examples
        from reproductions.rnatracker.training import make_sources

        cut = [text[-values["longest"] :] for text in rows["sequence"]]
        sources, lengths = make_sources(rows.assign(sequence=cut), values)
        return Examples(rows["id"].to_numpy(dtype=str), lengths, sources, targets)

    return read


def network(model: keras.Model, values: Mapping[str, Any]) -> Network:
    """The trained network with its attention, whose steps are pooled windows of nucleotides."""
    from common.predict.network import Network, Steps
    from reproductions.rnatracker.attention import step_places
    from reproductions.rnatracker.inputs import least_length
    from reproductions.rnatracker.model import explain

    return Network(
        explain(model),
        reading(reader, values),
        RNA,
        output="shares",
        attention="attention",
        kept=lambda length: kept(length, values),
        steps=Steps(*step_places(values)),
        least=least_length(values["blocks"], values["pool"]),
    )


TRAINABLE = Trainable(
    "rnatracker",
    "RNATracker (Yan et al. 2019) on whole transcripts",
    RNA,
    settings,
    build,
    reader,
    network,
    recipe,
)
