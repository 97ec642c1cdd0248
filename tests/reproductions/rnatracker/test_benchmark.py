"""The benchmark runs, on a few simulated transcripts; its figures are not judged here."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from reproductions.rnatracker import benchmark
from reproductions.rnatracker.experiments import SETTINGS
from reproductions.rnatracker.model import build
from reproductions.rnatracker.training import load_parts


@pytest.mark.long
def test_every_figure_is_measured(monkeypatch, tmp_path):
    monkeypatch.setenv("REPRODUCE_RESULTS", str(tmp_path))
    for name, value in (
        ("SAMPLED", 16),
        ("ALONE", 3),
        ("MASKED_ALONE", 2),
        ("SCANNED_LENGTH", 250),
    ):
        monkeypatch.setattr(benchmark, name, value)
    settings = SETTINGS.resolve("code", "smoke", "full-length", {"simulated_transcripts": 60})
    parts = load_parts(settings, 0)
    model = build(settings, len(parts.table.fractions))
    training = benchmark._training(model, parts.training, settings)
    scanning = benchmark._scanning(model, parts.table.frame["sequence"].tolist(), settings)
    for one in (*training, *scanning):
        assert math.isfinite(one.value) and one.value >= 0, one.name
    assert [one.name for one in (*training, *scanning) if one.target] == [
        "gain of batches",
        "scan of one transcript",
        "gain of the scan",
    ]
    assert benchmark._all_folds() == []


def test_the_gain_is_by_nucleotides_not_by_transcripts(monkeypatch):
    """Timed alike for each nucleotide, long transcripts alone are no slower than others."""
    settings = SETTINGS.resolve("code", "smoke", "full-length", {"simulated_transcripts": 60})
    parts = load_parts(settings, 0)
    for name, value in (("SAMPLED", 16), ("ALONE", 3)):
        monkeypatch.setattr(benchmark, name, value)
    chosen = np.random.default_rng(0).permutation(len(parts.training))[:16]
    lengths = parts.training.lengths[chosen]
    times = iter([lengths.sum() / 1000, lengths[:3].sum() / 500])
    monkeypatch.setattr(benchmark, "timed", lambda _: next(times))
    monkeypatch.setattr(benchmark, "_train", lambda *_: None)
    found = {one.name: one for one in benchmark._training(None, parts.training, settings)}
    assert found["gain of batches"].value == pytest.approx(2)
    assert "1,000 a second" in found["training in batches"].note
    assert "500 a second" in found["training one at a time"].note
    assert lengths[:3].mean() != pytest.approx(lengths.mean(), rel=0.01)


def test_ten_recorded_folds_of_each_seed_stand_beside_the_papers_time(monkeypatch):
    def records(results, profile, paper, experiment, variant):
        if experiment == "seq-and-struct" and variant == "best":
            return recorded({1: 3, 2: 2})
        made = (experiment, variant) in (("no-lstm", "code"), ("dnn-5mer", "paper"))
        return recorded(
            {1: 10, 2: 10, 3: 9} if experiment == "no-lstm" and made else {1: 10 if made else 2}
        )

    def recorded(seeds):
        return [
            SimpleNamespace(
                key=SimpleNamespace(fold=fold, seed=seed),
                content={"seconds": 720 * seed, "provenance": {"device": f"CPU {fold % 2}"}},
            )
            for seed, folds in seeds.items()
            for fold in range(folds)
        ]

    monkeypatch.setattr(benchmark, "read_records", records)
    first, second, *structure, other = benchmark._all_folds()
    assert [one.name for one in structure] == ["3 folds, seq-and-struct (best, seed 1)"]
    assert (first.name, first.value, first.unit) == ("10 folds, no-lstm (code, seed 1)", 2, "h")
    assert first.note == "on CPU 0, CPU 1; the paper's 2 days on a GTX 1080 Ti"
    assert (second.name, second.value) == ("10 folds, no-lstm (code, seed 2)", 4)
    assert (other.name, other.note) == ("10 folds, dnn-5mer (paper, seed 1)", "on CPU 0, CPU 1")
