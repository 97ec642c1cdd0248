"""Pooling over residues only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from common.layers.convolution import pad_to_at_least
from common.layers.masking import MaskedLayer, lengths, zero_padding

Tensor = Any


class _MaskedPool1D(MaskedLayer):
    """Windows side by side, each sequence's last incomplete one dropped; `pool` takes each in."""

    pool: Callable[..., Tensor]

    def __init__(self, pool_size: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pool_size = pool_size

    def call(self, x: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        x, mask = pad_to_at_least(x, mask, self.pool_size)
        mask = mask[:, self.pool_size - 1 :: self.pool_size]
        size = self.pool_size
        return zero_padding(self.pool(x, size, size, data_format="channels_last"), mask), mask

    def compute_output_spec(self, x: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        batch, length, features = x.shape
        if length is not None:
            length = max(length // self.pool_size, 1)
        return (
            keras.KerasTensor((batch, length, features), dtype=self.compute_dtype),
            keras.KerasTensor((batch, length), dtype="bool"),
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "pool_size": self.pool_size}


@keras.saving.register_keras_serializable(package="reproduce")
class MaskedMaxPool1D(_MaskedPool1D):
    """Take the maximum of each run of `pool_size` residues.

    The pooling of RNATracker (Yan et al. 2019, section 2.4: window and step 3).

    Parameters
    ----------
    pool_size : int
        Window and step.

    Call arguments
    --------------
    x : (batch, length, features)
    mask : (batch, length) bool, optional
        Padding on the right only.

    Returns
    -------
    pooled : (batch, max(length // pool_size, 1), features)
    mask : (batch, same length) bool
        A sequence of `n` residues has ``n // pool_size`` windows, none when it is too short.

    Notes
    -----
    Masking: windows that are not wholly on residues are dropped, as Keras's ``MaxPooling1D``
    drops the incomplete one at the end of a single sequence; the output is zero on padding.
    """

    pool = staticmethod(ops.max_pool)


@keras.saving.register_keras_serializable(package="reproduce")
class MaskedAveragePool1D(_MaskedPool1D):
    """Take the mean of each run of `pool_size` residues.

    Subsampling as in LeNet-5 (LeCun et al. 1998, section II.B), without its trained coefficient,
    bias and sigmoid.

    Parameters
    ----------
    pool_size : int
        Window and step.

    Call arguments
    --------------
    x : (batch, length, features)
    mask : (batch, length) bool, optional
        Padding on the right only.

    Returns
    -------
    pooled : (batch, max(length // pool_size, 1), features)
    mask : (batch, same length) bool

    Notes
    -----
    Masking: as in `MaskedMaxPool1D`.
    """

    pool = staticmethod(ops.average_pool)


@keras.saving.register_keras_serializable(package="reproduce")
class GlobalMaskedMaxPool1D(MaskedLayer):
    """Take the maximum over a sequence's residues.

    The second half of what Light Attention's MLP reads: ``max_j V_ij`` over the residues ``j``
    (Stärk et al. 2021, section 3).

    Parameters
    ----------
    lean : bool
        Keep nothing but the input for the gradient; the same gradient, for less memory.

    Call arguments
    --------------
    x : (batch, length, features)
    mask : (batch, length) bool, optional

    Returns
    -------
    (batch, features)

    Notes
    -----
    Masking: padding takes no part, also where every residue is below zero. A sequence without
    residues gives zeros. Where several residues have the maximum, they share its gradient.
    """

    def __init__(self, lean: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lean = lean

    def call(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        if mask is None:
            return ops.max(x, axis=1)
        highest = _shared_maximum(x, mask) if self.lean else _maximum(x, mask)
        return zero_padding(highest, ops.any(mask, axis=1))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "lean": self.lean}

    def compute_output_shape(self, x_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (x_shape[0], x_shape[2])


def _maximum(x: Tensor, mask: Tensor) -> Tensor:
    """Maximum over the residues, (batch, features); minus infinity where there is none."""
    lowest = ops.full((), float("-inf"), dtype=x.dtype)
    return ops.max(ops.where(ops.expand_dims(mask, -1), x, lowest), axis=1)


def _shared_maximum(x: Tensor, mask: Tensor) -> Tensor:
    """As `_maximum`, with a gradient that the residues of the maximum share in equal parts."""

    @ops.custom_gradient
    def shared(x: Tensor) -> tuple[Tensor, Any]:
        highest = _maximum(x, mask)

        def gradient(*received: Tensor, upstream: Tensor | None = None) -> Tensor:
            slope = received[0] if upstream is None else upstream
            same = ops.equal(x, ops.expand_dims(highest, 1))
            reached = ops.logical_and(same, ops.expand_dims(mask, -1))
            count = ops.maximum(ops.sum(ops.cast(reached, "int32"), axis=1), 1)
            share = ops.expand_dims(slope / ops.cast(count, slope.dtype), 1)
            return ops.where(reached, share, ops.zeros((), dtype=slope.dtype))

        return highest, gradient

    return shared(x)


@keras.saving.register_keras_serializable(package="reproduce")
class GlobalMaskedAveragePool1D(MaskedLayer):
    """Take the mean over a sequence's residues.

    From per-residue to per-protein embeddings, as for the feed-forward baseline of Stärk et al.
    (2021, section 3).

    Call arguments
    --------------
    x : (batch, length, features)
    mask : (batch, length) bool, optional

    Returns
    -------
    (batch, features)

    Notes
    -----
    Masking: padding takes no part, and the sum is divided by the number of residues. A sequence
    without residues gives zeros. The sum runs in float32 also under mixed precision.
    """

    def call(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        wide = x if self.compute_dtype == "float64" else ops.cast(x, "float32")
        if mask is None:
            return ops.cast(ops.mean(wide, axis=1), self.compute_dtype)
        total = ops.sum(zero_padding(wide, mask), axis=1)
        count = ops.cast(ops.maximum(lengths(mask), 1), total.dtype)
        return ops.cast(total / ops.expand_dims(count, -1), self.compute_dtype)

    def compute_output_shape(self, x_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (x_shape[0], x_shape[2])
