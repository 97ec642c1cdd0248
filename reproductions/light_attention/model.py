"""Light Attention, its ablations and the feed-forward baseline of Stärk et al. 2021."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from common.backend import compiles_steps
from common.layers import (
    ChannelAttention,
    FixedEmbedding,
    GlobalMaskedAveragePool1D,
    GlobalMaskedMaxPool1D,
    MaskedConv1D,
    MultiWidthConv1D,
    RaggedToDense,
    Standardize,
    TorchBatchNormalization,
)
from common.layers.inputs import length_input, sequence_input
from common.training.heads import HEADS
from common.training.recipe import Recipe

Tensor = Any

NETWORKS = ("la", "la-mean", "la-no-max", "bahdanau", "ffn")
WIDE = 128


def build(
    settings: Mapping[str, Any],
    width: int,
    n_labels: int,
    task: str = "single-label",
    *,
    as_product: bool = False,
) -> keras.Model:
    """Network of an experiment, compiled.

    Parameters
    ----------
    settings : mapping
        Resolved `settings.toml`; ``network`` is one of `NETWORKS`, ``input`` is ``tokens`` for
        one-hot letters, and ``embedding`` or ``profile`` for features from a file.
    width : int
        Features a residue.
    n_labels : int
        Locations, or 2 for membrane and soluble.
    task : str
        A key of `HEADS`: what the network answers; the paper's is one location.
    as_product : bool
        Compute wide convolutions as one product, which is faster on CPUs (`MaskedConv1D`).

    Returns
    -------
    keras.Model
        From ``tokens`` (batch, (length)) uint8 or ``embedding`` (batch, (length), width), and
        ``length`` (batch,) int32, to probabilities (batch, n_labels). An ``ffn`` reads
        ``protein`` (batch, width), the mean over the residues. The layer ``logits`` has what the
        authors' code gives out.
    """
    if settings["network"] == "ffn":
        protein = keras.Input((width,), name="protein")
        inputs = {"protein": protein, "length": length_input()}
        x = _standardized(protein, None, settings)
    else:
        inputs, dense, mask = _residues(settings, width)
        dense = _standardized(dense, mask, settings)
        x = _summary(dense, mask, settings, width, as_product and width >= WIDE)
    x = _hidden(x, settings)
    logits = _dense(n_labels, x, "logits", dtype="float32")
    head = HEADS[task]
    probabilities = keras.layers.Activation(head.activation, dtype="float32", name="probabilities")
    model = keras.Model(inputs, probabilities(logits), name=settings["network"].replace("-", "_"))
    model.compile(
        optimizer=Recipe.from_settings(settings).build_optimizer(),
        loss=head.loss,
        metrics=list(head.metrics),
        jit_compile=compiles_steps(),
    )
    return model


def logits_of(model: keras.Model) -> keras.Model:
    """The same network without its softmax."""
    return keras.Model(model.input, model.get_layer("logits").output, name=f"{model.name}_logits")


def explain(model: keras.Model) -> keras.Model:
    """The same network with what Figure 3 shows as further outputs.

    Returns
    -------
    keras.Model
        Outputs a dict: ``probabilities`` (batch, n_labels), ``mean`` (batch, width), the mean of
        the embeddings X, and ``attention`` (batch, length), the mean of the channels' weights,
        zero on padding. Where there are as many channels as features also ``weighted``
        (batch, width), the sum over the residues of A_ij X_ij.
    """
    dense, mask = model.get_layer("to_dense").output
    if any(layer.name == "one_hot" for layer in model.layers):
        dense = model.get_layer("one_hot").output
    outputs = {"mean": GlobalMaskedAveragePool1D(name="pooled_embedding")(dense, mask=mask)}
    outputs |= attended(model).output
    if "attention" in outputs:
        weights = model.get_layer("attention").output[1]
        if weights.shape[-1] == dense.shape[-1]:
            outputs["weighted"] = ops.sum(weights * ops.cast(dense, weights.dtype), axis=1)
    return keras.Model(model.input, outputs, name=f"{model.name}_explained")


def attended(model: keras.Model) -> keras.Model:
    """The same network with its attention, where it has any, as a further output.

    Returns
    -------
    keras.Model
        Outputs a dict: ``probabilities`` (batch, n_labels) and, of a network with softmax
        attention, ``attention`` (batch, length), the mean over the channels of their weights.
    """
    outputs = {"probabilities": model.output}
    if any(layer.name == "attention" for layer in model.layers):
        outputs["attention"] = ops.mean(model.get_layer("attention").output[1], axis=-1)
    return keras.Model(model.input, outputs, name=f"{model.name}_attended")


def _residues(settings: Mapping[str, Any], width: int) -> tuple[dict[str, Tensor], Tensor, Tensor]:
    """Inputs, features (batch, length, width) and mask of the residues."""
    length = length_input()
    if settings["input"] == "tokens":
        tokens = sequence_input("tokens")
        dense, mask = RaggedToDense(name="to_dense")(tokens, length)
        table = np.eye(width + 1, width, -1)
        return (
            {"tokens": tokens, "length": length},
            FixedEmbedding(table, name="one_hot")(dense),
            mask,
        )
    embedding = sequence_input("embedding", width=width, dtype="float32")
    dense, mask = RaggedToDense(name="to_dense")(embedding, length)
    return {"embedding": embedding, "length": length}, dense, mask


def _standardized(x: Tensor, mask: Tensor | None, settings: Mapping[str, Any]) -> Tensor:
    """Features as the settings ask; weights that are older than the setting have none of it."""
    if not settings.get("standardize", False):
        return x
    return Standardize(name="standard")(x, **({} if mask is None else {"mask": mask}))


def _summary(
    x: Tensor, mask: Tensor, settings: Mapping[str, Any], width: int, as_product: bool
) -> Tensor:
    """The vector that the MLP reads: attended values, then their maximum.

    Dropout lies on the values alone, element by element, before both. With ``max_over`` =
    ``padded`` the maximum also sees the positions after a sequence, as in the authors' code: the
    bias there, the last residues through the window, and zeros of the dropout.
    """
    network, sees_padding = settings["network"], settings["max_over"] == "padded"
    channels, sizes = settings["channels"] or width, settings["kernel_sizes"]
    v = _convolution("values", x, None if sees_padding else mask, channels, sizes, as_product)
    v = keras.layers.Dropout(settings["conv_dropout"], name="values_dropout")(v)
    if network == "bahdanau":
        scores = _convolution("scores", v, mask, v.shape[-1], [1], as_product)
    else:
        scores = _convolution("scores", x, mask, channels, sizes, as_product)
    if network == "la-mean":
        attended = GlobalMaskedAveragePool1D(name="mean_scores")(scores, mask=mask)
    else:
        attended, _ = ChannelAttention(lean=as_product, name="attention")(v, scores, mask=mask)
    if network == "la-no-max":
        return attended
    over = None if sees_padding else mask
    maximum = GlobalMaskedMaxPool1D(lean=as_product, name="maximum")(v, mask=over)
    return keras.layers.Concatenate(name="summary")([attended, maximum])


def _hidden(x: Tensor, settings: Mapping[str, Any]) -> Tensor:
    """Dense, dropout, ReLU, batch normalisation: in this order."""
    x = _dense(settings["hidden_units"], x, "hidden")
    x = keras.layers.Dropout(settings["head_dropout"], name="hidden_dropout")(x)
    x = keras.layers.Activation("relu", name="hidden_relu")(x)
    return TorchBatchNormalization(name="normalised")(x)


def _convolution(
    name: str, x: Tensor, mask: Tensor, filters: int, sizes: Sequence[int], as_product: bool
) -> Tensor:
    """One convolution, or several of different sizes with their filters side by side."""
    options = {"as_product": as_product, "kernel_initializer": _as_torch(), "name": name}
    biases = [_bias_as_torch(size * x.shape[-1]) for size in sizes]
    if len(sizes) == 1:
        layer = MaskedConv1D(filters, sizes[0], bias_initializer=biases[0], **options)
    else:
        layer = MultiWidthConv1D(filters, sizes, bias_initializer=biases, **options)
    return layer(x, mask=mask)


def _dense(units: int, x: Tensor, name: str, **options: Any) -> Tensor:
    layer = keras.layers.Dense(
        units,
        kernel_initializer=_as_torch(),
        bias_initializer=_bias_as_torch(x.shape[-1]),
        name=name,
        **options,
    )
    return layer(x)


def _as_torch() -> keras.initializers.Initializer:
    """Uniform in ± 1 / sqrt(fan in), as torch draws the weights of a layer; a new draw each."""
    return keras.initializers.VarianceScaling(1 / 3, "fan_in", "uniform")


def _bias_as_torch(fan_in: int) -> keras.initializers.Initializer:
    reach = 1 / math.sqrt(fan_in)
    return keras.initializers.RandomUniform(-reach, reach)
