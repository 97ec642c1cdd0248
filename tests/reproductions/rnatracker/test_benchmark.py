"""The benchmark runs, on a few simulated transcripts; its figures are not judged here."""

from __future__ import annotations

import math
from types import SimpleNamespace

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
        "gain of the scan",
    ]
    assert benchmark._ten_folds() == []


def test_ten_recorded_folds_stand_beside_the_papers_time(monkeypatch):
    def records(results, profile, paper, experiment, variant):
        made = (experiment, variant) in (("no-lstm", "code"), ("dnn-5mer", "paper"))
        return [
            SimpleNamespace(
                key=SimpleNamespace(fold=fold),
                content={"seconds": 720, "provenance": {"device": f"CPU {fold % 2}"}},
            )
            for fold in range(10 if made else 9)
        ]

    monkeypatch.setattr(benchmark, "read_records", records)
    found, other = benchmark._ten_folds()
    assert (found.name, found.value, found.unit) == ("ten folds, no-lstm (code)", 2, "h")
    assert found.note == "on CPU 0, CPU 1; the paper's 2 days on a GTX 1080 Ti"
    assert (other.name, other.note) == ("ten folds, dnn-5mer (paper)", "on CPU 0, CPU 1")
