"""The benchmark runs, on a few simulated proteins; its figures are not judged here."""

from __future__ import annotations

import math
from types import SimpleNamespace

import keras
import pytest

from common.harness.outcome import count_trainable
from reproductions.deeploc import benchmark, data
from reproductions.deeploc.experiments import PAPER
from reproductions.deeploc.model import build

only_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="measured with TensorFlow"
)


@pytest.mark.long
@only_tensorflow
def test_every_figure_is_measured(monkeypatch):
    small = {"max_length": 30, "kernel_sizes": [3], "lstm_units": 4, "decoder_units": 8, "steps": 2}
    tiny = PAPER.settings.resolve("paper", "smoke", "blosum-softmax", small)
    asked = []

    def resolve(*wanted: str) -> dict:
        asked.append(wanted)
        return tiny

    table = data.load_simulated(66, 1)
    for name, value in (
        ("PAPER", SimpleNamespace(settings=SimpleNamespace(resolve=resolve))),
        ("load_table", lambda name, n: table),
        ("LENGTHS", (5, 10, 50, 900)),
        ("PROTEINS", 16),
        ("BATCH", 8),
    ):
        monkeypatch.setattr(benchmark, name, value)
    found = {one.name: one for one in benchmark.measure()}
    assert asked == [("paper", "full", "blosum-softmax")]
    for one in found.values():
        assert math.isfinite(one.value) and one.value >= 0, one.name
    plain = "a plain network padded to 30"
    units = {name: one.unit for name, one in found.items()}
    for name in ("ours", plain):
        assert units[f"prediction, {name}"] == "proteins/s"
    for name in ("ours with peepholes", "ours without peepholes", plain):
        assert units[f"training, {name}"] == "residues/s"
    for name in ("with peepholes", "without peepholes"):
        gain, ours = found[f"gain, {name}"], found[f"training, ours {name}"]
        assert gain.value == pytest.approx(ours.value / found[f"training, {plain}"].value)
        assert gain.holds == (gain.value >= benchmark.LEAST_GAIN)
    longest = max(map(len, table.frame["sequence"]))
    assert f"longest real protein, {longest:,} residues uncut, peak memory" in found
    assert len(found) == len(benchmark.LENGTHS) + 1 + 2 + 1 + 1 + 4


@only_tensorflow
def test_plain_network_is_as_large_as_ours():
    """Keras's LSTMs have one bias a gate, as ours; peepholes and the membrane are ours alone."""
    changes = {"peepholes": False, "membrane": False}
    settings = PAPER.settings.resolve("paper", "full", "blosum-softmax", changes)
    plain = benchmark.plain_network(settings)
    assert count_trainable(plain) == count_trainable(build(settings))
