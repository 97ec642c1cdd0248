"""Speed of the A-LSTM on MultiLoc at the paper's scale: about six minutes on two cores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from common.backend import load_backend
from common.batching import Plan, make_dataset, padding_share, plan_batches
from common.harness.bench import Measurement, timed
from common.sources import Examples
from reproductions.sonderby.data import LOCATIONS
from reproductions.sonderby.experiments import PAPER

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

BATCH = 128
LEAST_RATE, LEAST_SHARE = 38_000, 0.9
LEAST_GAIN, MOST_PADDING, LEAST_PIPELINE = 1.8, 0.08, 10


def measure() -> list[Measurement]:
    """Padding, gain over padding to 1,000, the input pipeline, and training beside plain Keras.

    All in one run, on the 60-feature A-LSTM with the settings of the full profile and batches of
    128, as many as the same group's later networks read at a time. Before each
    figure the same work is done once on a few batches, so that no tracing is timed.
    """
    load_backend()
    import keras

    from reproductions.sonderby.model import build
    from reproductions.sonderby.training import load_split

    settings = PAPER.settings.resolve("paper", "full", "a-lstm-60") | {"batch_size": BATCH}
    train = load_split(settings).train
    generator = np.random.default_rng(0)
    plan = plan_batches(
        train.lengths,
        settings["batch_size"],
        generator=generator,
        jitter=settings["length_jitter"],
    )
    residues = int(train.lengths.sum())
    keras.utils.set_random_seed(1)
    model = build(settings, len(LOCATIONS))
    batches = make_dataset(train, plan)
    padded = batches.map(lambda inputs, targets: (_to_length(inputs, settings), targets))
    _epoch(model, make_dataset(train, plan[:3]))
    grouped_seconds = timed(lambda: _epoch(model, batches))
    _epoch(model, padded.take(2))
    padded_seconds = timed(lambda: _epoch(model, padded))
    pipeline_seconds = _pipeline_seconds(train, plan)
    own, plain = _beside_plain_keras(model, settings)
    share, rate = padding_share(train.lengths, plan), residues / grouped_seconds
    gain, pipeline = padded_seconds / grouped_seconds, residues / pipeline_seconds
    return [
        Measurement(
            f"padding of all positions, batch {settings['batch_size']}",
            100 * share,
            "%",
            f"at most {MOST_PADDING:.0%}",
            share <= MOST_PADDING,
        ),
        Measurement("epoch, batches grouped by length", grouped_seconds, "s"),
        Measurement("epoch, every batch padded to 1,000", padded_seconds, "s"),
        Measurement(
            "gain of grouping", gain, "times", f"at least {LEAST_GAIN}", gain >= LEAST_GAIN
        ),
        Measurement("training on MultiLoc", rate, "residues/s"),
        Measurement(
            "input pipeline alone",
            pipeline,
            "residues/s",
            f"at least {LEAST_PIPELINE} times training",
            pipeline >= LEAST_PIPELINE * rate,
        ),
        Measurement("plain Keras A-LSTM, random dense features", plain, "positions/s"),
        Measurement(
            "our A-LSTM, ragged tokens",
            own,
            "positions/s",
            f"at least {LEAST_RATE:,} where plain Keras has it",
            own >= LEAST_RATE if plain >= LEAST_RATE else None,
            "" if plain >= LEAST_RATE else "plain Keras has less on this machine",
        ),
        Measurement(
            "ours beside plain Keras",
            own / plain,
            "times",
            f"at least {LEAST_SHARE}",
            own >= LEAST_SHARE * plain,
        ),
    ]


def _epoch(model: keras.Model, batches: tf.data.Dataset) -> None:
    model.fit(batches, epochs=1, verbose=0, shuffle=False)


def _to_length(inputs: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """Ragged tokens of the longest possible length: as if the batch were padded to it."""
    import tensorflow as tf

    dense = inputs["tokens"].to_tensor(shape=[None, settings["max_length"]])
    return {**inputs, "tokens": tf.RaggedTensor.from_tensor(dense)}


def _pipeline_seconds(train: Examples, plan: Plan) -> float:
    """Seconds to make all batches of an epoch, without a network."""
    dataset = make_dataset(train, plan)

    def through() -> None:
        for _ in dataset:
            pass

    through()
    return timed(through)


def _beside_plain_keras(model: keras.Model, settings: dict[str, Any]) -> tuple[float, float]:
    """Training positions a second of our network and of a plain one, in turn, the median of 10.

    Both see one batch of sequences of 400 residues: ours as ragged tokens, the plain one (Keras
    layers only, no mask) as random dense features of the same width.
    """
    import tensorflow as tf

    rng = np.random.default_rng(0)
    count, length = settings["batch_size"], 400
    targets = tf.constant(rng.integers(0, len(LOCATIONS), count))
    tokens = tf.RaggedTensor.from_row_lengths(
        rng.integers(1, 21, count * length).astype("uint8"), np.full(count, length)
    )
    own = {"tokens": tokens, "length": tf.fill([count], length)}
    width = 20 * len(settings["matrices"])
    dense = tf.constant(rng.normal(size=(count, length, width)).astype("float32"))
    plain = plain_a_lstm(settings, width)
    pairs = ((model, own), (plain, dense))
    seconds: list[list[float]] = [[], []]
    for step in range(12):
        for place, (network, inputs) in enumerate(pairs):
            spent = timed(lambda n=network, x=inputs: n.train_on_batch(x, targets))  # type: ignore[misc]
            if step >= 2:
                seconds[place].append(spent)
    first, second = (count * length / float(np.median(times)) for times in seconds)
    return first, second


def plain_a_lstm(settings: dict[str, Any], width: int) -> keras.Model:
    """The same network of Keras's own layers, on dense features, without masks."""
    import keras
    from keras import layers, ops

    inputs = keras.Input((None, width))
    x = layers.Concatenate()(
        [
            layers.Conv1D(settings["filters"], size, padding="same", activation="relu")(inputs)
            for size in settings["kernel_sizes"]
        ]
    )
    x = layers.Dropout(settings["dropout"])(x)
    states = layers.Bidirectional(layers.LSTM(settings["lstm_units"], return_sequences=True))(x)
    scores = layers.Dense(settings["attention_units"], activation="tanh", use_bias=False)(states)
    weights = layers.Softmax(axis=1)(layers.Dense(1, use_bias=False)(scores))
    context = ops.sum(weights * states, axis=1)
    context = layers.Dropout(settings["dropout"])(context)
    outputs = layers.Dense(len(LOCATIONS), activation="softmax")(context)
    model = keras.Model(inputs, outputs)
    model.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
    return model
