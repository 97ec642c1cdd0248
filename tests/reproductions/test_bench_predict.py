"""The benchmark of prediction: what is measured, and when a promise is broken."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
import tiny
from typer.testing import CliRunner

from common.data.fasta import read_fasta
from common.harness.bench import Measurement
from reproductions import bench_predict
from reproductions.cli import app


def test_throughput_leaves_out_what_the_network_cannot_read(monkeypatch):
    texts = ["MKV", "MK"] * 15
    monkeypatch.setattr(bench_predict, "real_sequences", lambda kind, n: (texts, "made up"))
    predictor = tiny.predictor()
    predictor.network = replace(predictor.network, least=3)
    found = bench_predict.throughput(predictor, 30)
    assert found.name == "tiny: prediction"
    assert found.unit == "proteins/s"
    assert found.value > 0
    assert found.note == "15 of made up, 3 letters on average"


@pytest.mark.parametrize(("last", "holds"), [(1.1e9, True), (1.5e9, False)])
def test_memory_that_grows_with_the_file_breaks_the_promise(monkeypatch, last, holds):
    peaks = iter([1e9, last])
    answer = lambda *command: SimpleNamespace(stdout=f"{next(peaks):.0f}\n")  # noqa: E731
    monkeypatch.setattr(bench_predict, "_python", answer)
    *sizes, growth = bench_predict.memory("models/x.json", "RNA", (3, 9))
    assert [one.name for one in sizes] == ["x: memory, 3 sequences", "x: memory, 9 sequences"]
    assert growth.holds is holds
    assert growth.value == pytest.approx(last / 1e9)


@pytest.mark.parametrize(("holds", "code"), [(True, 0), (None, 0), (False, 1)])
def test_a_missed_target_ends_with_1(monkeypatch, tmp_path, holds, code):
    measured = [
        Measurement("a", 1.0, "s", "at most 2", True),
        Measurement("b", 1.0, "s", "", holds),
    ]
    monkeypatch.setattr(bench_predict, "measure", lambda *told: measured)
    done = CliRunner().invoke(app, ["bench", "predict", "--results", str(tmp_path)])
    assert done.exit_code == code, done.output
    assert len((tmp_path / "benchmarks" / "predict.csv").read_text().splitlines()) == 3


def test_process_that_is_measured_predicts_the_whole_file(monkeypatch, tmp_path):
    monkeypatch.setattr("reproductions.models.load_model", lambda name: tiny.predictor())
    source = tmp_path / "many.fasta"
    source.write_text("".join(bench_predict.synthetic(20, "protein")))
    assert bench_predict.peak_of("tiny", str(source)) > 10_000_000
    assert len((tmp_path / "many.tsv").read_text().splitlines()) == 21


@pytest.mark.parametrize("kind", ["protein", "RNA"])
def test_synthetic_sequences_are_many_short_and_different(tmp_path, kind):
    source = tmp_path / "many.fasta"
    source.write_text("".join(bench_predict.synthetic(50, kind)))
    records = list(read_fasta(source))
    low, high = bench_predict.LENGTHS[kind]
    assert len({record.sequence for record in records}) == 50
    assert all(low <= len(record.sequence) < high for record in records)
    assert low >= {"protein": 1, "RNA": 81}[kind]


def test_without_released_models_it_says_so(monkeypatch):
    monkeypatch.setattr("reproductions.models.released", lambda: iter(()))
    monkeypatch.setattr(bench_predict, "_start", lambda: "start")
    start, other = bench_predict.measure()
    assert start == "start"
    assert "no model is released" in other.note


def test_real_sequences_are_as_many_as_asked_for(monkeypatch):
    monkeypatch.setenv("REPRODUCE_MIRROR", "")
    monkeypatch.setattr("common.data.fetch.mirror_folder", lambda: None, raising=False)
    texts, origin = bench_predict.real_sequences("protein", 40)
    assert 0 < len(texts) <= 40
    assert origin.startswith("setDeepLoc's test proteins (")
