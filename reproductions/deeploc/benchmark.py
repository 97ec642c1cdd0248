"""Speed and memory of DeepLoc 1.0 at its own size: about ten minutes on two cores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from common.backend import load_backend
from common.batching import make_dataset, padding_share, plan_batches
from common.data.alphabet import PROTEIN, RESIDUES
from common.harness.bench import Measurement, timed
from common.harness.provenance import peak_memory_bytes
from common.sources import Examples, TokenSource
from reproductions.deeploc.data import limited, load_table
from reproductions.deeploc.experiments import PAPER
from reproductions.deeploc.tree import LOCATIONS

if TYPE_CHECKING:
    import keras

LEAST_GAIN, MOST_GIGABYTES = 1.5, 4.0
LENGTHS = (100, 1_000, 5_000, 20_000)
PROTEINS, BATCH = 256, 64


def measure() -> list[Measurement]:
    """Prediction of ever longer proteins, then prediction and training beside a plain network.

    The plain one is padded Keras without masks. All in one run with the settings of the full
    profile. Peak memory only ever rises, so that single proteins come first, short ones before
    long ones. Before each figure the same work is done once, so that no tracing is timed.
    """
    load_backend()
    import keras

    settings = PAPER.settings.resolve("paper", "full", "blosum-softmax")
    table = load_table("deeploc", n=0)
    sequences = table.frame["sequence"].tolist()
    figures = _single_proteins(settings, sequences)
    cut = [sequence[: settings["max_length"]] for sequence in sequences[:PROTEINS]]
    figures += _prediction(settings, cut)
    frame = limited(table.frame[table.frame["split"] == "train"], PROTEINS)
    keras.utils.set_random_seed(1)
    return figures + _training(settings, frame)


def _single_proteins(settings: dict[str, Any], sequences: list[str]) -> list[Measurement]:
    """Seconds and peak memory by length, and for the longest real protein, uncut."""
    from common.training.fit import predict
    from reproductions.deeploc.model import build

    model = build(settings)
    rng = np.random.default_rng(0)
    longest = max(sequences, key=len)
    figures = []
    for length in LENGTHS:
        one = _examples(["".join(rng.choice(list(RESIDUES), length))])
        predict(model, one)
        seconds = timed(lambda e=one: predict(model, e))  # type: ignore[misc]
        name = f"prediction of one protein of {length:,} residues"
        figures.append(
            Measurement(name, seconds, "s", note=f"peak {peak_memory_bytes() / 1e9:.2f} GB")
        )
        if length < len(longest) <= LENGTHS[-1] and length == LENGTHS[-2]:
            seconds = timed(lambda: predict(model, _examples([longest])))
            peak = peak_memory_bytes() / 1e9
            name = f"longest real protein, {len(longest):,} residues uncut, peak memory"
            goal, kept = f"at most {MOST_GIGABYTES:.0f} GB", peak <= MOST_GIGABYTES
            figures.append(Measurement(name, peak, "GB", goal, kept, f"{seconds:.1f} s"))
    return figures


def _prediction(settings: dict[str, Any], sequences: list[str]) -> list[Measurement]:
    """Proteins a second of ours and of the plain network, the same ones in the same batches."""
    from common.training.fit import predict
    from reproductions.deeploc.model import build

    examples = _examples(sequences)
    model, plain = build(settings), plain_network(settings)
    plan = plan_batches(examples.lengths, BATCH)

    def ours() -> None:
        predict(model, examples, batch_size=BATCH)

    def padded() -> None:
        batches = make_dataset(examples, plan, with_targets=False)
        plain.predict(batches.map(lambda x: _padded(x, settings)), verbose=0)

    figures = []
    for name, work in (("ours", ours), (_plain_name(settings), padded)):
        work()
        rate = len(examples) / timed(work)
        figures.append(Measurement(f"prediction, {name}", rate, "proteins/s"))
    return figures


def _training(settings: dict[str, Any], frame: Any) -> list[Measurement]:
    """An epoch of ours, with peepholes and without, beside a plain padded network."""
    from reproductions.deeploc.examples import make_examples
    from reproductions.deeploc.model import build
    from reproductions.deeploc.training import targets_of

    examples = make_examples(frame, settings, None, targets_of(frame, settings))
    plan = plan_batches(examples.lengths, BATCH, generator=np.random.default_rng(0))
    share, positions = padding_share(examples.lengths, plan), int(examples.lengths.sum())
    batches = make_dataset(examples, plan)
    padded = make_dataset(examples, plan).map(lambda x, y: (_padded(x, settings), y["location"]))
    figures = [Measurement("padding of all positions", 100 * share, "%")]
    plain = plain_network(settings)
    plain.fit(padded.take(1), verbose=0)
    slow = timed(lambda: plain.fit(padded, verbose=0))
    padding = f"{len(examples) * settings['max_length'] / slow:,.0f} positions/s with its padding"
    name = f"training, {_plain_name(settings)}"
    figures.append(Measurement(name, positions / slow, "residues/s", note=padding))
    for name, peepholes in (("with peepholes", True), ("without peepholes", False)):
        model = build({**settings, "peepholes": peepholes})
        model.fit(make_dataset(examples, plan[:1]), verbose=0)
        seconds = timed(lambda m=model: m.fit(batches, verbose=0, shuffle=False))  # type: ignore[misc]
        gain = slow / seconds
        rate = Measurement(f"training, ours {name}", positions / seconds, "residues/s")
        goal = f"at least {LEAST_GAIN}"
        told = "same proteins, batch of 64, same run"
        found = Measurement(f"gain, {name}", gain, "times", goal, gain >= LEAST_GAIN, told)
        figures += [rate, found]
    return figures


def plain_network(settings: dict[str, Any]) -> keras.Model:
    """The same sizes of Keras's own layers on padded features, no masks, each step on its own."""
    import keras
    from keras import layers, ops

    inputs = keras.Input((settings["max_length"], 20))
    x = layers.Concatenate()(
        [
            layers.Conv1D(settings["filters"], width, padding="same", activation="relu")(inputs)
            for width in settings["kernel_sizes"]
        ]
    )
    x = layers.Conv1D(settings["second_filters"], 3, padding="same", activation="relu")(x)
    x = layers.Dropout(settings["dropout"])(x)
    states = layers.Bidirectional(layers.LSTM(settings["lstm_units"], return_sequences=True))(x)
    align = layers.Dense(settings["alignment_units"], use_bias=False)
    project = layers.Dense(settings["alignment_units"], use_bias=False)
    vector = layers.Dense(1, use_bias=False)
    cell = layers.LSTMCell(settings["decoder_units"])
    context = h = c = ops.zeros_like(states[:, 0])
    for _ in range(settings["steps"]):
        scores = vector(ops.tanh(project(states) + ops.expand_dims(align(h), 1)))
        context = ops.sum(ops.softmax(scores, axis=1) * states, axis=1)
        _, (h, c) = cell(context, [h, c])
    x = layers.Dense(settings["dense_units"], activation="relu")(
        layers.Dropout(settings["dropout"])(context)
    )
    x = layers.Dropout(settings["dropout"])(x)
    model = keras.Model(inputs, layers.Dense(len(LOCATIONS), activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
    return model


def _plain_name(settings: dict[str, Any]) -> str:
    return f"a plain network padded to {settings['max_length']:,}"


def _padded(inputs: dict[str, Any], settings: dict[str, Any]) -> Any:
    """BLOSUM62 of every protein padded to the longest possible length."""
    import tensorflow as tf

    from reproductions.deeploc.model import encoding_table

    tokens = inputs["tokens"].to_tensor(shape=[None, settings["max_length"]])
    return tf.gather(tf.constant(encoding_table(20)), tf.cast(tokens, tf.int32))


def _examples(sequences: list[str]) -> Examples:
    lengths = np.array([len(sequence) for sequence in sequences])
    ids = np.array([str(place) for place in range(len(sequences))])
    return Examples(ids, lengths, {"tokens": TokenSource(sequences, PROTEIN)})
