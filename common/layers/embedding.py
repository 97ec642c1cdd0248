"""Frozen tables that turn tokens into features on the device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

Tensor = Any


@keras.saving.register_keras_serializable(package="reproduce")
class FixedEmbedding(keras.layers.Layer):
    """Look tokens up in a table that is never trained (one-hot, BLOSUM, HSDM, side by side).

    The residues' encodings of Sønderby et al. (2015). The host then moves one byte a
    residue, and the device makes the features.

    Parameters
    ----------
    table : (tokens, features) float
        Row 0 belongs to padding and must be all zero.

    Call arguments
    --------------
    tokens : (batch, length) int
        Every token must have a row in the table.

    Returns
    -------
    (batch, length, features), in the layer's compute type

    Raises
    ------
    ValueError
        The table is not two-dimensional, is not finite, or its row 0 is not zero.

    Notes
    -----
    Masking: none is needed, token 0 gives zeros. The table is kept with the weights
    (not trainable) and in the configuration, so that a saved model is complete.
    """

    def __init__(self, table: np.ndarray | Sequence[Sequence[float]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        values = np.asarray(table, dtype="float32")
        if values.ndim != 2 or not np.isfinite(values).all():
            raise ValueError(f"the table must be a finite matrix, not of shape {values.shape}")
        if values[0].any():
            raise ValueError("row 0 of the table belongs to padding and must be all zero")
        self.values = values

    def build(self, tokens_shape: tuple[int | None, ...]) -> None:
        self.table = self.add_weight(
            name="table",
            shape=self.values.shape,
            initializer=lambda shape, dtype=None: ops.convert_to_tensor(self.values, dtype=dtype),
            trainable=False,
        )

    def call(self, tokens: Tensor) -> Tensor:
        return ops.take(self.table, ops.cast(tokens, "int32"), axis=0)

    def compute_output_shape(self, tokens_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (*tokens_shape, self.values.shape[1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "table": self.values.tolist()}
