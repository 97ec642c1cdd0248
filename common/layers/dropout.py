"""Dropout of whole residues."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

Tensor = Any


@keras.saving.register_keras_serializable(package="reproduce")
class PositionDropout(keras.layers.Layer):
    """Blank whole positions of a sequence in training, without rescaling the rest.

    The input dropout of the DTU group's Lasagne models (DeepLoc, Almagro Armenteros et al. 2017):
    a residue's features are all kept or all zero, and those kept are not divided by ``1 - rate``.

    Parameters
    ----------
    rate : float
        Probability with which a position is blanked, 0 <= rate < 1.
    seed : int, optional

    Call arguments
    --------------
    x : (batch, length, features)
    training : bool, optional

    Returns
    -------
    (batch, length, features)

    Notes
    -----
    Masking: none is needed, padding that is zero stays zero.
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 0 <= rate < 1:
            raise ValueError(f"rate must lie in [0, 1), not {rate}")
        self.rate = rate
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.built = True

    def call(self, x: Tensor, training: bool | None = None) -> Tensor:
        if not training or self.rate == 0:
            return x
        noise = keras.random.uniform((*ops.shape(x)[:2], 1), seed=self.seed_generator)
        return ops.where(noise >= self.rate, x, ops.zeros((), dtype=x.dtype))

    def compute_output_shape(self, x_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return x_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}
