"""Parameter lists of Lasagne networks: ``numpy.savez(file, *get_all_param_values(network))``.

Such a file holds ``arr_0``, ``arr_1``, ... in the order of the network's layers. How many arrays a
layer has, and their shapes:

| layer | arrays |
|---|---|
| convolution | W (filters, features, width), b; with several widths, a pair for each |
| LSTM with peepholes | W, U, b of the gates input, forget, cell, output; 3 peepholes; c0, h0 |
| attention decoder | U, b of each gate; W of each; 3 peepholes; W_align, U_align, v; c0, h0 |
| dense | W (features, units), b |

Lasagne reverses a filter along the sequence, so the layer must have ``flip_filters``.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from common.errors import DataError
from common.layers import AttentionDecoder, MaskedConv1D, MultiWidthConv1D, PeepholeLSTM

GATES = ("input", "forget", "cell", "output")
REMEDY = "Give the .npz file of this very network"
MISSING = (0,)
"""Shape of what stands for an array that a file lacks."""


@dataclass(frozen=True)
class Part:
    """An array that a layer expects."""

    name: str
    shape: tuple[int, ...]


def read_arrays(path: Path) -> list[np.ndarray]:
    """Read a parameter list.

    Parameters
    ----------
    path : Path
        ``.npz``.

    Returns
    -------
    list of np.ndarray
        ``arr_0`` first; one of the shape `MISSING` where one before the last is missing, which
        whoever knows the network then names.

    Raises
    ------
    DataError
        The file is missing, no ``.npz`` or holds pickled objects; more than half of the arrays
        are missing, or have other names; one is not of numbers, or has a value that is not finite.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            found = {name: archive[name] for name in archive.files}
    except FileNotFoundError as error:
        raise DataError(str(path), "no such file", "Check the path") from error
    except (OSError, EOFError, ValueError, TypeError, zipfile.BadZipFile) as error:
        raise DataError(
            str(path),
            f"not a .npz file of plain arrays ({error})",
            "Save the list with numpy.savez(file, *arrays); pickles are never read",
        ) from error
    longest = [f"arr_{number}" for number in range(2 * len(found))]
    if not found or not set(found) <= set(longest):
        missing = next((name for name in longest if name not in found), "arr_0")
        fault = f"{missing} is missing among {len(found)} arrays ({', '.join(list(found)[:5])})"
        raise DataError(str(path), fault, "Save the list with numpy.savez(file, *arrays)")
    last = max(place for place, name in enumerate(longest) if name in found)
    for name, array in found.items():
        if array.dtype.kind not in "fiu" or not np.isfinite(array).all():
            fault = f"it holds {array.dtype} values that are not all finite numbers"
            raise DataError(f"{path}: {name}", fault, REMEDY)
    return [found.get(name, np.empty(MISSING, np.float32)) for name in longest[: last + 1]]


def load_layers(
    path: Path, arrays: Sequence[np.ndarray], layers: Sequence[keras.layers.Layer]
) -> None:
    """Set the weights of a network's layers; nothing is set unless everything fits.

    Parameters
    ----------
    path : Path
        Named in errors.
    arrays : sequence of np.ndarray
        From `read_arrays`.
    layers : sequence of Layer
        Built layers with parameters, in Lasagne's order: `MaskedConv1D` and `MultiWidthConv1D`
        with `flip_filters`, `PeepholeLSTM`, `AttentionDecoder`, ``keras.layers.Dense``.

    Raises
    ------
    DataError
        An array is missing, left over, or of another shape: its name, what it should be, the
        expected and the found shape.
    ValueError
        A layer of another kind.
    """
    plan = [(layer, *_plan(layer)) for layer in layers]
    expected = [(layer, part) for layer, parts, _ in plan for part in parts]
    for place, (layer, part) in enumerate(expected):
        record, what = f"{path}: arr_{place}", f"{part.name} of the layer {layer.name}"
        if is_missing(arrays, place):
            there = sum(not is_missing(arrays, number) for number in range(len(arrays)))
            fault = f"missing: the {what}, expected shape {part.shape}; the file has {there}"
            raise DataError(record, f"{fault} arrays, the network {len(expected)}", REMEDY)
        if arrays[place].shape != part.shape:
            fault = f"the {what} has shape {arrays[place].shape}, expected {part.shape}"
            raise DataError(record, fault, REMEDY)
    if len(arrays) > len(expected):
        fault = f"left over: the file has {len(arrays)} arrays, the network {len(expected)}"
        raise DataError(f"{path}: arr_{len(expected)}", fault, REMEDY)
    start = 0
    for _, parts, assign in plan:
        assign(arrays[start : start + len(parts)])
        start += len(parts)


