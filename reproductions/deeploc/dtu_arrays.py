"""Which network of DeepLoc's Lasagne family a list of arrays belongs to, and its sizes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np

from common.errors import DataError
from common.weights.lasagne import MISSING
from reproductions.deeploc.dtu_layout import HEADS, KINDS, Expected, Shape, layout

POOL = 5
LEAST_LIKENESS = 0.5
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
    locations : tuple of str
        Names of the labels in the order of the outputs, where they are known; no part of the
        sizes.
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
    locations: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Layout:
    """A network's list of arrays with the sizes that most arrays of a file agree on.

    Parameters
    ----------
    kind, head : str
        As in `Network`.
    widths : int
        Widths of the first filters.
    arrays : list of Expected
    sizes : dict of str to int
        By the names that stand in the shapes; a size that no array tells is missing.
    """

    kind: str
    head: str
    widths: int
    arrays: list[Expected]
    sizes: dict[str, int]

    @property
    def shapes(self) -> list[Shape]:
        """Shape of each array; a size that is not known keeps its name."""
        return [tuple(map(self._size, one.shape)) for one in self.arrays]

    def _size(self, axis: int | str) -> int | str:
        return self.sizes.get(axis, axis) if isinstance(axis, str) else axis

    def __str__(self) -> str:
        return f"the nearest network ({self.kind} with {self.head}) {len(self.arrays)}"


def recognise(path: Path, arrays: Sequence[np.ndarray], features: int = 20) -> Network:
    """Tell a network and its sizes from its list of arrays.

    The list is compared with the nearest of the family, each size being the one that most of the
    arrays with it have, so that one that is missing or misshapen is found and named.

    Parameters
    ----------
    path : Path
        Named in errors.
    arrays : sequence of np.ndarray
        From `common.weights.lasagne.read_arrays`.
    features : int
        Features a residue, which a network without convolutions does not tell.

    Raises
    ------
    DataError
        The first array that is missing, left over or of another shape than in the nearest network
        of the family; or no network is near.
    """
    shapes = [array.shape for array in arrays]
    nearest = _nearest(path, shapes)
    _compare(path, shapes, nearest)
    own = {one.name for one in fields(Network)}
    sizes: dict[str, Any] = {name: n for name, n in nearest.sizes.items() if name in own}
    if nearest.kind == "ffn":
        length = _share(path, nearest, features, "features", "Give --features, those a residue")
        return Network(nearest.kind, features=features, length=length, **sizes)
    if nearest.kind == "cnn":
        filters = sizes["second_filters"]
        sizes["length"] = POOL * _share(path, nearest, filters, "filters", REMEDY)
    return Network(nearest.kind, nearest.head, kernel_sizes=_widths(path, nearest), **sizes)


def _nearest(path: Path, shapes: Sequence[Shape]) -> Layout:
    """The layout that most arrays fit, of all kinds, heads and numbers of widths in question."""
    kernels = sum(len(shape) == 3 for shape in shapes)
    candidates = [("ffn", HEADS[0], 0)]
    candidates += [
        (kind, head, widths)
        for widths in range(max(1, kernels - 2), kernels + 1)
        for kind in KINDS[1:]
        for head in HEADS
    ]
    found = [_agreed(*candidate, shapes) for candidate in candidates]
    likeness = [_likeness(shapes, one.shapes) for one in found]
    if max(likeness) < LEAST_LIKENESS:
        fault = (
            f"{len(shapes)} arrays: no network of the family is near (with two widths of filters "
            "4 FFN, 10 CNN, 44 CNN-LSTM, 64 CNN-LSTM-attention; with six widths 8 more)"
        )
        raise DataError(str(path), fault, REMEDY)
    return found[int(np.argmax(likeness))]


def _agreed(kind: str, head: str, widths: int, shapes: Sequence[Shape]) -> Layout:
    """A layout with each size as most of the arrays have it that stand where the layout has it.

    Of sizes that as many arrays have, that of the tutorial is taken, then the largest.
    """
    arrays = layout(kind, head, widths)
    votes: dict[str, Counter[int]] = defaultdict(Counter)
    for shape, one in _aligned(shapes, arrays):
        for size, axis in zip(shape, one.shape, strict=True):
            if isinstance(axis, str) and isinstance(size, int):
                votes[axis][size] += 1
    tutorial = asdict(Network())
    sizes = {
        name: max(counts, key=lambda size: (counts[size], size == tutorial.get(name), size))
        for name, counts in votes.items()
    }
    if "filters" in sizes:
        sizes["motifs"] = widths * sizes["filters"]
    if "lstm_units" in sizes:
        sizes["states"] = 2 * sizes["lstm_units"]
    return Layout(kind, head, widths, arrays, sizes)


def _aligned(
    shapes: Sequence[Shape], arrays: Sequence[Expected]
) -> Iterator[tuple[Shape, Expected]]:
    """Arrays beside those of a layout from the front, and from the back, while the axes agree.

    Where one is missing or has other axes, those before it are met from the front, those behind
    it from the back.
    """
    for step in (1, -1):
        for shape, one in zip(shapes[::step], arrays[::step], strict=False):
            if len(shape) != len(one.shape):
                break
            yield shape, one


def _likeness(shapes: Sequence[Shape], expected: Sequence[Shape]) -> float:
    """Share of the arrays of both lists that the other has too, in the same order."""
    return SequenceMatcher(None, shapes, expected, autojunk=False).ratio()


def _compare(path: Path, shapes: Sequence[Shape], nearest: Layout) -> None:
    """Raise a `DataError` that names the first array that does not fit."""
    counts = f"the file has {sum(shape != MISSING for shape in shapes)} arrays, {nearest}"
    for place, (one, shape) in enumerate(zip(nearest.arrays, nearest.shapes, strict=True)):
        record, expected = f"{path}: arr_{place}", str(shape).replace("'", "")
        if place >= len(shapes) or shapes[place] == MISSING:
            fault = f"missing: {one.name}, expected shape {expected}; {counts}"
            raise DataError(record, fault, REMEDY)
        if shapes[place] != shape:
            fault = f"{one.name} has shape {shapes[place]}, expected {expected}; {counts}"
            raise DataError(record, fault, REMEDY)
    if len(shapes) > len(nearest.arrays):
        fault = f"left over, of shape {shapes[len(nearest.arrays)]}; {counts}"
        raise DataError(f"{path}: arr_{len(nearest.arrays)}", fault, REMEDY)


def _widths(path: Path, nearest: Layout) -> tuple[int, ...]:
    """Widths of the first filters, all of them different."""
    widths = tuple(nearest.sizes[f"width {number + 1}"] for number in range(nearest.widths))
    for place, width in enumerate(widths):
        if width in widths[:place]:
            fault = f"the filters have the widths {widths}, {width} twice"
            raise DataError(f"{path}: arr_{2 * place}", fault, REMEDY)
    return widths


def _share(path: Path, nearest: Layout, of: int, name: str, remedy: str) -> int:
    """Rows of the flat dense layer by what stands at each position."""
    place = next(p for p, one in enumerate(nearest.arrays) if "inputs" in one.shape)
    rows = nearest.sizes["inputs"]
    if rows % of:
        fault = f"{nearest.arrays[place].name} has {rows} rows, which is no multiple of {of} {name}"
        raise DataError(f"{path}: arr_{place}", fault, remedy)
    return rows // of
