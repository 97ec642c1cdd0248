"""Batch normalisation as PyTorch computes it."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

Tensor = Any


@keras.saving.register_keras_serializable(package="reproduce")
class TorchBatchNormalization(keras.layers.Layer):
    """``torch.nn.BatchNorm1d`` on vectors (Ioffe and Szegedy, 2015).

    In training ``(x - mean) / sqrt(variance + epsilon) * gamma + beta`` with the batch's mean and
    biased variance; afterwards with the moving ones. Keras's own layer differs in two constants
    (epsilon 1e-3, momentum 0.99) and in the variance that it remembers.

    Parameters
    ----------
    momentum : float
        Weight of the new value in a moving average: torch's 0.1 is 0.9 in Keras's layer.
    epsilon : float

    Call arguments
    --------------
    x : (batch, features)
    training : bool, optional

    Returns
    -------
    (batch, features)

    Notes
    -----
    Masking: none, vectors have no padding. Weights: ``gamma``, ``beta``, ``moving_mean`` and
    ``moving_variance``, each (features,). The moving variance is that of the unbiased one,
    n / (n - 1) times the batch's. A batch of one vector has no variance: torch refuses it, and
    here it is normalised by the moving values and leaves them as they are. All in float32 also
    under mixed precision.
    """

    def __init__(self, momentum: float = 0.1, epsilon: float = 1e-5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.momentum = momentum
        self.epsilon = epsilon

    def build(self, x_shape: tuple[int | None, ...]) -> None:
        shape = (x_shape[-1],)
        self.gamma = self.add_weight(name="gamma", shape=shape, initializer="ones")
        self.beta = self.add_weight(name="beta", shape=shape, initializer="zeros")
        self.moving_mean = self.add_weight(
            name="moving_mean", shape=shape, initializer="zeros", trainable=False
        )
        self.moving_variance = self.add_weight(
            name="moving_variance", shape=shape, initializer="ones", trainable=False
        )

    def call(self, x: Tensor, training: bool | None = None) -> Tensor:
        wide = x if self.compute_dtype == "float64" else ops.cast(x, "float32")
        mean, variance = self._moving(wide.dtype)
        if training:
            mean, variance = self._of_batch(wide, mean, variance)
        gamma, beta = (ops.cast(weight, wide.dtype) for weight in (self.gamma, self.beta))
        scaled = (wide - mean) * ops.rsqrt(variance + self.epsilon) * gamma + beta
        return ops.cast(scaled, self.compute_dtype)

    def _moving(self, dtype: Any) -> tuple[Tensor, Tensor]:
        return ops.cast(self.moving_mean, dtype), ops.cast(self.moving_variance, dtype)

    def _of_batch(self, x: Tensor, mean: Tensor, variance: Tensor) -> tuple[Tensor, Tensor]:
        """Moments of a batch of two or more vectors, noted in the moving ones."""
        count = ops.cast(ops.shape(x)[0], x.dtype)
        several = count > 1
        # on torch `ops.moments` takes the mean of the squares, and loses digits of a small variance
        own_mean = ops.mean(x, axis=0)
        own_variance = ops.mean(ops.square(x - own_mean), axis=0)
        unbiased = own_variance * count / ops.maximum(count - 1, 1)
        share = ops.where(several, self.momentum, 0.0)
        for moving, old, new in (
            (self.moving_mean, mean, own_mean),
            (self.moving_variance, variance, unbiased),
        ):
            changed = old + ops.cast(share, x.dtype) * (ops.stop_gradient(new) - old)
            moving.assign(ops.cast(changed, moving.dtype))
        return ops.where(several, own_mean, mean), ops.where(several, own_variance, variance)

    def compute_output_shape(self, x_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return x_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "momentum": self.momentum, "epsilon": self.epsilon}
