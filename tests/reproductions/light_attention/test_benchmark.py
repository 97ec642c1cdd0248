"""The benchmark, at sizes that take seconds; the figures themselves are measured apart."""

from __future__ import annotations

from importlib.util import find_spec

import keras
import pytest

from reproductions.light_attention import benchmark

only_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="measured with TensorFlow"
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
    seconds = {one.name: one.value for one in benchmark.printed_seconds()}
    assert seconds == {
        "SeqVec, Table 3": 0.03,
        "ProtBert, Table 3": 0.06,
        "ProtT5, Table 3": 0.1,
    }


@only_tensorflow
@pytest.mark.long
def test_a_long_protein_is_trained_in_a_process_of_its_own():
    one = benchmark.long_protein(8, 300)
    assert 0 < one.value < 4 and one.holds


@pytest.mark.long
def test_a_larger_file_takes_no_more_memory():
    """0.7 GB and 0.2 GB here; the benchmark reads 5 GB."""
    larger, smaller = (benchmark.large_file(gigabytes) for gigabytes in (0.7, 0.2))
    assert "0.7 GB" in larger.name and "0.2 GB" in smaller.name
    assert smaller.value > 0
    assert larger.value - smaller.value < 0.25 * (0.7 - 0.2)
