"""The load that `reproduce serve` must bear: many clients for minutes, none of them failed."""

from __future__ import annotations

import pytest

from common.harness.bench import print_measurements
from reproductions import bench_serve

pytest.importorskip("fastapi", reason="FastAPI is not installed (extra `serve`)")


@pytest.mark.long
def test_fifty_clients_for_two_minutes(capsys, tmp_path):
    measured = bench_serve.measure()
    with capsys.disabled():
        print_measurements("serve", measured, tmp_path)
    found = {one.name: one for one in measured}
    assert bench_serve.CLIENTS == 50
    assert bench_serve.SECONDS >= 120
    assert found["answers"].value > 0
    broken = [one for one in found.values() if one.holds is False]
    assert broken == [], broken
    assert [one.name for one in found.values() if one.holds] == ["errors", "growth of memory"]
