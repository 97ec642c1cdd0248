"""Whole runs with Keras on JAX and on torch: ragged, fixed and counted inputs are fed to it."""

from __future__ import annotations

import pytest
from processes import on_other_backends, run_on

from common.harness.record import RunKey, read_record


@on_other_backends
@pytest.mark.parametrize("experiment", ["full-length", "no-attention", "nn-5mer"])
def test_a_smoke_run_leaves_a_record(tmp_path, experiment, backend):
    small = {"simulated_transcripts": 60, "epochs": 1, "longest": 200}
    done = run_on(backend, f"rnatracker/{experiment}", tmp_path, **small)
    assert done.returncode == 0, done.stderr[-2000:]
    key = RunKey("smoke", "rnatracker", experiment, "code", 1)
    record = read_record(key.path("json", tmp_path))
    assert record.content["provenance"]["backend"] == backend
    assert len(record.predictions) == record.content["n_effective"]
