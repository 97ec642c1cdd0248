"""Last layer and loss of each kind of answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Head:
    """Last layer and loss of a task."""

    activation: str
    loss: str
    metrics: tuple[str, ...]


HEADS: Mapping[str, Head] = {
    "single-label": Head("softmax", "sparse_categorical_crossentropy", ("accuracy",)),
    "multi-label": Head("sigmoid", "binary_crossentropy", ("binary_accuracy",)),
    "distribution": Head("softmax", "kl_divergence", ("mae",)),
}
