"""What a paper gives so that its network can be trained on other data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from common.data.alphabet import Alphabet

if TYPE_CHECKING:
    import keras

    from common.batching import Examples
    from common.predict.card import Card
    from common.predict.predictor import Network


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
        ``build(settings, n_labels, task)`` gives a compiled network with one output, or with a
        dict of outputs of which `output` is the probabilities.
    explain : callable
        From the network to one that outputs a dict with `output` and `attention`.
    examples : callable
        ``examples(frame, settings, targets)``: ``id`` and ``sequence`` as the network reads them.
    output, attention : str
        Keys of the explained outputs; ``attention`` is empty where there is none.
    kept : callable
        ``kept(length, settings)``: positions, from 0, that the network reads.
    """

    name: str
    title: str
    alphabet: Alphabet
    settings: Callable[[str], dict[str, Any]]
    build: Callable[[Mapping[str, Any], int, str], keras.Model]
    explain: Callable[[keras.Model], keras.Model]
    examples: Callable[[pd.DataFrame, Mapping[str, Any], Any], Examples]
    output: str
    attention: str
    kept: Callable[[int, Mapping[str, Any]], np.ndarray]


def load_network(trainable: Trainable, card: Card, weights: Path) -> Network:
    """The network of a card with its weights, ready for a `Predictor`.

    Raises
    ------
    DataError
        The weights are unreadable or of another network.
    """
    from common.predict.predictor import Network
    from common.training.checkpoint import load_weights

    settings = dict(card.settings)
    model = trainable.build(settings, len(card.labels), card.task)
    load_weights(weights, model)
    explained = trainable.explain(model)

    def examples(ids: Sequence[str], sequences: Sequence[str]) -> Examples:
        return trainable.examples(pd.DataFrame({"id": ids, "sequence": sequences}), settings, None)

    return Network(
        explained,
        examples,
        trainable.alphabet,
        trainable.output,
        trainable.attention if trainable.attention in explained.output else "",
        lambda length: trainable.kept(length, settings),
    )


def targets_of(truth: np.ndarray, labels: Sequence[str]) -> np.ndarray:
    """What a network should answer: positions (n,) int32, or numbers (n, k) float32."""
    if truth.ndim == 1:
        return pd.Index(labels).get_indexer(truth).astype(np.int32)
    return truth.astype(np.float32)
