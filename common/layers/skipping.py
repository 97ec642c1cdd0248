"""An LSTM that skips blank steps and holds its state over them, as masked LSTMs in Keras 2.0."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from common.layers.masking import MaskedLayer, rows_at, zero_padding
from common.layers.recurrent import MaskedBiLSTM

Tensor = Any


@keras.saving.register_keras_serializable(package="reproduce")
class SkippingBiLSTM(MaskedLayer):
    """A bidirectional LSTM over the steps that are not all zero, wherever these stand.

    What ``Masking(0.)`` before ``Bidirectional(LSTM(..., return_sequences=True))`` gave in Keras
    2.0 (the fixed-length networks of RNATracker, Yan et al. 2019, whose padding is on the left): a
    blank step changes no state, and its output repeats the state that the reading has then.
    ``Bidirectional`` of Keras 3 puts zeros there; its single ``LSTM`` still repeats the state.

    Parameters
    ----------
    units : int
        Of each direction.
    **options
        Those of `MaskedLSTM`, for both directions.

    Call arguments
    --------------
    x : (batch, length, features)
    mask : (batch, length) bool, optional
        Padding on the right, if there is any besides the blank steps.
    training : bool, optional

    Returns
    -------
    (batch, length, 2 * units)
        The forward states, then the backward ones. On a blank step: forward the state after the
        last step before it, backward the state after the next step behind it, zero where there is
        none. With padding on the left, the padding therefore carries the last backward state.

    Notes
    -----
    Masking: a step whose features are all exactly zero is blank. The output on blank steps is not
    zero: that is what the reference's attention sees. Where a mask is given, its padding is blank
    and its output zero. Steps that are not blank are moved together, read by
    `MaskedBiLSTM` without a masked loop, and moved back; the answer is that of the masked loop.
    """

    def __init__(self, units: int, **options: Any) -> None:
        own = {k: options.pop(k) for k in ("name", "dtype", "trainable") if k in options}
        super().__init__(**own)
        self.units = units
        self.inner = MaskedBiLSTM(units, dtype=self.dtype_policy, name="states", **options)

    def build(self, x_shape: tuple[int | None, ...]) -> None:
        self.inner.build(x_shape)

    def call(self, x: Tensor, mask: Tensor | None = None, training: bool | None = None) -> Tensor:
        x = zero_padding(x, mask)
        used = ops.any(ops.not_equal(x, 0), axis=-1)
        upto = ops.cumsum(ops.cast(used, "int32"), axis=1)
        total = upto[:, -1:]
        places = ops.expand_dims(ops.arange(ops.shape(x)[1], dtype="int32"), 0)
        order = ops.argsort(ops.where(used, places, places + ops.shape(x)[1]), axis=1)
        together = rows_at(x, ops.cast(order, "int32"))
        states = self.inner(together, mask=places < total, training=training)
        before = upto - 1
        behind = upto - ops.cast(used, "int32")
        forward = self._held(states[..., : self.units], before, before >= 0)
        backward = self._held(states[..., self.units :], behind, behind < total)
        return zero_padding(ops.concatenate([forward, backward], axis=-1), mask)

    @staticmethod
    def _held(states: Tensor, position: Tensor, exists: Tensor) -> Tensor:
        """State at each position, zero where there is none."""
        last = ops.shape(states)[1] - 1
        rows = rows_at(states, ops.clip(position, 0, last))
        return ops.where(ops.expand_dims(exists, -1), rows, ops.zeros((), dtype=rows.dtype))

    def compute_output_shape(self, x_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (*x_shape[:-1], 2 * self.units)

    def get_config(self) -> dict[str, Any]:
        inner = self.inner.get_config()
        passed = {k: v for k, v in inner.items() if k not in ("name", "return_sequences", "dtype")}
        return {**super().get_config(), **passed, "units": self.units}
