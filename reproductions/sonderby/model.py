"""The convolutional R-LSTM and A-LSTM of Sønderby et al. 2015, sections 2.1 to 2.3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from common.backend import compiles_steps
from common.errors import UsageError
from common.features.matrices import feature_table
from common.layers import (
    AttentionPooling,
    FixedEmbedding,
    MaskedBiLSTM,
    MaskedLSTM,
    MultiWidthConv1D,
    RaggedToDense,
)
from common.layers.inputs import length_input, sequence_input
from common.training.heads import HEADS
from common.training.recipe import Recipe

PROFILE_WIDTH = 20


def build(settings: Mapping[str, Any], n_labels: int, task: str = "single-label") -> keras.Model:
    """Network of an experiment, compiled.

    Parameters
    ----------
    settings : mapping
        Resolved `settings.toml`; ``network`` is ``a-lstm`` or ``r-lstm``.
    n_labels : int
        Locations.
    task : str
        A key of `HEADS`: what the network answers; the paper's is one location.

    Returns
    -------
    keras.Model
        From ``tokens`` (batch, (length)) uint8, ``length`` (batch,) int32 and, with profiles,
        ``profile`` (batch, (length), 20) float16 to probabilities (batch, n_labels).
        Its layers named ``context``, ``attention``, ``forward`` and ``backward`` are what the
        figures show; see `explain`.

    Raises
    ------
    UsageError
        A network of another name.
    """
    tokens, length = sequence_input("tokens"), length_input()
    inputs = {"tokens": tokens, "length": length}
    dense, mask = RaggedToDense(name="to_dense")(tokens, length)
    x = FixedEmbedding(feature_table(settings["matrices"]), name="matrices")(dense)
    if settings["profiles"]:
        inputs["profile"] = sequence_input("profile", width=PROFILE_WIDTH, dtype="float16")
        profile, _ = RaggedToDense(name="profile_to_dense")(inputs["profile"], length)
        x = keras.layers.Concatenate(name="features")([x, profile])
    start = _initializer(settings)
    x = MultiWidthConv1D(
        settings["filters"],
        settings["kernel_sizes"],
        activation="relu",
        kernel_initializer=start,
        name="convolutions",
    )(x, mask=mask)
    x = keras.layers.Dropout(settings["dropout"], name="convolutions_dropout")(x)
    heads = {"a-lstm": _attention_head, "r-lstm": _last_state_head}
    if settings["network"] not in heads:
        raise UsageError(
            "network", f"{settings['network']!r} is not known", f"Use {', '.join(heads)}"
        )
    x = heads[settings["network"]](x, mask, settings)
    x = keras.layers.Dropout(settings["dropout"], name="head_dropout")(x)
    probabilities = keras.layers.Dense(
        n_labels,
        activation=HEADS[task].activation,
        kernel_initializer=start,
        dtype="float32",
        name="location",
    )(x)
    model = keras.Model(inputs, probabilities, name=settings["network"].replace("-", "_"))
    model.compile(
        optimizer=Recipe.from_settings(settings).build_optimizer(),
        loss=HEADS[task].loss,
        metrics=list(HEADS[task].metrics),
        jit_compile=compiles_steps(),
    )
    return model


def _attention_head(x: Any, mask: Any, settings: Mapping[str, Any]) -> Any:
    """BiLSTM and attention over its states: equations 11 to 13."""
    start = _initializer(settings)
    states = MaskedBiLSTM(
        settings["lstm_units"],
        kernel_initializer=start,
        recurrent_initializer=_initializer(settings),
        unit_forget_bias=False,
        name="states",
    )(x, mask=mask)
    context, _ = AttentionPooling(
        settings["attention_units"], kernel_initializer=start, name="attention"
    )(states, mask=mask)
    return context


def _last_state_head(x: Any, mask: Any, settings: Mapping[str, Any]) -> Any:
    """Last states of a forward LSTM and of one that reads the reversed sequence (Figure 4C)."""
    states = [
        MaskedLSTM(
            settings["lstm_units"],
            return_sequences=False,
            backwards=backwards,
            kernel_initializer=_initializer(settings),
            recurrent_initializer=_initializer(settings),
            unit_forget_bias=False,
            name="backward" if backwards else "forward",
        )(x, mask=mask)
        for backwards in (False, True)
    ]
    x = keras.layers.Concatenate(name="last_states")(states)
    x = keras.layers.Dropout(settings["dropout"], name="states_dropout")(x)
    return keras.layers.Dense(
        settings["dense_units"],
        activation="relu",
        kernel_initializer=_initializer(settings),
        name="dense",
    )(x)


def explain(model: keras.Model) -> keras.Model:
    """The same network with what the figures show as further outputs.

    Returns
    -------
    keras.Model
        Outputs a dict: ``location`` (batch, n_labels); of an A-LSTM ``context``
        (batch, 2 units) and ``attention`` (batch, length), zero on padding; of an R-LSTM
        ``forward`` and ``backward`` (batch, units).
    """
    outputs = {"location": model.output}
    names = {layer.name for layer in model.layers}
    if "attention" in names:
        outputs["context"], outputs["attention"] = model.get_layer("attention").output
    if "forward" in names:
        outputs["forward"] = model.get_layer("forward").output
        outputs["backward"] = model.get_layer("backward").output
    return keras.Model(model.input, outputs, name=f"{model.name}_explained")


def _initializer(settings: Mapping[str, Any]) -> keras.initializers.Initializer:
    """Uniform in [-range, range], a new draw each."""
    reach = settings["init_range"]
    return keras.initializers.RandomUniform(-reach, reach)
