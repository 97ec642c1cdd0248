"""Attention that sums a sequence up in one vector."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from common.layers.masking import MaskedLayer, zero_padding

Tensor = Any


def masked_softmax(scores: Tensor, mask: Tensor | None) -> Tensor:
    """Softmax over the residues of each sequence.

    Parameters
    ----------
    scores : (batch, length) or (batch, length, channels) float
    mask : (batch, length) bool, or None where every position takes part

    Returns
    -------
    of the shape of `scores`, float32 (float64 for float64 scores)
        Of each channel on its own: sums to 1 over a sequence's residues and is exactly 0 on
        padding; all 0 for a sequence without residues.
    """
    if keras.backend.standardize_dtype(scores.dtype) != "float64":
        scores = ops.cast(scores, "float32")
    if mask is not None:
        residues = mask if len(scores.shape) == 2 else ops.expand_dims(mask, -1)
        scores = ops.where(residues, scores, ops.full((), -1e30, dtype=scores.dtype))
    shares = zero_padding(ops.exp(scores - ops.max(scores, axis=1, keepdims=True)), mask)
    total = ops.sum(shares, axis=1, keepdims=True)
    return shares / ops.where(total > 0, total, ops.ones((), dtype=total.dtype))


@keras.saving.register_keras_serializable(package="reproduce")
class AttentionPooling(MaskedLayer):
    """The attention of the A-LSTM: Sønderby et al. (2015), equations 11 to 13.

    ``a_t = tanh(h_t W_a) v_a^T``, ``alpha = softmax(a)`` over the residues,
    ``c = sum_t alpha_t h_t``.

    Parameters
    ----------
    units : int
        Second dimension of ``W_a``.
    use_bias : bool
        Add a bias inside the tanh (RNATracker does; Sønderby does not). A bias on the score would
        change nothing: the softmax drops it.
    kernel_initializer : str or keras.Initializer
        Of ``W_a`` and ``v_a``.
    bias_initializer : str or keras.Initializer

    Call arguments
    --------------
    h : (batch, length, features)
    mask : (batch, length) bool, optional

    Returns
    -------
    context : (batch, features)
    weights : (batch, length) float32

    Notes
    -----
    Masking: the weights are exactly 0 on padding and sum to 1 over the residues; without a mask
    every position takes part, padding included. A sequence without residues has zero weights and
    a zero context. Softmax and weighted sum run in float32 also under mixed precision.
    Weights: ``kernel`` (features, units), ``vector`` (units, 1) and, if asked, ``bias`` (units,).
    """

    def __init__(
        self,
        units: int,
        use_bias: bool = False,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.use_bias = use_bias
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.bias_initializer = keras.initializers.get(bias_initializer)

    def build(self, h_shape: tuple[int | None, ...]) -> None:
        self.kernel = self.add_weight(
            name="kernel",
            shape=(h_shape[-1], self.units),
            initializer=self.kernel_initializer.clone(),
        )
        self.vector = self.add_weight(
            name="vector", shape=(self.units, 1), initializer=self.kernel_initializer.clone()
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias", shape=(self.units,), initializer=self.bias_initializer.clone()
            )

    def call(self, h: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        h = zero_padding(h, mask)
        hidden = ops.matmul(h, self.kernel)
        if self.bias is not None:
            hidden = ops.add(hidden, self.bias)
        scores = ops.squeeze(ops.matmul(ops.tanh(hidden), self.vector), axis=-1)
        weights = masked_softmax(scores, mask)
        states = ops.cast(h, weights.dtype)
        context = ops.squeeze(ops.matmul(ops.expand_dims(weights, 1), states), axis=1)
        return ops.cast(context, self.compute_dtype), weights

    def compute_output_spec(self, h: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        wide = "float64" if self.compute_dtype == "float64" else "float32"
        return (
            keras.KerasTensor((h.shape[0], h.shape[2]), dtype=self.compute_dtype),
            keras.KerasTensor(h.shape[:2], dtype=wide),
        )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "units": self.units,
            "use_bias": self.use_bias,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "bias_initializer": keras.initializers.serialize(self.bias_initializer),
        }


@keras.saving.register_keras_serializable(package="reproduce")
class ChannelAttention(MaskedLayer):
    """Light attention: every channel has a distribution over the residues of its own.

    Stärk et al. (2021), equations 1 and 2: ``A_ij = softmax_j(E_ij)``,
    ``x'_i = sum_j A_ij V_ij``, linear in the sequence's length.

    Parameters
    ----------
    lean : bool
        Keep only V and A for the gradient, which is then written out: less than half the memory
        of what a backend derives, and the same up to rounding. None goes through the weights.

    Call arguments
    --------------
    values, scores : (batch, length, channels)
        V and E.
    mask : (batch, length) bool, optional

    Returns
    -------
    context : (batch, channels)
    weights : (batch, length, channels) float32

    Notes
    -----
    Masking: the weights are exactly 0 on padding and sum to 1 over the residues of each channel;
    without a mask every position takes part, padding included. A sequence without residues has
    zero weights and a zero context. Softmax and sum run in float32 also under mixed precision.
    The layer has no weights.
    """

    def __init__(self, lean: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lean = lean

    def call(self, values: Tensor, scores: Tensor, mask: Tensor | None = None) -> Any:
        if self.lean:
            weights = masked_softmax(ops.stop_gradient(scores), mask)
            values, scores = (ops.cast(one, weights.dtype) for one in (values, scores))
            context = _attended(values, scores, weights, mask)
        else:
            weights = masked_softmax(zero_padding(scores, mask), mask)
            values = ops.cast(zero_padding(values, mask), weights.dtype)
            context = ops.sum(weights * values, axis=1)
        return ops.cast(context, self.compute_dtype), weights

    def compute_output_spec(
        self, values: Tensor, scores: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        wide = "float64" if self.compute_dtype == "float64" else "float32"
        return (
            keras.KerasTensor((values.shape[0], values.shape[2]), dtype=self.compute_dtype),
            keras.KerasTensor(values.shape, dtype=wide),
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "lean": self.lean}


def _attended(values: Tensor, scores: Tensor, weights: Tensor, mask: Tensor | None) -> Tensor:
    """Sum of the values by their weights, (batch, channels), with its gradient by V and E.

    ``d x'_i / d V_ij = A_ij`` and ``d x'_i / d E_ij = A_ij (V_ij - x'_i)``. Padding is set to zero
    behind each product, so that no copy of the values is kept.
    """

    @ops.custom_gradient
    def attend(values: Tensor, scores: Tensor, weights: Tensor) -> tuple[Tensor, Any]:
        context = ops.sum(zero_padding(weights * values, mask), axis=1)

        def gradient(*received: Tensor, upstream: Tensor | None = None) -> tuple[Tensor, ...]:
            slope = ops.expand_dims(received[0] if upstream is None else upstream, 1)
            of_values = weights * slope
            of_scores = of_values * (values - ops.expand_dims(context, 1))
            return of_values, zero_padding(of_scores, mask), ops.zeros_like(weights)

        return context, gradient

    return attend(values, scores, weights)
