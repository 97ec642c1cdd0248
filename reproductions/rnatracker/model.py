"""RNATracker's networks (Yan, Lécuyer and Blanchette 2019, sections 2.4 to 2.7 and 2.9).

| ``network`` | reads | parameters of ``code`` |
|---|---|---|
| ``full-length`` | whole transcripts | 52,328 |
| ``no-lstm`` | whole transcripts | 33,960 |
| ``fixed-length`` | the last 4,000 nucleotides, padded on the left | 31,720 |
| ``no-attention`` | the same | 140,868 |
| ``seq+struct`` | the same, and loop contexts in a tower of their own | 52,200 |
| ``seqxstruct`` | joint letters of nucleotide and context | 38,120 |
| ``nn-5mer``, ``dnn-5mer`` | counts of 1- to 5-mers | see `counts_network` |
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from common.backend import compiles_steps
from common.errors import UsageError
from common.layers import (
    AttentionPooling,
    FixedEmbedding,
    MaskedBiLSTM,
    MaskedConv1D,
    MaskedMaxPool1D,
    RaggedToDense,
    SkippingBiLSTM,
    old_hard_sigmoid,
)
from common.layers.inputs import length_input, sequence_input
from common.training.heads import HEADS
from common.training.recipe import Recipe
from reproductions.rnatracker.inputs import context_table, joint_table, nucleotide_table
from reproductions.rnatracker.kinds import NETWORKS, ON_COUNTS, WHOLE_LENGTH

Tensor = Any


def build(
    settings: Mapping[str, Any],
    n_fractions: int,
    n_features: int = 0,
    task: str = "distribution",
) -> keras.Model:
    """Network of an experiment, compiled with the Kullback-Leibler loss (section 2.6).

    Parameters
    ----------
    settings : mapping
        Resolved `settings.toml`; ``network`` is one of `kinds.NETWORKS`.
    n_fractions : int
        Fractions.
    n_features : int
        k-mers, for the networks on counts.
    task : str
        A key of `HEADS`: what the network answers; the paper's are shares of a whole.

    Returns
    -------
    keras.Model
        To shares (batch, n_fractions), each row summing to 1. From ``tokens`` uint8, ragged
        (batch, (length)) or (batch, fixed length), and ``length`` (batch,) int32; with structure
        also ``contexts``; on counts from ``counts`` (batch, n_features) float32. Layers named
        ``attention`` and ``conv_1`` are what the figures show.

    Raises
    ------
    UsageError
        Another network.
    """
    network = settings["network"]
    if network not in NETWORKS:
        raise UsageError("network", f"{network!r} is not known", f"Use {', '.join(NETWORKS)}")
    if network in ON_COUNTS:
        inputs, x = counts_network(settings, n_features)
    elif network in WHOLE_LENGTH:
        inputs, x = whole_network(settings)
    else:
        inputs, x = fixed_network(settings)
    head = HEADS[task]
    shares = keras.layers.Dense(
        n_fractions, activation=head.activation, dtype="float32", name="shares"
    )(x)
    name = network.replace("-", "_").replace("+", "_and_")
    model = keras.Model(inputs, shares, name=name)
    model.compile(
        optimizer=recipe_of(settings).build_optimizer(),
        loss=head.loss,
        metrics=_metrics(task),
        jit_compile=compiles_steps(),
    )
    return model


def _metrics(task: str) -> list[Any]:
    """Of shares, whether the largest is predicted to be the largest."""
    if task == "distribution":
        return [keras.metrics.CategoricalAccuracy(name="accuracy")]
    return list(HEADS[task].metrics)


def recipe_of(settings: Mapping[str, Any]) -> Recipe:
    """How a network is trained: ``whole_...`` settings stand for their namesakes where it reads
    whole transcripts."""
    chosen = dict(settings)
    if settings["network"] in WHOLE_LENGTH:
        for name in ("optimizer", "learning_rate", "batch_size"):
            chosen[name] = settings[f"whole_{name}"]
    else:
        chosen["max_positions"] = 0
    return Recipe.from_settings(chosen)


def whole_network(settings: Mapping[str, Any]) -> tuple[dict[str, Tensor], Tensor]:
    """Whole transcripts, exactly masked: blocks of convolution and pooling, LSTM, attention."""
    inputs = {"tokens": sequence_input("tokens"), "length": length_input()}
    tokens, mask = RaggedToDense(name="to_dense")(inputs["tokens"], inputs["length"])
    x = FixedEmbedding(nucleotide_table(), name="nucleotides")(tokens)
    for block in range(1, settings["blocks"] + 1):
        x = MaskedConv1D(
            settings["filters"],
            settings["filter_length"],
            activation="relu",
            padding="same",
            name=f"conv_{block}",
        )(x, mask=mask)
        x, mask = MaskedMaxPool1D(settings["pool"], name=f"pool_{block}")(x, mask=mask)
        x = keras.layers.Dropout(settings["dropout"], name=f"dropout_{block}")(x)
    if settings["network"] == "full-length":
        x = MaskedBiLSTM(settings["lstm_units"], name="states", **_lstm_options(settings))(
            x, mask=mask
        )
    context, _ = _attention(settings)(x, mask=mask)
    return inputs, context


def fixed_network(settings: Mapping[str, Any]) -> tuple[dict[str, Tensor], Tensor]:
    """The 3' end at a fixed length: equal lengths need no mask, blank steps are skipped.

    Padding stands on the left. Without a bias in the convolutions it stays exactly zero, so that
    the LSTM skips it; with one (no attention, separate towers) it soon does not. Attention takes
    in every step, padding included, unless the settings say otherwise.
    """
    network = settings["network"]
    biased = network in ("no-attention", "seq+struct")
    tokens = keras.Input((settings["length"],), name="tokens", dtype="uint8")
    inputs = {"tokens": tokens, "length": length_input()}
    table = joint_table() if network == "seqxstruct" else nucleotide_table()
    towers = [_tower(FixedEmbedding(table, name="nucleotides")(tokens), settings, biased, "")]
    if network == "seq+struct":
        inputs["contexts"] = keras.Input((settings["length"],), name="contexts", dtype="uint8")
        features = FixedEmbedding(context_table(), name="loop_contexts")(inputs["contexts"])
        towers.append(_tower(features, settings, biased, "structure_"))
    x = keras.layers.Concatenate(name="towers")(towers) if len(towers) > 1 else towers[0]
    options = _lstm_options(settings)
    if network == "seq+struct":
        options["recurrent_dropout"] = settings["lstm_recurrent_dropout"]
    x_states = SkippingBiLSTM(settings["lstm_units"], name="states", **options)(x)
    if network == "no-attention":
        steps = fixed_steps(settings)
        flat = keras.layers.Reshape((steps * 2 * settings["lstm_units"],), name="flat")(x_states)
        return inputs, flat
    mask = None
    if not settings["attention_over_padding"]:
        mask = keras.ops.any(keras.ops.not_equal(x, 0), axis=-1)
    context, _ = _attention(settings)(x_states, mask=mask)
    return inputs, context


def fixed_steps(settings: Mapping[str, Any]) -> int:
    """Steps that a fixed-length network's LSTM reads: 440 for 4,000 nucleotides."""
    steps = settings["length"]
    for _ in range(2):
        steps = (steps - settings["filter_length"] + 1) // settings["pool"]
    return steps


