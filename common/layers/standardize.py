"""Features shifted and scaled by what was seen of them before the training."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from common.layers.masking import MaskedLayer, zero_padding

Tensor = Any


@keras.saving.register_keras_serializable(package="reproduce")
class Standardize(MaskedLayer):
    """Bring each feature to mean 0 and standard deviation 1 over what `learn` was told.

    Networks learn faster from inputs that are centred and of equal variance: LeCun et al. (1998),
    Efficient BackProp, section 4.3.

    Call arguments
    --------------
    x : (batch, features) or (batch, length, features)
    mask : (batch, length) bool, optional

    Returns
    -------
    As `x`, in the layer's compute type

    Notes
    -----
    Masking: padding comes out as exactly zero. Weights, not trainable: ``mean`` and ``scale``,
    each (features,); before `learn` they are 0 and 1. `common.training.statistics` learns them
    from the training examples.
    """

    def build(self, x_shape: tuple[int | None, ...]) -> None:
        shape = (x_shape[-1],)
        self.mean = self.add_weight(name="mean", shape=shape, initializer="zeros", trainable=False)
        self.scale = self.add_weight(name="scale", shape=shape, initializer="ones", trainable=False)

    def learn(self, mean: np.ndarray, variance: np.ndarray) -> None:
        """Set the weights, each (features,); a constant feature is shifted and not scaled."""
        self.mean.assign(mean)
        self.scale.assign(np.where(variance > 0, np.sqrt(variance), 1.0))

    def call(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        mean, scale = (ops.cast(weight, x.dtype) for weight in (self.mean, self.scale))
        return zero_padding((x - mean) / scale, mask)

    def compute_output_shape(
        self, x_shape: tuple[int | None, ...], mask_shape: Any = None
    ) -> tuple[int | None, ...]:
        return x_shape
