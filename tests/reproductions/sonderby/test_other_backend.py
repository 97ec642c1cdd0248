"""A whole run with Keras on JAX: `tf.data` feeds it, and the network learns the same way."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from processes import run_on_jax

from common.harness.record import RunKey, read_record


@pytest.mark.long
@pytest.mark.skipif(find_spec("jax") is None, reason="jax is not installed (extra `jax`)")
def test_a_smoke_run_on_jax_leaves_a_record(tmp_path):
    small = {"simulated_proteins": 66, "epochs": 1, "max_length": 60}
    done = run_on_jax("sonderby/a-lstm", tmp_path, **small)
    assert done.returncode == 0, done.stderr[-2000:]
    record = read_record(RunKey("smoke", "sonderby", "a-lstm", "paper", 1).path("json", tmp_path))
    assert record.content["provenance"]["backend"] == "jax"
    assert len(record.predictions) == record.content["n_effective"]
