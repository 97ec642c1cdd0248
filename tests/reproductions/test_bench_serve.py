"""The load that `reproduce serve` must bear: many clients for minutes, none of them failed."""

from __future__ import annotations

import pytest

from reproductions import bench_serve


@pytest.mark.long
def test_fifty_clients_for_two_minutes():
    found = {one.name: one for one in bench_serve.measure()}
    assert bench_serve.CLIENTS == 50
    assert bench_serve.SECONDS >= 120
    assert found["answers"].value > 0
    broken = [one for one in found.values() if one.holds is False]
    assert broken == [], broken
    assert [one.name for one in found.values() if one.holds] == ["errors", "growth of memory"]
