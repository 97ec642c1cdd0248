"""The worker: order, the bound of its queue, cancelling, and its end."""

from __future__ import annotations

import threading
import time
from concurrent.futures import CancelledError

import pytest

from common.serve.worker import Busy, Worker


@pytest.fixture
def worker():
    made = Worker(2)
    yield made
    made.close()


def held(worker):
    """A job that runs until its event is set, and that has begun."""
    begun, gate = threading.Event(), threading.Event()

    def work(go_on):
        begun.set()
        assert gate.wait(10)
        go_on()
        return b"held"

    job = worker.submit(work)
    assert begun.wait(10)
    return job, gate


def test_jobs_are_done_in_their_order_by_one_thread(worker):
    _, gate = held(worker)
    seen = []

    def work(name):
        def note(go_on):
            seen.append((name, threading.current_thread().name))
            return name

        return note

    jobs = [worker.submit(work(name)) for name in (b"a", b"b")]
    gate.set()
    assert [job.future.result(10) for job in jobs] == [b"a", b"b"]
    assert seen == [(b"a", "networks"), (b"b", "networks")]


def test_queue_is_bounded_and_says_when_to_come_again(worker):
    _, gate = held(worker)
    jobs = [worker.submit(lambda go_on: b"x") for _ in range(2)]
    with pytest.raises(Busy) as busy:
        worker.submit(lambda go_on: b"y")
    assert 1 <= busy.value.seconds <= 60
    assert worker.waiting == 2
    gate.set()
    assert [job.future.result(10) for job in jobs] == [b"x", b"x"]


def test_cancelled_job_leaves_its_place_and_is_never_begun(worker):
    _, gate = held(worker)
    done = []
    jobs = [worker.submit(lambda go_on, n=n: done.append(n) or b"") for n in range(2)]
    worker.cancel(jobs[0])
    assert worker.waiting == 1
    last = worker.submit(lambda go_on: b"last")
    gate.set()
    assert last.future.result(10) == b"last"
    assert done == [1]
    assert jobs[0].future.cancelled()


def test_job_at_work_stops_behind_its_part(worker):
    job, gate = held(worker)
    worker.cancel(job)
    gate.set()
    with pytest.raises(CancelledError):
        job.future.result(10)
    assert worker.submit(lambda go_on: b"next").future.result(10) == b"next"


def test_fault_reaches_its_own_job_only(worker):
    def fail(go_on):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        worker.submit(fail).future.result(10)
    assert worker.submit(lambda go_on: b"fine").future.result(10) == b"fine"


def test_wait_grows_with_the_queue_and_with_slow_jobs():
    worker = Worker(1)
    for _ in range(3):
        worker.submit(lambda go_on: time.sleep(0.02) or b"").future.result(10)
    _, gate = held(worker)
    worker.submit(lambda go_on: b"")
    worker._mean_seconds = 7.2
    with pytest.raises(Busy) as busy:
        worker.submit(lambda go_on: b"")
    assert busy.value.seconds == 15
    gate.set()
    worker.close()


def test_what_would_not_be_done_in_time_is_refused():
    worker = Worker(10, patience=20)
    _, gate = held(worker)
    worker._mean_seconds = 6.0
    jobs = [worker.submit(lambda go_on: b"") for _ in range(2)]
    with pytest.raises(Busy) as busy:
        worker.submit(lambda go_on: b"")
    assert busy.value.seconds == 18
    gate.set()
    assert [job.future.result(10) for job in jobs] == [b"", b""]
    worker._mean_seconds = 100.0
    until_idle = time.monotonic() + 10
    while worker._current and time.monotonic() < until_idle:
        time.sleep(0.01)
    assert worker.submit(lambda go_on: b"idle").future.result(10) == b"idle"
    gate.set()
    worker.close()


def test_closing_cancels_what_waits():
    worker = Worker(5)
    _, gate = held(worker)
    waiting = worker.submit(lambda go_on: b"")
    worker.close()
    gate.set()
    assert waiting.future.cancelled()
    worker._thread.join(10)
    assert not worker._thread.is_alive()
