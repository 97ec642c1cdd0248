"""Masks and padding: what the other layers share.

A batch of sequences is dense and padded on the right. Its mask is ``True`` on residues, so that
each row reads ``True ... True False ... False``; the layers here rely on that. `RaggedToDense`
makes both, and every layer that follows keeps the padding at exactly zero.

The functions work on tensors, inside a layer's ``call``; a functional model uses the layers.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

Tensor = Any


def zero_padding(x: Tensor, mask: Tensor | None) -> Tensor:
    """Set the padding to exactly zero, whatever it holds (NaN and infinity included).

    Parameters
    ----------
    x : (batch, length, ...)
    mask : (batch, length) bool, or None where every position is a residue

    Returns
    -------
    (batch, length, ...), of the type of `x`
    """
    if mask is None:
        return x
    while len(mask.shape) < len(x.shape):
        mask = ops.expand_dims(mask, -1)
    return ops.where(mask, x, ops.zeros((), dtype=x.dtype))


def lengths(mask: Tensor) -> Tensor:
    """Count the residues of each sequence.

    Parameters
    ----------
    mask : (batch, length) bool

    Returns
    -------
    (batch,) int32
    """
    return ops.sum(ops.cast(mask, "int32"), axis=1)


def reverse_sequences(x: Tensor, mask: Tensor | None) -> Tensor:
    """Reverse each sequence within its own length; the padding stays where it is, on the right.

    Parameters
    ----------
    x : (batch, length, features)
    mask : (batch, length) bool, or None where every position is a residue

    Returns
    -------
    (batch, length, features)
        ``x[b, n - 1 - t]`` for ``t < n``, the length of sequence `b`; ``x[b, t]`` elsewhere.

    Notes
    -----
    Turning twice changes nothing, so the gradient is turned like the values: one gather in place
    of the scattered sum that a backend would derive.
    """
    if mask is None:
        return ops.flip(x, axis=1)
    count = ops.expand_dims(lengths(mask), 1)
    position = ops.expand_dims(ops.arange(ops.shape(x)[1], dtype="int32"), 0)
    turned = ops.where(position < count, count - 1 - position, position)

    @ops.custom_gradient
    def turn(values: Tensor) -> tuple[Tensor, Any]:
        def gradient(*received: Tensor, upstream: Tensor | None = None) -> Tensor:
            return rows_at(received[0] if upstream is None else upstream, turned)

        return rows_at(values, turned), gradient

    return turn(x)


def last_residue(x: Tensor, mask: Tensor | None) -> Tensor:
    """Take the features of each sequence's last residue.

    Parameters
    ----------
    x : (batch, length, features)
    mask : (batch, length) bool, or None where every position is a residue

    Returns
    -------
    (batch, features)
        Zero for a sequence without residues.
    """
    if mask is None:
        return x[:, -1]
    count = ops.expand_dims(lengths(mask), 1)
    last = rows_at(x, ops.maximum(count - 1, 0))
    return zero_padding(last, count > 0)[:, 0]


def rows_at(x: Tensor, positions: Tensor) -> Tensor:
    """Gather ``x[b, positions[b, j]]``: (batch, length, features) -> (batch, j, features)."""
    batch, length, features = ops.shape(x)
    first = ops.expand_dims(ops.arange(batch, dtype="int32") * length, 1)
    rows = ops.take(ops.reshape(x, (-1, features)), ops.reshape(first + positions, (-1,)), axis=0)
    return ops.reshape(rows, (batch, -1, features))


class MaskedLayer(keras.layers.Layer):
    """A layer that is handed its mask as an argument and attaches none to its output.

    Keras would otherwise pass masks along unseen, and a layer that shortens its sequence would
    hand on a mask of the wrong length: https://keras.io/guides/understanding_masking_and_padding/

    Notes
    -----
    Masking: none of its own; each layer that inherits states what it does with its mask.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def compute_mask(self, *arguments: Any, **keywords: Any) -> None:
        return None


@keras.saving.register_keras_serializable(package="reproduce")
class RaggedToDense(keras.layers.Layer):
    """Make a batch dense and hand out its mask: the first layer of every model.

    ``tf.RaggedTensor.to_tensor`` and ``tf.sequence_mask`` in one, on every backend:
    https://www.tensorflow.org/guide/ragged_tensor

    Call arguments
    --------------
    values : (batch, (length), ...)
        Tokens or embeddings: a ragged tensor with the TensorFlow backend, or a dense tensor that
        is padded on the right.
    length : (batch,) or (batch, 1) int
        Residues in each sequence.

    Returns
    -------
    dense : (batch, length, ...)
        Integers keep their type; embeddings take the layer's compute type.
    mask : (batch, length) bool

    Notes
    -----
    Masking: this layer makes the mask, ``True`` for the first `length` positions of a row. What a
    dense input holds after them is set to zero.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(autocast=False, **kwargs)

    def call(self, values: Tensor, length: Tensor) -> tuple[Tensor, Tensor]:
        dense = values.to_tensor() if hasattr(values, "to_tensor") else values
        if self._is_float(dense.dtype):
            dense = ops.cast(dense, self.compute_dtype)
        count = ops.reshape(ops.cast(length, "int32"), (-1, 1))
        mask = ops.expand_dims(ops.arange(ops.shape(dense)[1], dtype="int32"), 0) < count
        return zero_padding(dense, mask), mask

    def compute_output_spec(self, values: Tensor, length: Tensor) -> tuple[Tensor, Tensor]:
        dtype = keras.backend.standardize_dtype(values.dtype)
        if self._is_float(dtype):
            dtype = self.compute_dtype
        return (
            keras.KerasTensor(values.shape, dtype=dtype),
            keras.KerasTensor(values.shape[:2], dtype="bool"),
        )

    @staticmethod
    def _is_float(dtype: Any) -> bool:
        return keras.backend.is_float_dtype(dtype)
