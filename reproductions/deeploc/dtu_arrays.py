"""Which network of DeepLoc's Lasagne family a list of arrays belongs to, and its sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from common.errors import DataError
from reproductions.deeploc.tree import NODES

KINDS = ("ffn", "cnn", "cnn-lstm", "cnn-lstm-attention")
HEADS = ("softmax", "softmax and membrane", "tree and membrane")
HEAD_ARRAYS = {4: HEADS[0], 6: HEADS[1], 2 + 2 * len(NODES) + 2: HEADS[2]}
POOL = 5
LSTM_ARRAYS, DECODER_ARRAYS = 17, 20
REMEDY = "Give a list as lasagne.layers.get_all_param_values makes it"


@dataclass(frozen=True)
class Network:
    """Sizes of a network of the family; the defaults are those of the tutorial.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    head : str
        One of `HEADS`.
    features, labels : int
        Features a residue, and locations.
    length : int
        Residues to which the two networks with a flat dense layer pad.
    kernel_sizes, filters, second_filters, second_kernel
        Of the convolutions.
    lstm_units, decoder_units, alignment_units, steps, dense_units : int
        Of what follows them.
    dropout, grad_clipping, state_initializer, gate_initializer
        Needed for training alone.
    """

    kind: str = "cnn-lstm-attention"
    head: str = "softmax"
    features: int = 20
    labels: int = 10
    length: int = 400
    kernel_sizes: tuple[int, ...] = (3, 5)
    filters: int = 10
    second_filters: int = 20
    second_kernel: int = 3
    lstm_units: int = 15
    decoder_units: int = 30
    alignment_units: int = 15
    steps: int = 2
    dense_units: int = 30
    dropout: float = 0.5
    grad_clipping: float = 2.0
    state_initializer: str = "zeros"
    gate_initializer: str = "normal"


def recognise(path: Path, arrays: Sequence[np.ndarray], features: int = 20) -> Network:
    """Tell a network and its sizes from its list of arrays.

    Only the arrays that hold a size are looked at; `load_layers` compares all of them.

    Parameters
    ----------
    path : Path
        Named in errors.
    arrays : sequence of np.ndarray
        The list.
    features : int
        Features a residue, which a network without convolutions does not tell.

    Raises
    ------
    DataError
        No network of the family has arrays of this number or kind.
    """
    shapes = [array.shape for array in arrays]
    pairs = next((n for n, shape in enumerate(shapes) if len(shape) == 2), len(shapes)) // 2
    if len(shapes) == 4 and pairs == 0:
        return _feed_forward(path, shapes, features)
    sizes = _convolutions(path, shapes, pairs)
    place, kind = 2 * pairs, "cnn"
    if len(shapes) - place == 4:
        sizes["length"] = _matrix(path, shapes, place)[0] // sizes["second_filters"] * POOL
    else:
        sizes["lstm_units"] = _matrix(path, shapes, place)[1]
        place, kind = place + 2 * LSTM_ARRAYS, "cnn-lstm"
    if len(shapes) - place >= DECODER_ARRAYS + min(HEAD_ARRAYS):
        sizes["decoder_units"] = _matrix(path, shapes, place)[1]
        sizes["alignment_units"] = _matrix(path, shapes, place + 15)[1]
        place, kind = place + DECODER_ARRAYS, "cnn-lstm-attention"
    head = HEAD_ARRAYS.get(len(shapes) - place)
    if head is None:
        raise _unknown(path, len(shapes))
    sizes["dense_units"] = _matrix(path, shapes, place)[1]
    if head != HEADS[2]:
        sizes["labels"] = _matrix(path, shapes, place + 2)[1]
    return Network(kind, head, **sizes)


def _feed_forward(path: Path, shapes: Sequence[tuple[int, ...]], features: int) -> Network:
    rows, units = _matrix(path, shapes, 0)
    if rows % features:
        fault = f"arr_0 has {rows} rows, which is no multiple of {features} features"
        raise DataError(str(path), fault, "Give the number of features with --features")
    sizes = {"length": rows // features, "dense_units": units}
    return Network("ffn", features=features, labels=_matrix(path, shapes, 2)[1], **sizes)


def _convolutions(path: Path, shapes: Sequence[tuple[int, ...]], pairs: int) -> dict[str, Any]:
    """Sizes of the convolutions: several widths, then one over all of them."""
    if pairs < 2:
        raise _unknown(path, len(shapes))
    kernels = shapes[0 : 2 * pairs : 2]
    for number, shape in enumerate(kernels):
        if len(shape) != 3:
            fault = f"shape {shape}, expected (filters, features, width)"
            raise DataError(f"{path}: arr_{2 * number}", fault, REMEDY)
    widths = tuple(shape[2] for shape in kernels[:-1])
    if len(set(widths)) < len(widths):
        raise DataError(str(path), f"convolutions of the widths {widths}", REMEDY)
    return {
        "features": kernels[0][1],
        "kernel_sizes": widths,
        "filters": kernels[0][0],
        "second_filters": kernels[-1][0],
        "second_kernel": kernels[-1][2],
    }


def _matrix(path: Path, shapes: Sequence[tuple[int, ...]], place: int) -> tuple[int, int]:
    """Rows and columns of an array that must have both."""
    if place >= len(shapes):
        raise _unknown(path, len(shapes))
    shape = shapes[place]
    if len(shape) != 2:
        raise DataError(
            f"{path}: arr_{place}", f"shape {shape}, expected a matrix (inputs, units)", REMEDY
        )
    return shape[0], shape[1]


def _unknown(path: Path, number: int) -> DataError:
    fault = (
        f"{number} arrays: no network of the family has so many (with two widths of filters "
        "4 FFN, 10 CNN, 44 CNN-LSTM, 64 CNN-LSTM-attention; with six widths 8 more)"
    )
    return DataError(str(path), fault, REMEDY)
