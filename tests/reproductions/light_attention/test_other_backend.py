"""A whole run with Keras on JAX and on torch."""

from __future__ import annotations

from processes import on_other_backends, run_on

from common.harness.record import RunKey, read_record


@on_other_backends
def test_a_smoke_run_leaves_a_record(tmp_path, backend):
    small = {"simulated_proteins": 60, "epochs": 1, "channels": 4}
    done = run_on(backend, "light_attention/la-onehot", tmp_path, **small)
    assert done.returncode == 0, done.stderr[-2000:]
    key = RunKey("smoke", "light_attention", "la-onehot", "paper", 1)
    record = read_record(key.path("json", tmp_path))
    assert record.content["provenance"]["backend"] == backend
    assert len(record.predictions) == record.content["n_effective"]
