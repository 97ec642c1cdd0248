"""The load that `reproduce serve` must bear: many clients at once, none of them failed.

`reproduce bench serve` does the same for two minutes and judges the memory too, which takes an
idle machine.
"""

from __future__ import annotations

import pytest

from common.harness.bench import print_measurements
from reproductions import bench_serve

pytest.importorskip("fastapi", reason="FastAPI is not installed (extra `serve`)")
SECONDS = 20.0


@pytest.mark.long
def test_fifty_clients_at_once(capsys, tmp_path):
    measured = bench_serve.measure(seconds=SECONDS)
    with capsys.disabled():
        print_measurements("serve", measured, tmp_path)
    found = {one.name: one for one in measured}
    assert (bench_serve.CLIENTS, bench_serve.SECONDS) == (50, 120)
    assert found["answers"].note.startswith("50 clients")
    assert found["answers"].value > 0
    assert found["errors"].holds
