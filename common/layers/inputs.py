"""Inputs of the networks: one ragged sequence axis, and the lengths."""

from __future__ import annotations

import keras


def sequence_input(
    name: str, *, width: int | None = None, dtype: str = "uint8"
) -> keras.KerasTensor:
    """Symbolic input with one step a residue or nucleotide.

    Parameters
    ----------
    name : str
        Name of the source in a batch, such as ``tokens``.
    width : int, optional
        Features a step; None for tokens.
    dtype : str
        ``uint8`` tokens, ``float16`` or ``float32`` features.

    Returns
    -------
    KerasTensor
        (batch, length) or (batch, length, width). Ragged with the TensorFlow backend; the
        others read dense, zero-padded batches.
    """
    shape = (None,) if width is None else (None, width)
    ragged = keras.config.backend() == "tensorflow"
    return keras.Input(shape, name=name, dtype=dtype, ragged=ragged)


def length_input() -> keras.KerasTensor:
    """Symbolic input ``length``: (batch,) int32, the residues of each sequence."""
    return keras.Input((), name="length", dtype="int32")