def is_missing(arrays: Sequence[np.ndarray], place: int) -> bool:
    """Whether `read_arrays` found no array for this place."""
    return place >= len(arrays) or arrays[place].shape == MISSING


Plan = tuple[list[Part], Callable[[Sequence[np.ndarray]], None]]


def _plan(layer: Any) -> Plan:
    """Arrays that a layer expects, and what sets them."""
    if isinstance(layer, MaskedConv1D | MultiWidthConv1D):
        return _convolution(layer)
    if isinstance(layer, PeepholeLSTM):
        return _lstm(layer), layer.set_lasagne_weights
    if isinstance(layer, AttentionDecoder):
        return _decoder(layer), layer.set_lasagne_weights
    if isinstance(layer, keras.layers.Dense):
        parts = [Part("W", tuple(layer.kernel.shape)), Part("b", tuple(layer.bias.shape))]
        return parts, layer.set_weights
    raise ValueError(f"{layer.name}: Lasagne's arrays of a {type(layer).__name__} are not known")


def _convolution(layer: Any) -> Plan:
    if not (layer.flip_filters and layer.use_bias):
        raise ValueError(f"{layer.name}: Lasagne's convolutions flip their filters and have a bias")
    if isinstance(layer, MaskedConv1D):
        weights: dict[int, tuple[Any, Any]] = {layer.kernel_size: (layer.kernel, layer.bias)}
    else:
        weights = {k: (layer.kernels[str(k)], layer.biases[str(k)]) for k in layer.kernel_sizes}
    parts: list[Part] = []
    for width, (kernel, bias) in weights.items():
        parts.append(Part(f"W of width {width}", tuple(kernel.shape)[::-1]))
        parts.append(Part(f"b of width {width}", tuple(bias.shape)))

    def assign(arrays: Sequence[np.ndarray]) -> None:
        for place, (kernel, bias) in enumerate(weights.values()):
            kernel.assign(arrays[2 * place].transpose(2, 1, 0))
            bias.assign(arrays[2 * place + 1])

    return parts, assign


def _lstm(layer: PeepholeLSTM) -> list[Part]:
    features, units = layer.cell.kernel.shape[0], layer.units
    parts = []
    for gate in GATES:
        parts += [
            Part(f"{gate} gate's W", (features, units)),
            Part(f"{gate} gate's U", (units, units)),
            Part(f"{gate} gate's b", (units,)),
        ]
    return [*parts, *_peepholes(units), *_states(units)]


def _decoder(layer: AttentionDecoder) -> list[Part]:
    features, units, aligned = layer.cell.kernel.shape[0], layer.units, layer.alignment_units
    parts = []
    for gate in GATES:
        parts += [Part(f"{gate} gate's U", (units, units)), Part(f"{gate} gate's b", (units,))]
    parts += [Part(f"{gate} gate's W", (features, units)) for gate in GATES]
    parts += _peepholes(units)
    parts += [
        Part("W_align", (units, aligned)),
        Part("U_align", (features, aligned)),
        Part("v", (aligned, 1)),
    ]
    return parts + _states(units)


def _peepholes(units: int) -> list[Part]:
    return [Part(f"{gate} gate's peephole", (units,)) for gate in ("input", "forget", "output")]


def _states(units: int) -> list[Part]:
    return [Part(f"initial state {name}", (1, units)) for name in ("c0", "h0")]
