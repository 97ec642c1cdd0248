"""The benchmark runs, on a few simulated proteins; its figures are not judged here."""

from __future__ import annotations

import math
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from common.batching import padding_share, plan_batches
from common.harness.outcome import count_trainable
from common.paths import mirror_folder
from reproductions.sonderby import benchmark
from reproductions.sonderby.data import LOCATIONS
from reproductions.sonderby.experiments import PAPER
from reproductions.sonderby.model import build
from reproductions.sonderby.training import load_split

only_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="measured with TensorFlow"
)


@pytest.mark.long
@only_tensorflow
def test_every_figure_is_measured(monkeypatch):
    small = {"simulated_proteins": 66, "kernel_sizes": [1], "max_length": 30}
    tiny = PAPER.settings.resolve("paper", "smoke", "a-lstm-60", small)
    asked = []

    def resolve(*wanted: str) -> dict:
        asked.append(wanted)
        return tiny

    monkeypatch.setattr(
        benchmark, "PAPER", SimpleNamespace(settings=SimpleNamespace(resolve=resolve))
    )
    monkeypatch.setattr(benchmark, "BATCH", 8)
    found = {one.name: one for one in benchmark.measure()}
    assert asked == [("paper", "full", "a-lstm-60")]
    for one in found.values():
        assert math.isfinite(one.value) and one.value >= 0, one.name
    assert [one.name for one in found.values() if one.target] == [
        "padding of all positions, batch 8",
        "gain of grouping",
        "input pipeline alone",
        "our A-LSTM, ragged tokens",
        "ours beside plain Keras",
    ]
    gain = found["gain of grouping"]
    padded, grouped = (
        found[f"epoch, {name}"].value
        for name in ("every batch padded to 1,000", "batches grouped by length")
    )
    assert gain.value == pytest.approx(padded / grouped)
    assert gain.holds == (gain.value >= benchmark.LEAST_GAIN)
    own, plain = (
        found["our A-LSTM, ragged tokens"],
        found["plain Keras A-LSTM, random dense features"],
    )
    asked_for = plain.value >= benchmark.LEAST_RATE
    assert own.holds == (own.value >= benchmark.LEAST_RATE if asked_for else None)
    assert found["ours beside plain Keras"].value == pytest.approx(own.value / plain.value)


@only_tensorflow
def test_plain_network_is_as_large_as_ours():
    settings = PAPER.settings.resolve("paper", "full", "a-lstm-60")
    plain = benchmark.plain_a_lstm(settings, 60)
    assert count_trainable(plain) == count_trainable(build(settings, len(LOCATIONS)))


@pytest.mark.mirror
@pytest.mark.skipif(mirror_folder() is None, reason="the real data are not here")
def test_batches_of_128_hold_little_padding():
    settings = PAPER.settings.resolve("paper", "full", "a-lstm-60")
    assert (benchmark.BATCH, settings["length_jitter"], benchmark.MOST_PADDING) == (128, 0.05, 0.08)
    lengths = load_split(settings).train.lengths
    assert (len(lengths), lengths.max()) == (4767, 1000)
    for seed in range(3):
        plan = plan_batches(lengths, 128, generator=np.random.default_rng(seed), jitter=0.05)
        assert 0 < padding_share(lengths, plan) <= 0.08
