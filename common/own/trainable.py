"""What a paper gives so that its network can be trained on other data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from common.data.alphabet import Alphabet
from common.training.recipe import Recipe

if TYPE_CHECKING:
    import keras

    from common.predict.card import Card
    from common.predict.network import Network
    from common.sources import Examples

Reader: TypeAlias = "Callable[[pd.DataFrame, Any], Examples]"
"""From some sequences, ``id`` and ``sequence``, and what a network should answer (or None)."""


@dataclass(frozen=True)
class Trainable:
    """A network that reads sequences and can be trained on any labels.

    Parameters
    ----------
    name : str
        The paper's.
    title : str
        One line that says what the network is.
    alphabet : Alphabet
    settings : callable
        From a profile (``quick`` or ``full``) to resolved settings.
    build : callable
        ``build(settings, n_labels, task)`` gives a compiled network whose one output is the
        probabilities or fractions, (n, n_labels).
    reader : callable
        ``reader(frame, settings, stream)`` makes all sequences of a study, ``id`` and
        ``sequence``, ready, once for all folds where that takes time, and tells of it on the
        stream. It gives a `Reader`: from some of the rows and their targets to `Examples`.
    network : callable
        ``network(model, settings)``: the trained network as it reads sequences on its own.
    recipe : callable
        From the settings to the `Recipe` of the training.
    """

    name: str
    title: str
    alphabet: Alphabet
    settings: Callable[[str], dict[str, Any]]
    build: Callable[[Mapping[str, Any], int, str], keras.Model]
    reader: Callable[[pd.DataFrame, Mapping[str, Any], Any], Reader]
    network: Callable[[keras.Model, Mapping[str, Any]], Network]
    recipe: Callable[[Mapping[str, Any]], Recipe] = Recipe.from_settings


def load_network(trainable: Trainable, card: Card, weights: Path) -> Network:
    """The network of a card with its weights, ready for a `Predictor`.

    Raises
    ------
    DataError
        The weights are unreadable or of another network.
    UsageError
        A package is missing that the network needs.
    """
    from common.training.checkpoint import load_weights

    settings = dict(card.settings)
    model = trainable.build(settings, len(card.labels), card.task)
    load_weights(weights, model)
    return trainable.network(model, settings)


def reading(
    reader: Callable[[pd.DataFrame, Mapping[str, Any], Any], Reader], settings: Mapping[str, Any]
) -> Callable[[Sequence[str], Sequence[str]], Examples]:
    """What `Network.examples` is, of a reader that has nothing to make ready."""

    def examples(ids: Sequence[str], sequences: Sequence[str]) -> Examples:
        frame = pd.DataFrame({"id": list(ids), "sequence": list(sequences)})
        return reader(frame, settings, None)(frame, None)

    return examples


def targets_of(truth: np.ndarray, labels: Sequence[str]) -> np.ndarray:
    """What a network should answer: positions (n,) int32, or numbers (n, k) float32."""
    if truth.ndim == 1:
        return pd.Index(labels).get_indexer(truth).astype(np.int32)
    return truth.astype(np.float32)
