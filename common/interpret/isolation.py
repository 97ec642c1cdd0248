"""How much of a prediction one filter of the first convolution carries.

RNATracker, section 3.3: the outputs of all filters but one are set to zero, and the shares that
are then predicted are correlated with those of the whole network, fraction by fraction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from common.metrics.distribution import pearson

if TYPE_CHECKING:
    import keras


@contextmanager
def only_filter(layer: keras.layers.Layer, number: int) -> Iterator[None]:
    """Let one filter of a convolution speak: all others give zero, for the time of the block.

    Parameters
    ----------
    layer : keras.layers.Layer
        A convolution with ReLU: ``kernel`` (..., filters) and, where it has one, ``bias``.
    number : int
        The filter that is kept, from 0.
    """
    weights = [weight for weight in (layer.kernel, layer.bias) if weight is not None]
    kept = [np.array(weight) for weight in weights]
    alone = np.arange(kept[0].shape[-1]) == number
    try:
        for weight, values in zip(weights, kept, strict=True):
            weight.assign(values * alone)
        yield
    finally:
        for weight, values in zip(weights, kept, strict=True):
            weight.assign(values)


def isolate_filters(
    layer: keras.layers.Layer, predict: Callable[[], np.ndarray], fractions: Sequence[str]
) -> pd.DataFrame:
    """Correlation of each filter's own prediction with the whole network's.

    Parameters
    ----------
    layer : keras.layers.Layer
        The first convolution.
    predict : callable
        Shares (n, k) of the same transcripts, with the weights at hand.
    fractions : sequence of str
        Names of the k fractions.

    Returns
    -------
    DataFrame
        (filters, k), index ``filter``: Pearson's r; NaN where the filter's predictions are all
        alike, as for one that is never active.
    """
    whole = predict()
    rows = []
    for number in range(layer.kernel.shape[-1]):
        with only_filter(layer, number):
            alone = predict()
        rows.append([pearson(whole[:, k], alone[:, k]) for k in range(len(fractions))])
    index = pd.RangeIndex(len(rows), name="filter")
    return pd.DataFrame(rows, index=index, columns=list(fractions))
