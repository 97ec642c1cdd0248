"""The load test itself: it sees answers, refusals and faults for what they are."""

from __future__ import annotations

import os
import threading

from common.serve.limits import Limits
from common.serve.load import Load, put_load


def test_answers_and_refusals_are_counted_and_no_fault_is_seen(serve):
    one = serve(Limits(waiting=1))
    load = put_load(one.address, "compartments", 4, 1.5, os.getpid())
    assert load.faults == []
    assert load.statuses[200] == len(load.latencies) > 0
    assert load.sequences >= load.statuses[200]
    assert set(load.statuses) <= {200, 503}
    assert 0 < load.latency(0.5) <= load.latency(0.99)
    assert load.memory[0] > 1 << 20


def test_other_statuses_are_faults(serve):
    gate = threading.Event()
    one = serve(Limits(answer_seconds=0.2), gate)
    load = put_load(one.address, "compartments", 1, 0.8, os.getpid())
    gate.set()
    assert load.faults
    assert all("504" in fault for fault in load.faults)


def test_a_server_that_is_gone_is_a_fault(serve):
    one = serve()
    one.close()
    load = put_load(one.address, "compartments", 1, 0.3, os.getpid())
    assert load.faults
    assert not load.latencies


def test_growth_compares_the_last_quarter_with_the_second():
    assert Load(memory=[50, 50, 100, 100, 105, 105, 110, 110]).growth == 110 / 100 - 1
    assert Load(memory=[100]).growth == 0
