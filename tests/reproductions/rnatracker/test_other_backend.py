"""Whole runs with Keras on JAX: ragged, fixed and counted inputs are fed to it."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from processes import run_on_jax

from common.harness.record import RunKey, read_record


@pytest.mark.long
@pytest.mark.skipif(find_spec("jax") is None, reason="jax is not installed (extra `jax`)")
@pytest.mark.parametrize("experiment", ["full-length", "no-attention", "nn-5mer"])
def test_a_smoke_run_on_jax_leaves_a_record(tmp_path, experiment):
    small = {"simulated_transcripts": 60, "epochs": 1, "longest": 200}
    done = run_on_jax(f"rnatracker/{experiment}", tmp_path, **small)
    assert done.returncode == 0, done.stderr[-2000:]
    key = RunKey("smoke", "rnatracker", experiment, "code", 1)
    record = read_record(key.path("json", tmp_path))
    assert record.content["provenance"]["backend"] == "jax"
    assert len(record.predictions) == record.content["n_effective"]
