"""The published Lasagne networks of DeepLoc's family, rebuilt so that their weights fit exactly.

Four networks of a tutorial on MultiLoc (Jurtz et al. 2017), the larger example beside it
(``model.py``), and DeepLoc 1.0 as its package was released: all take dense features, a profile or
an encoding, and their convolutions see the padding. Such a network is told from its list of arrays
alone, but for the number of decoding steps, which no array holds.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import keras

from common.errors import UsageError
from common.layers import PadSequences, RaggedToDense, TreeLeaves
from common.layers.inputs import length_input, sequence_input
from common.weights.lasagne import load_layers, read_arrays
from reproductions.deeploc.dtu_arrays import POOL, Network, recognise
from reproductions.deeploc.dtu_layout import HEADS
from reproductions.deeploc.model import decoder, dense, encoder, motifs
from reproductions.deeploc.tree import LOCATIONS, NODES, PATHS, TREE

LABELS: tuple[str, ...] = (
    "Nuclear",
    "Cytoplasmic",
    "Extracellular",
    "Mitochondrial",
    "Plasma membrane",
    "ER",
    "Chloroplast",
    "Golgi",
    "Lysosomal or vacuolar",
    "Peroxisomal",
)
"""Outputs of the networks that were trained on MultiLoc; lysosomal and vacuolar are one."""


EXAMPLE = Network(
    kernel_sizes=(1, 3, 5, 9, 15, 21),
    second_filters=64,
    lstm_units=256,
    decoder_units=512,
    alignment_units=256,
    steps=10,
    dense_units=512,
    state_initializer="orthogonal",
)
"""The example ``model.py``: 3,312,310 trained parameters."""


def build(network: Network) -> keras.Model:
    """A network of the family, not compiled.

    Returns
    -------
    keras.Model
        From ``profile`` (batch, (length), features) float32 and ``length`` (batch,) int32 to a
        dict: ``location`` (batch, labels), for networks with attention ``attention`` (batch,
        padded length, steps), and where the head has one ``membrane`` (batch, 1).

    Notes
    -----
    Masking: as in the published code the convolutions see the padding (a bias is not zero), the
    LSTMs and the attention do not. One position of padding is appended, all that a convolution of
    width 3 can see of it, so that the answer does not depend on the rest of the batch.
    """
    settings: dict[str, Any] = {**asdict(network), "flip_filters": True, "peepholes": True}
    profile = sequence_input("profile", width=network.features, dtype="float32")
    length = length_input()
    x, mask = RaggedToDense(name="to_dense")(profile, length)
    outputs: dict[str, Any] = {}
    if network.kind in ("ffn", "cnn"):
        x, _ = PadSequences(length=network.length, name="padded")(x, mask=mask)
        if network.kind == "cnn":
            x = motifs(x, None, settings)
            x = keras.layers.MaxPooling1D(POOL, name="pooled")(x)
            x = keras.layers.Permute((2, 1), name="channels_first")(x)
        x = keras.layers.Flatten(name="flat")(x)
    else:
        x, mask = PadSequences(extra=network.second_kernel // 2, name="padded")(x, mask=mask)
        x = motifs(x, None, settings)
        attends = network.kind == "cnn-lstm-attention"
        x = encoder(x, mask, settings, return_sequences=attends)
        if attends:
            x, outputs["attention"] = decoder(x, mask, settings)
    x = dense(settings)(x)
    x = keras.layers.Dropout(network.dropout, name="dense_dropout")(x)
    if network.head == HEADS[2]:
        nodes = [keras.layers.Dense(1, name=f"node_{place}")(x) for place in range(len(NODES))]
        logits = keras.layers.Concatenate(name="node_logits")(nodes)
        outputs["location"] = TreeLeaves(PATHS, name="location")(logits)
    else:
        outputs["location"] = keras.layers.Dense(
            network.labels, activation="softmax", name="location"
        )(x)
    if network.head != HEADS[0]:
        outputs["membrane"] = keras.layers.Dense(1, activation="sigmoid", name="membrane")(x)
    name = network.kind.replace("-", "_")
    return keras.Model({"profile": profile, "length": length}, outputs, name=name)


def lasagne_layers(model: keras.Model) -> list[keras.layers.Layer]:
    """Layers with parameters in the order in which Lasagne lists them."""
    nodes = [f"node_{place}" for place in range(len(NODES))]
    order = ["motifs", "combinations", "forward", "backward", "attention", "dense"]
    order += [*nodes, "location", "membrane"]
    found = {layer.name: layer for layer in model.layers if layer.weights}
    return [found[name] for name in order if name in found]


def locations_of(network: Network) -> tuple[str, ...]:
    """Names of the outputs, in their order; none where they are not known.

    Heads with a membrane are those of the released package, a softmax of ten alone is that of the
    networks that were trained on MultiLoc.
    """
    known = LABELS if network.head == HEADS[0] else LOCATIONS
    return known if len(known) == network.labels else ()


def told(network: Network) -> str:
    """What a reader of imported weights must know of their outputs, a line for each.

    The labels, which the file does not hold; of a tree also the children that its nodes are taken
    to have (`docs/decisions/deeploc-tree.md`).
    """
    lines = [f"labels: {', '.join(network.locations) or 'not known'}"]
    if network.head == HEADS[2]:
        lines.append("children of the nodes, assumed since no array tells them:")
        lines += [f"  {node} 1: {yes}, 0: {no}" for node, (yes, no) in TREE.items()]
    return "\n".join(lines)


def load(path: Path, steps: int | None = None, features: int = 20) -> tuple[keras.Model, Network]:
    """Build the network whose parameters a file holds, with these.

    Parameters
    ----------
    path : Path
        ``.npz``, a list of Lasagne's arrays.
    steps : int, optional
        Decoding steps, needed for networks with attention: 2 in the tutorial, 10 elsewhere.
    features : int
        Features a residue, needed for the network without convolutions.

    Returns
    -------
    model : keras.Model
    network : Network
        Its sizes, and the names of its labels where they are known.

    Raises
    ------
    DataError
        An array is missing, left over or misshapen: which one, its expected and its found shape.
        Or no network of the family has such arrays.
    UsageError
        The number of steps is needed.
    """
    arrays = read_arrays(path)
    network = recognise(path, arrays, features)
    if network.kind == "cnn-lstm-attention":
        if steps is None:
            fault = "the number of decoding steps is not in the file"
            raise UsageError(str(path), fault, "Give --steps: 2 for the tutorial, else 10")
        if steps < 1:
            raise UsageError("steps", f"{steps} is below 1", "Give a positive number")
        network = replace(network, steps=steps)
    model = build(network)
    load_layers(path, arrays, lasagne_layers(model))
    return model, replace(network, locations=locations_of(network))
