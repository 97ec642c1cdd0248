"""A whole run with Keras on JAX: `tf.data` feeds it, and the network learns the same way."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from processes import JAX

from common.harness.record import RunKey, read_record

ROOT = Path(__file__).parents[3]


@pytest.mark.long
@pytest.mark.skipif(find_spec("jax") is None, reason="jax is not installed (extra `jax`)")
def test_a_smoke_run_on_jax_leaves_a_record(tmp_path):
    arguments = ["run", "sonderby/a-lstm", "--profile", "smoke", "--quiet"]
    small = ["--set", "simulated_proteins=66", "--set", "epochs=1", "--set", "max_length=60"]
    places = {"REPRODUCE_RESULTS": str(tmp_path), "REPRODUCE_RUNS": str(tmp_path / "runs")}
    done = subprocess.run(
        [sys.executable, "-m", "reproductions.cli", *arguments, *small],
        capture_output=True, text=True, cwd=ROOT, timeout=300,
        env=os.environ | places | JAX,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    record = read_record(RunKey("smoke", "sonderby", "a-lstm", "paper", 1).path("json", tmp_path))
    assert record.content["provenance"]["backend"] == "jax"
    assert len(record.predictions) == record.content["n_effective"]
