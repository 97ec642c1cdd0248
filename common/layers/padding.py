"""Padding that a network is meant to see: fixed lengths, and room behind the last residue."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from common.layers.masking import MaskedLayer

Tensor = Any


@keras.saving.register_keras_serializable(package="reproduce")
class PadSequences(MaskedLayer):
    """Append zeros to every sequence, for networks that are published without masks.

    Such a network's answer depends on the padding that it sees (those of Jurtz et al. 2017). With
    the same padding for every protein, whatever else is in its batch, it depends on the protein
    alone.

    Parameters
    ----------
    length : int, optional
        Every sequence gets exactly this length; what a longer one has behind it is cut off.
    extra : int
        Without `length`: zeros behind the batch's longest sequence.

    Call arguments
    --------------
    x : (batch, length, ...)
    mask : (batch, length) bool, optional

    Returns
    -------
    x : (batch, new length, ...), of the type of `x`
    mask : (batch, new length) bool

    Notes
    -----
    Masking: the new positions are padding, hence ``False`` in the mask; without a mask the
    positions that were there count as residues. No weights.
    """

    def __init__(self, length: int | None = None, extra: int = 0, **kwargs: Any) -> None:
        kwargs.setdefault("autocast", False)
        super().__init__(**kwargs)
        if (length is not None and length < 1) or extra < 0 or (length and extra):
            raise ValueError(f"a length of at least 1 or an extra, not {length} and {extra}")
        self.length = length
        self.extra = extra

    def call(self, x: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        if mask is None:
            mask = ops.ones(ops.shape(x)[:2], dtype="bool")
        missing = self.extra
        if self.length is not None:
            size = ops.shape(x)[1]  # a number on backends that compile each shape anew
            known = isinstance(size, int)
            missing = max(self.length - size, 0) if known else ops.maximum(self.length - size, 0)
        x = ops.pad(x, [(0, 0), (0, missing)] + [(0, 0)] * (len(x.shape) - 2))
        mask = ops.cast(ops.pad(ops.cast(mask, "int32"), [(0, 0), (0, missing)]), "bool")
        if self.length is not None:
            batch = ops.shape(x)[0]
            x = ops.reshape(x[:, : self.length], (batch, self.length, *x.shape[2:]))
            mask = ops.reshape(mask[:, : self.length], (batch, self.length))
        return x, mask

    def compute_output_spec(self, x: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        batch, length = x.shape[:2]
        length = self.length or (None if length is None else length + self.extra)
        return (
            keras.KerasTensor((batch, length, *x.shape[2:]), dtype=x.dtype),
            keras.KerasTensor((batch, length), dtype="bool"),
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "length": self.length, "extra": self.extra}
