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
    gain = found["gain of mixed_bfloat16"]
    assert gain.holds == (gain.value >= benchmark.LEAST_GAIN)
    assert keras.config.dtype_policy().name == "float32"
    if find_spec("torch"):
        assert found["speed of a step beside PyTorch"].value > 0
    else:
        assert "PyTorch is not installed (extra plm)" in found


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
def test_a_file_larger_than_its_batches_is_never_whole_in_memory():
    """0.3 GB here; the benchmark reads 5 GB. TensorFlow alone takes about 0.5 GB."""
    one = benchmark.large_file(0.3)
    assert "0.3 GB" in one.name
    assert one.holds and one.value < 1.5
