"""How far a batch of runs is, and how long it will still take."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from common.harness.run_key import RunKey
from common.training.progress import readable

EPOCH = re.compile(r"epoch (\d+)/(\d+)")
POLL_SECONDS = 0.5


class Overview:
    """Watches records appear and logs grow.

    Parameters
    ----------
    costs : mapping of RunKey to float
        Every run and its weight in the estimate, such as the minutes that it may take.
    results : Path
        Folder of the records.
    logs : Path
        Folder of the runs' logs.
    """

    def __init__(self, costs: Mapping[RunKey, float], results: Path, logs: Path) -> None:
        self.costs, self.results, self.logs = costs, results, logs
        self.finished = {key for key in costs if self._done(key)}
        self.before = self._weight()
        self.started = time.monotonic()
        self.width = 0

    def watch(self, child: subprocess.Popen) -> None:
        """Show the progress until the child ends: a bar in a terminal, else a line a run."""
        bar = sys.stderr.isatty()
        while child.poll() is None:
            self._step(bar)
            time.sleep(POLL_SECONDS)
        self._step(bar)
        if bar:
            print(file=sys.stderr)

    def _step(self, bar: bool) -> None:
        for key in self.costs:
            if key not in self.finished and self._done(key):
                self.finished.add(key)
                line = f"runs: {len(self.finished)}/{len(self.costs)} {_name(key)}, {self.left()}"
                print(("\r\x1b[2K" if bar else "") + line, file=sys.stderr, flush=True)
        if bar:
            share = self._weight() / sum(self.costs.values())
            filled = int(24 * share)
            running = "; ".join(self._running())
            text = f"{'━' * filled}{'─' * (24 - filled)} {share:.0%}, {self.left()}  {running}"
            print(f"\r\x1b[2K{text[:150]}", end="", file=sys.stderr, flush=True)

    def left(self) -> str:
        """Estimate of the time left, from the work done since the start."""
        done = self._weight()
        rest = sum(self.costs.values()) - done
        if rest <= 0:
            return "done"
        if done <= self.before:
            return "time left unknown"
        seconds = (time.monotonic() - self.started) / (done - self.before) * rest
        return f"about {readable(seconds)} left"

    def _weight(self) -> float:
        """Work done: finished runs, and the epochs of those that are under way."""
        return sum(
            cost * (1 if key in self.finished else self._share(key))
            for key, cost in self.costs.items()
        )

    def _share(self, key: RunKey) -> float:
        found = EPOCH.findall(self._tail(key))
        return int(found[-1][0]) / int(found[-1][1]) if found else 0.0

    def _running(self) -> list[str]:
        return [
            f"{_name(key)} {' of '.join(found[-1])}"
            for key in self.costs
            if key not in self.finished and (found := EPOCH.findall(self._tail(key)))
        ]

    def _tail(self, key: RunKey) -> str:
        """Last part of a run's log; nothing where there is none."""
        try:
            with (self.logs / log_of(key)).open("rb") as stream:
                stream.seek(0, 2)
                stream.seek(max(stream.tell() - 2000, 0))
                return stream.read().decode(errors="replace")
        except OSError:
            return ""

    def _done(self, key: RunKey) -> bool:
        return key.path("json", self.results).exists()


def log_of(key: RunKey) -> Path:
    """Log of a run, below the folder of logs."""
    return Path(key.profile, key.paper, key.experiment, key.variant, f"{key.stem}.log")


def _name(key: RunKey) -> str:
    return f"{key.paper}/{key.experiment} seed {key.seed}"
