"""DeepLoc 1.0 (Almagro Armenteros et al. 2017): motifs, encoder, attention decoder, heads."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from common.backend import compiles_steps
from common.data.alphabet import PROTEIN, STANDS_FOR
from common.features.matrices import UNITS_PER_BIT, blosum
from common.layers import (
    AttentionDecoder,
    FixedEmbedding,
    MaskedBiLSTM,
    MaskedConv1D,
    MultiWidthConv1D,
    PeepholeLSTM,
    PositionDropout,
    RaggedToDense,
    TreeLeaves,
)
from common.layers.inputs import length_input, sequence_input
from common.training.heads import HEADS
from common.training.recipe import Recipe
from reproductions.deeploc.losses import known_crossentropy
from reproductions.deeploc.tree import LOCATIONS, NODES, PATHS

PROFILE_WIDTH = 20


def build(settings: Mapping[str, Any]) -> keras.Model:
    """Network of an experiment, compiled.

    Parameters
    ----------
    settings : mapping
        Resolved `settings.toml`: ``features`` is ``BLOSUM62`` or ``profile``, ``head`` is
        ``softmax`` or ``tree``.

    Returns
    -------
    keras.Model
        From ``tokens`` (batch, (length)) uint8, or ``profile`` (batch, (length), 20) float16, and
        ``length`` (batch,) int32 to ``location`` (batch, 10), in the order of `LOCATIONS`, and
        with a membrane head ``membrane`` (batch, 1). See `explain` for what else it can show.
    """
    inputs, x = _trunk(settings)
    outputs = {"location": _location(x, settings)}
    losses: dict[str, Any] = {"location": "sparse_categorical_crossentropy"}
    weights = {"location": 1.0}
    if settings["membrane"]:
        bound = _dropped(x, settings, "membrane")
        outputs["membrane"] = head(1, "sigmoid", "membrane", bound, _rectified())
        losses["membrane"] = known_crossentropy
        weights["membrane"] = settings["membrane_weight"]
    model = keras.Model(inputs, outputs, name=f"deeploc_{settings['head']}")
    model.compile(
        optimizer=Recipe.from_settings(settings).build_optimizer(),
        loss=losses,
        loss_weights=weights,
        metrics={"location": ["accuracy"]},
        jit_compile=compiles_steps(),
    )
    return model


def build_for(settings: Mapping[str, Any], n_labels: int, task: str) -> keras.Model:
    """The same network with one head for other labels, compiled.

    Parameters
    ----------
    settings : mapping
        As for `build`; its heads are not looked at.
    n_labels : int
    task : str
        A key of `HEADS`.

    Returns
    -------
    keras.Model
        To ``location`` (batch, n_labels) alone.
    """
    inputs, x = _trunk(settings)
    location = keras.layers.Dense(
        n_labels, activation=HEADS[task].activation, dtype="float32", name="location"
    )(_dropped(x, settings, "location"))
    model = keras.Model(inputs, location, name="deeploc")
    model.compile(
        optimizer=Recipe.from_settings(settings).build_optimizer(),
        loss=HEADS[task].loss,
        metrics=list(HEADS[task].metrics),
        jit_compile=compiles_steps(),
    )
    return model


def attended(model: keras.Model) -> keras.Model:
    """The network with the attention of its last decoding step.

    Returns
    -------
    keras.Model
        Outputs a dict: ``location`` and ``attention`` (batch, length), zero on padding.
    """
    location = model.output["location"] if isinstance(model.output, dict) else model.output
    _, attention = model.get_layer("attention").output
    return keras.Model(model.input, {"location": location, "attention": attention[:, :, -1]})


def explain(model: keras.Model) -> keras.Model:
    """The same network with what the figures show as further outputs.

    Returns
    -------
    keras.Model
        Outputs a dict: those of the network, ``context`` (batch, features), ``attention``
        (batch, length, steps), zero on padding, and for the tree ``nodes`` (batch, 9), the
        probability of each node's first child.
    """
    outputs = dict(model.output)
    outputs["context"], outputs["attention"] = model.get_layer("attention").output
    if any(layer.name == "node_logits" for layer in model.layers):
        logits = model.get_layer("node_logits").output
        outputs["nodes"] = keras.layers.Activation("sigmoid", dtype="float32")(logits)
    return keras.Model(model.input, outputs, name=f"{model.name}_explained")


def _trunk(settings: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
    """Inputs by name, and the features (batch, dense units) that the heads read."""
    inputs, x, mask = _inputs(settings)
    x = PositionDropout(settings["position_dropout"], name="position_dropout")(x)
    x = motifs(x, mask, settings)
    x = encoder(x, mask, settings)
    context, _ = decoder(x, mask, settings)
    x = keras.layers.Dropout(settings["dropout"], name="context_dropout")(context)
    return inputs, dense(settings)(x)


def encoding_table(columns: int) -> np.ndarray:
    """BLOSUM62 in bits, a row for each token.

    Parameters
    ----------
    columns : int
        20, the residues, or 23, as the released package: B, Z and X have columns too.

    Returns
    -------
    (24, columns) float32
    """
    table = blosum("BLOSUM62")
    if columns == table.shape[1]:
        return table
    if columns != table.shape[1] + len(STANDS_FOR):
        raise ValueError(f"BLOSUM62 has 20 or 23 columns here, not {columns}")
    from Bio.Align import substitution_matrices

    matrix = substitution_matrices.load("BLOSUM62")
    more = np.zeros((len(table), len(STANDS_FOR)), dtype=np.float32)
    more[1:] = [[matrix[row, column] for column in STANDS_FOR] for row in PROTEIN.letters]
    return np.concatenate([table, more / UNITS_PER_BIT["BLOSUM62"]], axis=1)


def motifs(x: Any, mask: Any, settings: Mapping[str, Any]) -> Any:
    """Convolutions of several widths side by side, then one over all of them; ReLU."""
    x = MultiWidthConv1D(
        settings["filters"],
        settings["kernel_sizes"],
        activation="relu",
        flip_filters=settings["flip_filters"],
        kernel_initializer=_rectified(),
        name="motifs",
    )(x, mask=mask)
    return MaskedConv1D(
        settings["second_filters"],
        settings["second_kernel"],
        activation="relu",
        flip_filters=settings["flip_filters"],
        kernel_initializer=_rectified(),
        name="combinations",
    )(x, mask=mask)


def encoder(x: Any, mask: Any, settings: Mapping[str, Any], return_sequences: bool = True) -> Any:
    """Both directions of the encoder: Lasagne's LSTM with peepholes, or Keras's without.

    Returns
    -------
    (batch, length, 2 units), or (batch, 2 units) without `return_sequences`
    """
    x = keras.layers.Dropout(settings["dropout"], name="motifs_dropout")(x)
    if not settings["peepholes"]:
        return MaskedBiLSTM(settings["lstm_units"], return_sequences, name="states")(x, mask=mask)
    both = [
        PeepholeLSTM(
            settings["lstm_units"],
            return_sequences=return_sequences,
            backwards=backwards,
            grad_clipping=settings["grad_clipping"],
            kernel_initializer=_gates(settings),
            recurrent_initializer=_gates(settings),
            state_initializer=settings["state_initializer"],
            name="backward" if backwards else "forward",
        )(x, mask=mask)
        for backwards in (False, True)
    ]
    return keras.layers.Concatenate(name="states")(both)


def decoder(x: Any, mask: Any, settings: Mapping[str, Any]) -> tuple[Any, Any]:
    """Context of the last decoding step, and the attention of all steps."""
    return AttentionDecoder(
        settings["decoder_units"],
        settings["alignment_units"],
        settings["steps"],
        return_weights=True,
        peepholes=settings["peepholes"],
        name="attention",
    )(x, mask=mask)


def dense(settings: Mapping[str, Any]) -> keras.layers.Dense:
    """The fully connected layer that reads the context."""
    return keras.layers.Dense(
        settings["dense_units"], activation="relu", kernel_initializer=_rectified(), name="dense"
    )


def _inputs(settings: Mapping[str, Any]) -> tuple[dict[str, Any], Any, Any]:
    """Inputs by name, features (batch, length, columns) and mask."""
    length = length_input()
    to_dense = RaggedToDense(name="to_dense")
    if settings["features"] == "profile":
        profile = sequence_input("profile", width=PROFILE_WIDTH, dtype="float16")
        x, mask = to_dense(profile, length)
        return {"profile": profile, "length": length}, x, mask
    tokens = sequence_input("tokens")
    indices, mask = to_dense(tokens, length)
    x = FixedEmbedding(encoding_table(settings["feature_columns"]), name="matrix")(indices)
    return {"tokens": tokens, "length": length}, x, mask


def _location(x: Any, settings: Mapping[str, Any]) -> Any:
    """Ten probabilities: a softmax, or the leaves of the tree."""
    x = _dropped(x, settings, "location")
    if settings["head"] == "softmax":
        return head(len(LOCATIONS), "softmax", "location", x, _rectified())
    logits = keras.layers.Dense(len(NODES), dtype="float32", name="node_logits")(x)
    return TreeLeaves(PATHS, dtype="float32", name="location")(logits)


def head(units: int, activation: str, name: str, x: Any, start: Any = "glorot_uniform") -> Any:
    """Probabilities in single precision; `start` initializes the kernel."""
    return keras.layers.Dense(
        units, activation=activation, kernel_initializer=start, dtype="float32", name=name
    )(x)


def _dropped(x: Any, settings: Mapping[str, Any], head: str) -> Any:
    """Each head drops out on its own."""
    return keras.layers.Dropout(settings["dropout"], name=f"{head}_dropout")(x)


def _rectified() -> Any:
    """Orthogonal starting values with the gain of rectified units, as in the package."""
    return keras.initializers.Orthogonal(gain=math.sqrt(2))


def _gates(settings: Mapping[str, Any]) -> Any:
    """Starting values of the gates: orthogonal, or Lasagne's own, normal with deviation 0.1."""
    if settings["gate_initializer"] == "orthogonal":
        return keras.initializers.Orthogonal()
    return keras.initializers.RandomNormal(stddev=0.1)
