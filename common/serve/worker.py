"""One thread that owns the networks, and the bounded queue in front of it."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future

SHORTEST, LONGEST = 1, 60
"""Seconds: bounds of what a client is told to wait."""

NEW = 0.2
"""Weight of the newest job in the mean of their seconds."""


class Busy(Exception):
    """The queue is full.

    Parameters
    ----------
    seconds : int
        When it is worth while to ask again.
    """

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"the queue is full; try again in {seconds} s")


class Job:
    """Work that waits or is done by the thread.

    Parameters
    ----------
    work : callable
        Takes `go_on`, which it calls between its parts.
    """

    def __init__(self, work: Callable[[Callable[[], None]], bytes]) -> None:
        self.work = work
        self.future: Future[bytes] = Future()
        self.stopped = threading.Event()

    def go_on(self) -> None:
        """Raise `CancelledError` where nobody wants the answer any more."""
        if self.stopped.is_set():
            raise CancelledError


class Worker:
    """A thread for jobs, first come, first served.

    Parameters
    ----------
    waiting : int
        Most jobs that wait while one is done.
    patience : float
        Seconds that a client waits for an answer: where those that wait already will take longer,
        a further job is refused rather than kept in vain.
    """

    def __init__(self, waiting: int, patience: float = math.inf) -> None:
        self.most, self.patience = waiting, patience
        self._queue: deque[Job] = deque()
        self._current: Job | None = None
        self._changed = threading.Condition()
        self._closed = False
        self._mean_seconds = 1.0
        self._thread = threading.Thread(target=self._run, name="networks", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Jobs in the queue."""
        return len(self._queue)

    def submit(self, work: Callable[[Callable[[], None]], bytes]) -> Job:
        """Put work into the queue.

        Raises
        ------
        Busy
            As many jobs wait as may, or as are done in time.
        """
        with self._changed:
            ahead = len(self._queue) + (self._current is not None)
            wait = self._mean_seconds * ahead
            late = wait + self._mean_seconds > self.patience
            if ahead and (late or len(self._queue) >= self.most):
                raise Busy(min(max(math.ceil(wait), SHORTEST), LONGEST))
            job = Job(work)
            self._queue.append(job)
            self._changed.notify()
        return job

    def cancel(self, job: Job) -> None:
        """Take a job out of the queue; if it is being done, it stops behind its next part."""
        with self._changed:
            job.stopped.set()
            if job in self._queue:
                self._queue.remove(job)
                job.future.cancel()

    def close(self) -> None:
        """Cancel what waits and end the thread behind the part that it is at."""
        with self._changed:
            self._closed = True
            for job in [*self._queue, *([self._current] if self._current else [])]:
                job.stopped.set()
                job.future.cancel()
            self._queue.clear()
            self._changed.notify()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            started = time.monotonic()
            try:
                answer = job.work(job.go_on)
            except CancelledError:
                job.future.cancel()
                self._note(started, at_least=self._mean_seconds)
            except BaseException as error:
                _settle(job.future, error=error)
            else:
                self._note(started)
                _settle(job.future, answer)
            finally:
                self._current = None

    def _note(self, started: float, at_least: float = 0.0) -> None:
        """Take a job's seconds into the mean; of one that was stopped they are a lower bound."""
        took = max(time.monotonic() - started, at_least)
        self._mean_seconds += NEW * (took - self._mean_seconds)

    def _next(self) -> Job | None:
        """The next job; None once the worker is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closed)
            if self._closed:
                return None
            self._current = self._queue.popleft()
            return self._current


def _settle(future: Future[bytes], answer: bytes = b"", error: BaseException | None = None) -> None:
    """Set a future's outcome unless it was cancelled; its waiters are told either way."""
    if not future.set_running_or_notify_cancel():
        return
    if error is None:
        future.set_result(answer)
    else:
        future.set_exception(error)