def counts_network(
    settings: Mapping[str, Any], n_features: int
) -> tuple[dict[str, Tensor], Tensor]:
    """Section 2.9: two hidden layers (DNN-5Mer) or none (NN-5Mer) on standardised k-mer counts.

    The released NN-5Mer has a linear layer as wide as its input before the softmax: the same
    functions, other steps of the optimizer.
    """
    counts = keras.Input((n_features,), name="counts", dtype="float32")
    inputs = {"counts": counts, "length": length_input()}
    x = counts
    if settings["network"] == "dnn-5mer":
        for layer in (1, 2):
            x = keras.layers.Dense(n_features, activation="relu", name=f"hidden_{layer}")(x)
            x = keras.layers.Dropout(settings["dense_dropout"], name=f"hidden_{layer}_dropout")(x)
    elif settings["linear_layer"]:
        x = keras.layers.Dense(n_features, name="linear")(x)
    return inputs, x


def explain(model: keras.Model) -> keras.Model:
    """The same network with its attention as a further output.

    Returns
    -------
    keras.Model
        Outputs a dict: ``shares`` (batch, n_fractions) and, where there is attention,
        ``attention`` (batch, steps), zero on masked steps.
    """
    outputs = {"shares": model.output}
    if "attention" in {layer.name for layer in model.layers}:
        outputs["attention"] = model.get_layer("attention").output[1]
    return keras.Model(model.input, outputs, name=f"{model.name}_explained")


def _tower(x: Tensor, settings: Mapping[str, Any], biased: bool, prefix: str) -> Tensor:
    """Two blocks of valid convolution, pooling and dropout."""
    for block in (1, 2):
        x = keras.layers.Conv1D(
            settings["filters"],
            settings["filter_length"],
            activation="relu",
            padding="valid",
            use_bias=biased,
            name=f"{prefix}conv_{block}",
        )(x)
        x = keras.layers.MaxPooling1D(settings["pool"], name=f"{prefix}pool_{block}")(x)
        x = keras.layers.Dropout(settings["dropout"], name=f"{prefix}dropout_{block}")(x)
    return x


def _attention(settings: Mapping[str, Any]) -> AttentionPooling:
    """Additive attention; a positive `attention_init` is the deviation of normal weights."""
    deviation = settings["attention_init"]
    normal = {}
    if deviation > 0:
        normal = {
            name: keras.initializers.RandomNormal(stddev=deviation)
            for name in ("kernel_initializer", "bias_initializer")
        }
    return AttentionPooling(settings["attention_units"], use_bias=True, name="attention", **normal)


def _lstm_options(settings: Mapping[str, Any]) -> dict[str, Any]:
    gate = old_hard_sigmoid if settings["old_hard_sigmoid"] else "sigmoid"
    return {"recurrent_activation": gate, "dropout": settings["lstm_dropout"]}
