"""The network of the reimplementation report, section 2.2.2, and what its section 4 proposes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from common.backend import compiles_steps
from common.layers import (
    AttentionDecoder,
    MaskedBiLSTM,
    MultiWidthConv1D,
    PadSequences,
    PositionDropout,
    RaggedToDense,
    TreeLeaves,
)
from common.layers.inputs import length_input, sequence_input
from common.training.recipe import Recipe
from reproductions.deeploc.losses import MultiLabelCrossentropy, known_crossentropy
from reproductions.deeploc.model import PROFILE_WIDTH, head
from reproductions.deeploc.tree import LOCATIONS, NODES, PATHS

KNOWN_RESIDUES = 20
PREFIX = "report_"


def report_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of the report's network: its own, ``report_NAME``, take the place of ``NAME``."""
    own = {
        name.removeprefix(PREFIX): value
        for name, value in settings.items()
        if name.startswith(PREFIX)
    }
    return {**settings, **own}


def build(
    settings: Mapping[str, Any], positive_weights: Sequence[float] | None = None
) -> keras.Model:
    """Network of an experiment, compiled.

    Parameters
    ----------
    settings : mapping
        From `report_settings`: ``features`` is ``embedding`` or ``profile``, ``head`` is
        ``sigmoids``, ``softmax`` or ``tree``.
    positive_weights : sequence of float, optional
        Weight of each location in the loss of the sigmoids where a protein has it.

    Returns
    -------
    keras.Model
        From ``tokens`` (batch, (length)) uint8, or ``profile`` (batch, (length), 20) float16, and
        ``length`` (batch,) int32 to ``location`` (batch, 10), probabilities of their own or, for
        the softmax and the tree, such that sum to 1, and ``membrane`` (batch, 1).

    Notes
    -----
    Masking: as written the network knows no mask. Every protein is padded with zeros to
    ``max_length``, so that its answer does not depend on its batch; the attention sees the
    padding. ``masked`` says where it is told from residues: in the ``attention`` alone, or
    ``everywhere``, and then nothing is padded beyond the batch.
    """
    inputs, x, mask, seen = _inputs(settings)
    x = MultiWidthConv1D(
        settings["filters"], settings["kernel_sizes"], activation="relu", name="motifs"
    )(x, mask=mask)
    x = MaskedBiLSTM(settings["lstm_units"], name="states")(x, mask=mask)
    context, _ = AttentionDecoder(
        settings["decoder_units"],
        settings["alignment_units"],
        settings["steps"],
        return_weights=True,
        peepholes=False,
        kernel_initializer="glorot_uniform",
        name="attention",
    )(x, mask=seen)
    x = keras.layers.Dropout(settings["dropout"], name="context_dropout")(context)
    x = keras.layers.Dense(settings["dense_units"], activation="relu", name="dense")(x)
    x = keras.layers.Dropout(settings["dropout"], name="dense_dropout")(x)
    outputs = {
        "location": _location(x, settings),
        "membrane": head(1, "sigmoid", "membrane", x),
    }
    one_of_ten = settings["head"] in ("softmax", "tree")
    loss = MultiLabelCrossentropy(positive_weights, settings["focus"])
    model = keras.Model(inputs, outputs, name=f"report_{settings['head']}")
    model.compile(
        optimizer=Recipe.from_settings(settings).build_optimizer(),
        loss={
            "location": "categorical_crossentropy" if one_of_ten else loss,
            "membrane": known_crossentropy,
        },
        loss_weights={"location": 1.0, "membrane": settings["membrane_weight"]},
        jit_compile=compiles_steps(),
    )
    return model


def balanced_weights(labels: np.ndarray, beta: float = 0.9999) -> list[float]:
    """Class-balanced weights (Cui et al. 2019): inverse effective numbers, 1 for the commonest.

    They weigh the proteins that have a location, so that a common one is answered as without
    them and a rare one is not outweighed by the proteins that lack it.

    Parameters
    ----------
    labels : (n, k) 0/1
        Of the training proteins; a location that none has counts as one that one has.
    beta : float
        The effective number of n examples is (1 - beta^n) / (1 - beta).
    """
    counts = np.maximum(np.asarray(labels).sum(axis=0), 1)
    weights = (1 - beta) / (1 - np.power(beta, counts))
    return [float(weight) for weight in weights / weights.min()]


def _inputs(settings: Mapping[str, Any]) -> tuple[dict[str, Any], Any, Any, Any]:
    """Inputs by name, features (batch, length, columns), and the masks of the layers before the
    attention and of the attention, or None.
    """
    length = length_input()
    to_dense = RaggedToDense(name="to_dense")
    profiles = settings["features"] == "profile"
    name = "profile" if profiles else "tokens"
    source = (
        sequence_input(name, width=PROFILE_WIDTH, dtype="float16")
        if profiles
        else sequence_input(name)
    )
    x, mask = to_dense(source, length)
    seen = mask
    if settings["masked"] != "everywhere":
        x, padded = PadSequences(length=settings["max_length"], name="padded")(x, mask=mask)
        mask, seen = None, padded if settings["masked"] == "attention" else None
    if not profiles:
        x = UnknownToPadding(KNOWN_RESIDUES, name="known_residues")(x)
    x = _hide_residues(x, settings["position_dropout"])
    if not profiles:
        start = keras.initializers.RandomNormal(stddev=settings["embedding_deviation"])
        x = keras.layers.Embedding(
            1 + KNOWN_RESIDUES, settings["embedding_units"], start, name="embedding"
        )(x)
    return {name: source, "length": length}, x, mask, seen


def _hide_residues(x: Any, rate: float) -> Any:
    """Make residues unknown in training, as the report proposes under augmentation."""
    if not rate:
        return x
    hide = PositionDropout(rate, name="hidden_residues")
    if len(x.shape) == 3:
        return hide(x)
    return ops.squeeze(hide(ops.expand_dims(x, -1)), axis=-1)


def _location(x: Any, settings: Mapping[str, Any]) -> Any:
    if settings["head"] == "tree":
        logits = keras.layers.Dense(len(NODES), dtype="float32", name="node_logits")(x)
        return TreeLeaves(PATHS, dtype="float32", name="location")(logits)
    activation = "softmax" if settings["head"] == "softmax" else "sigmoid"
    return head(len(LOCATIONS), activation, "location", x)


@keras.saving.register_keras_serializable(package="deeploc")
class UnknownToPadding(keras.layers.Layer):
    """Map tokens beyond the known residues to 0, the token of padding (report, section 2.2.1).

    Parameters
    ----------
    known : int
        Highest token of a known residue.

    Call arguments
    --------------
    tokens : (batch, length) int

    Returns
    -------
    (batch, length), of the type of `tokens`

    Notes
    -----
    Masking: none is needed, padding stays padding. No weights.
    """

    def __init__(self, known: int, **kwargs: Any) -> None:
        super().__init__(autocast=False, **kwargs)
        self.known = known
        self.built = True

    def call(self, tokens: Any) -> Any:
        return ops.where(tokens <= self.known, tokens, ops.zeros((), dtype=tokens.dtype))

    def compute_output_spec(self, tokens: Any) -> keras.KerasTensor:
        return keras.KerasTensor(tokens.shape, dtype=tokens.dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "known": self.known}
