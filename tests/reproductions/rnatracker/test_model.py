"""The eight networks: sizes, and the same answer in any batch."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest
from keras import ops

from common.data.alphabet import RNA
from common.errors import UsageError
from common.layers import old_hard_sigmoid
from common.paths import mirror_folder
from common.sources import Examples, TokenSource, VectorSource
from common.training.fit import predict
from reproductions.rnatracker.data import load_table
from reproductions.rnatracker.experiments import SETTINGS
from reproductions.rnatracker.inputs import base_tokens, nucleotide_table, three_prime
from reproductions.rnatracker.model import build, explain, fixed_steps, recipe_of

FIXED = ("fixed-length", "no-attention", "seq-by-struct", "seq-and-struct")


def settings(experiment: str, variant: str = "code", profile: str = "full", **changes) -> dict:
    return SETTINGS.resolve(variant, profile, experiment, changes)


def scattered(model: keras.Model, scale: float = 0.25) -> keras.Model:
    """The model with weights so large that its answers differ."""
    rng = np.random.default_rng(0)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(size=weight.shape, scale=scale))
    return model


@pytest.mark.parametrize(
    ("experiment", "variant", "parameters"),
    [
        ("full-length", "code", 52328),
        ("full-length", "paper", 31784),
        ("no-lstm", "code", 33960),
        ("fixed-length", "code", 31720),
        ("fixed-length", "paper", 31720),
        ("no-attention", "code", 140868),
        ("seq-and-struct", "code", 52200),
        ("seq-by-struct", "code", 38120),
        ("nn-5mer", "paper", 1364 * 4 + 4),
        ("nn-5mer", "code", 1364 * 4 + 4),
        ("dnn-5mer", "paper", 2 * 1364 * 1365 + 1364 * 4 + 4),
    ],
)
def test_parameter_counts(experiment, variant, parameters):
    model = build(settings(experiment, variant), 4, 1364)
    assert sum(math.prod(w.shape) for w in model.trainable_weights) == parameters


def test_the_released_linear_layer_can_be_put_in():
    model = build(settings("nn-5mer", linear_layer=True), 4, 1364)
    expected = 1364 * 1365 + 1364 * 4 + 4
    assert sum(math.prod(w.shape) for w in model.trainable_weights) == expected
    assert model.get_layer("linear").activation is keras.activations.linear


def test_4000_nucleotides_become_440_steps():
    assert fixed_steps(settings("fixed-length")) == 440


def test_gates_and_optimizers_are_those_of_each_variant():
    code = build(settings("full-length"), 4)
    gate = code.get_layer("states").forward_layer.lstm.recurrent_activation
    assert gate is old_hard_sigmoid and type(code.optimizer).__name__ == "Adam"
    paper = build(settings("full-length", "paper"), 4)
    assert (
        paper.get_layer("states").forward_layer.lstm.recurrent_activation
        is keras.activations.sigmoid
    )
    assert type(paper.optimizer).__name__ == "ScheduledNadam"
    fixed = build(settings("fixed-length"), 4).optimizer
    assert float(fixed.learning_rate) == pytest.approx(2e-3)
    assert (type(fixed).__name__, fixed.schedule_decay) == ("ScheduledNadam", 0.004)
    assert type(build(settings("fixed-length", "best"), 4).optimizer).__name__ == "Nadam"
    alone = recipe_of(settings("full-length-one-by-one"))
    assert (alone.batch_size, alone.learning_rate) == (1, 1e-4)


def test_another_network_is_refused():
    with pytest.raises(UsageError, match="full-length, no-lstm"):
        build(settings("full-length", network="full"), 4)


def whole(sequences: list[str]) -> Examples:
    lengths = np.array([len(sequence) for sequence in sequences])
    ids = np.array([f"T{place}" for place in range(len(sequences))])
    return Examples(ids, lengths, {"tokens": TokenSource(sequences, RNA)})


def fixed(sequences: list[str], length: int, *, contexts: bool, joint: bool) -> Examples:
    rng = np.random.default_rng(3)
    top = 31 if joint else 6
    rows = [
        three_prime(
            rng.integers(1, top, len(s)).astype("uint8") if joint else base_tokens(s), length
        )
        for s in sequences
    ]
    sources = {"tokens": VectorSource(np.stack(rows))}
    if contexts:
        pieces = [rng.integers(1, 7, len(s)).astype("uint8") for s in sequences]
        rows = [three_prime(piece, length) for piece in pieces]
        sources["contexts"] = VectorSource(np.stack(rows))
    ids = np.array([f"T{place}" for place in range(len(sequences))])
    return Examples(ids, np.full(len(sequences), length), sources)


@pytest.fixture(scope="module")
def transcripts() -> list[str]:
    rng = np.random.default_rng(0)
    lengths = (81, 82, 500, 161, 162, 333, 90, 243)
    return ["".join(rng.choice(list("ACGTN"), n, p=[0.24] * 4 + [0.04])) for n in lengths]


@pytest.mark.parametrize("variant", ["code", "paper"])
@pytest.mark.parametrize("experiment", ["full-length", "no-lstm"])
def test_answer_does_not_depend_on_the_batch(experiment, variant, transcripts):
    model = scattered(explain(build(settings(experiment, variant), 4)))
    together = predict(model, whole(transcripts), batch_size=len(transcripts))
    alone = predict(model, whole(transcripts), batch_size=1)
    for name in ("shares", "attention"):
        assert np.abs(together[name] - alone[name]).max() <= 1e-5, name
    assert np.ptp(together["shares"], axis=0).max() > 0.01
    assert np.abs(together["attention"].sum(axis=1) - 1).max() < 1e-5


@pytest.mark.parametrize("experiment", FIXED)
@pytest.mark.parametrize("variant", ["code", "best"])
def test_fixed_lengths_do_not_depend_on_the_batch_either(experiment, variant, transcripts):
    chosen = settings(experiment, variant, length=400)
    structure = chosen["network"] == "seq+struct"
    examples = fixed(transcripts, 400, contexts=structure, joint=chosen["network"] == "seqxstruct")
    model = scattered(build(chosen, 4), 0.2)
    together = predict(model, examples, batch_size=len(transcripts))
    assert np.abs(together - predict(model, examples, batch_size=1)).max() <= 1e-5
    assert np.ptp(together, axis=0).max() > 0.01


@pytest.mark.mirror
@pytest.mark.skipif(mirror_folder() is None, reason="the real data are not here")
@pytest.mark.parametrize(
    ("experiment", "variant"),
    [("full-length", "code"), ("full-length", "paper"), ("no-lstm", "code")],
)
def test_answer_on_real_transcripts_of_200_to_19000_nucleotides(experiment, variant):
    frame = load_table("cefra", n=0).frame
    lengths = frame["sequence"].str.len()
    frame = frame.assign(length=lengths).sort_values("length")
    frame = frame[frame["length"] <= 19500]
    rows = np.unique(np.geomspace(1, len(frame), 9).astype(int)) - 1
    chosen = [*frame["sequence"].iloc[rows[:-1]], frame["sequence"].iloc[-1]]
    assert len(chosen[0]) < 250 and len(chosen[-1]) > 15000
    model = scattered(explain(build(settings(experiment, variant), 4)), 0.15)
    together = predict(model, whole(chosen), batch_size=len(chosen))
    alone = predict(model, whole(chosen), batch_size=1)
    for name in ("shares", "attention"):
        assert np.abs(together[name] - alone[name]).max() <= 1e-5, name
    assert np.ptp(together["shares"], axis=0).max() > 0.01


def test_the_gradient_of_a_batch_is_the_mean_of_its_transcripts(transcripts):
    """What makes ragged batches the same job as one transcript at a time."""
    import tensorflow as tf

    model = scattered(build(settings("full-length", dropout=0.0, lstm_dropout=0.0), 4))
    targets = np.random.default_rng(1).dirichlet(np.ones(4), len(transcripts)).astype("float32")

    def gradient(rows: list[int]) -> list[np.ndarray]:
        tokens = tf.ragged.constant([base_tokens(transcripts[row]) for row in rows], dtype="uint8")
        length = tf.constant([len(transcripts[row]) for row in rows])
        with tf.GradientTape() as tape:
            shares = model({"tokens": tokens, "length": length}, training=True)
            loss = ops.mean(keras.losses.kl_divergence(targets[rows], shares))
        return [ops.convert_to_numpy(g) for g in tape.gradient(loss, model.trainable_variables)]

    together = gradient([0, 2, 4, 5])
    alone = [gradient([row]) for row in (0, 2, 4, 5)]
    for place, values in enumerate(together):
        mean = np.mean([one[place] for one in alone], axis=0)
        np.testing.assert_allclose(values, mean, rtol=0, atol=1e-5 * max(1, np.abs(mean).max()))


def test_fixed_length_is_the_released_network_in_keras_own_layers(transcripts):
    """Valid convolutions without bias, masked LSTMs that repeat their state, unmasked attention."""
    chosen = settings("fixed-length", length=400)
    model = scattered(build(chosen, 4), 0.3)
    weights = model.get_weights()[1:]  # the first is the table of nucleotides
    tokens = np.stack([three_prime(base_tokens(s), 400) for s in transcripts])
    x = ops.convert_to_tensor(nucleotide_table()[tokens])
    for kernel in weights[:2]:
        x = keras.ops.max_pool(ops.relu(ops.conv(x, kernel)), 3, 3)
    mask = ops.any(ops.not_equal(x, 0), axis=-1)
    assert not ops.convert_to_numpy(mask).all()
    states = []
    for backwards, own in ((False, weights[2:5]), (True, weights[5:8])):
        layer = keras.layers.LSTM(
            32, return_sequences=True, recurrent_activation=old_hard_sigmoid, go_backwards=backwards
        )
        layer.build(x.shape)
        layer.set_weights(own)
        h = layer(x, mask=mask)
        states.append(ops.flip(h, axis=1) if backwards else h)
    h = ops.concatenate(states, axis=-1)
    kernel, vector, bias = weights[8:11]
    scores = ops.squeeze(ops.matmul(ops.tanh(ops.matmul(h, kernel) + bias), vector), -1)
    context = ops.sum(ops.expand_dims(ops.softmax(scores, axis=1), -1) * h, axis=1)
    expected = ops.softmax(ops.matmul(context, weights[11]) + weights[12])
    examples = fixed(transcripts, 400, contexts=False, joint=False)
    assert np.abs(predict(model, examples) - ops.convert_to_numpy(expected)).max() < 1e-5


def test_attention_over_padding_is_what_the_settings_say(transcripts):
    examples = fixed(transcripts, 400, contexts=False, joint=False)
    steps = {}
    for variant in ("code", "best"):
        model = scattered(build(settings("fixed-length", variant, length=400), 4))
        steps[variant] = predict(explain(model), examples)["attention"]
    padded = transcripts.index(next(s for s in transcripts if len(s) == 81))
    assert (steps["code"][padded, :20] > 0).all()
    assert (steps["best"][padded, :20] == 0).all()
