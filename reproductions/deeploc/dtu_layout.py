"""Lists of arrays of DeepLoc's Lasagne family, each shape in terms of the network's sizes.

The order within a layer is that of `common.weights.lasagne`.
"""

from __future__ import annotations

from dataclasses import dataclass

from common.weights.lasagne import GATES
from reproductions.deeploc.tree import NODES

KINDS = ("ffn", "cnn", "cnn-lstm", "cnn-lstm-attention")
HEADS = ("softmax", "softmax and membrane", "tree and membrane")
PEEPHOLES = ("input", "forget", "output")

Shape = tuple[int | str, ...]


@dataclass(frozen=True)
class Expected:
    """An array of a layout.

    Parameters
    ----------
    name : str
        Such as ``the input gate's U of the layer forward``.
    shape : tuple of int or str
        Numbers, and names of sizes: fields of `Network`, or ``width 1`` for the width of the
        first filters, ``motifs`` for the number of filters over all widths, ``states`` for both
        directions of the encoder together, ``inputs`` for what a flat dense layer reads.
    """

    name: str
    shape: Shape


def layout(kind: str, head: str, widths: int) -> list[Expected]:
    """Every array of a network, in the order of Lasagne's list.

    Parameters
    ----------
    kind, head : str
        Of `KINDS` and `HEADS`.
    widths : int
        Widths of the first filters; not looked at for the network without any.
    """
    arrays: list[Expected] = []
    read = "inputs"
    if kind != "ffn":
        arrays += _convolutions(widths)
    if "lstm" in kind:
        arrays += _lstm("forward") + _lstm("backward")
        read = "states"
    if kind == "cnn-lstm-attention":
        arrays += _decoder()
    return arrays + _dense("dense", read, "dense_units") + _head(head)


def _of(layer: str, *parts: tuple[str, Shape]) -> list[Expected]:
    return [Expected(f"the {name} of the layer {layer}", shape) for name, shape in parts]


def _dense(layer: str, read: str, units: int | str) -> list[Expected]:
    return _of(layer, ("W", (read, units)), ("b", (units,)))


def _head(head: str) -> list[Expected]:
    if head == HEADS[2]:
        arrays = [
            one for place in range(len(NODES)) for one in _dense(f"node_{place}", "dense_units", 1)
        ]
    else:
        arrays = _dense("location", "dense_units", "labels")
    return arrays if head == HEADS[0] else arrays + _dense("membrane", "dense_units", 1)


def _convolutions(widths: int) -> list[Expected]:
    arrays: list[Expected] = []
    for number in range(1, widths + 1):
        arrays += _of(
            "motifs",
            (f"W of width {number}", ("filters", "features", f"width {number}")),
            (f"b of width {number}", ("filters",)),
        )
    return arrays + _of(
        "combinations",
        ("W", ("second_filters", "motifs", "second_kernel")),
        ("b", ("second_filters",)),
    )


def _lstm(layer: str) -> list[Expected]:
    arrays: list[Expected] = []
    for gate in GATES:
        arrays += _of(
            layer,
            (f"{gate} gate's W", ("second_filters", "lstm_units")),
            (f"{gate} gate's U", ("lstm_units", "lstm_units")),
            (f"{gate} gate's b", ("lstm_units",)),
        )
    return arrays + _peepholes(layer, "lstm_units") + _states(layer, "lstm_units")


def _decoder() -> list[Expected]:
    layer, units = "attention", "decoder_units"
    arrays: list[Expected] = []
    for gate in GATES:
        arrays += _of(layer, (f"{gate} gate's U", (units, units)), (f"{gate} gate's b", (units,)))
    arrays += _of(layer, *((f"{gate} gate's W", ("states", units)) for gate in GATES))
    arrays += _peepholes(layer, units)
    arrays += _of(
        layer,
        ("W_align", (units, "alignment_units")),
        ("U_align", ("states", "alignment_units")),
        ("v", ("alignment_units", 1)),
    )
    return arrays + _states(layer, units)


def _peepholes(layer: str, units: str) -> list[Expected]:
    return _of(layer, *((f"{gate} gate's peephole", (units,)) for gate in PEEPHOLES))


def _states(layer: str, units: str) -> list[Expected]:
    return _of(layer, *((f"initial state {name}", (1, units)) for name in ("c0", "h0")))
