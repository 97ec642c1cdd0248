"""What a network learns of its inputs before the first step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from common.layers import Standardize

if TYPE_CHECKING:
    import keras


def learn_statistics(model: keras.Model, read: Callable[[], Iterable[Any]]) -> None:
    """Tell every `Standardize` layer the mean and variance of its input over some examples.

    Padding does not count; sums are in double precision.

    Parameters
    ----------
    model : keras.Model
    read : callable
        Gives the inputs of each batch in turn, every example once; called for each such layer.
    """
    import keras

    for layer in model.layers:
        if not isinstance(layer, Standardize):
            continue
        below = keras.Model(model.input, layer.input)
        count, total, squares = 0, np.zeros(1), np.zeros(1)
        for inputs in read():
            x = _rows(below(inputs, training=False))
            count, total, squares = count + len(x), total + x.sum(0), squares + (x * x).sum(0)
        mean = total / count
        layer.learn(mean, np.maximum(squares / count - mean**2, 0))


def _rows(found: Any) -> np.ndarray:
    """(n, features) float64 of vectors, or of sequences with their mask."""
    import keras

    if not isinstance(found, list | tuple):
        return keras.ops.convert_to_numpy(found).astype(np.float64)
    x, mask = (keras.ops.convert_to_numpy(part) for part in found)
    return x[mask].astype(np.float64)
