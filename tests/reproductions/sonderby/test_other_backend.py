"""A whole run with Keras on JAX and on torch: `tf.data` feeds it, and the network learns."""

from __future__ import annotations

import pytest
from processes import on_other_backends, run_on

from common.harness.record import RunKey, read_record


@on_other_backends
@pytest.mark.parametrize("experiment", ["a-lstm", "r-lstm"])
def test_a_smoke_run_leaves_a_record(tmp_path, experiment, backend):
    small = {"simulated_proteins": 66, "epochs": 1, "max_length": 60}
    done = run_on(backend, f"sonderby/{experiment}", tmp_path, **small)
    assert done.returncode == 0, done.stderr[-2000:]
    assert not done.stderr
    record = read_record(RunKey("smoke", "sonderby", experiment, "paper", 1).path("json", tmp_path))
    assert record.content["provenance"]["backend"] == backend
    assert len(record.predictions) == record.content["n_effective"]
