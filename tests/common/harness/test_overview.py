"""Progress over many runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from common.harness.overview import Overview
from common.harness.run_key import RunKey

KEYS = [RunKey("smoke", "made", "net", "paper", seed) for seed in (1, 2, 3)]


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "results", tmp_path / "logs"


def finish(key: RunKey, results: Path) -> None:
    path = key.path("json", results)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}")


def test_estimate_counts_finished_runs_and_epochs_under_way(places, monkeypatch):
    results, logs = places
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    finish(KEYS[0], results)
    overview = Overview({key: 10.0 for key in KEYS}, results, logs)
    assert overview.left() == "time left unknown"
    log = logs / "smoke/made/net/paper/seed2-fold0.log"
    log.parent.mkdir(parents=True)
    log.write_text("made/net seed 2: epoch 1/4, loss 1.0\nmade/net seed 2: epoch 2/4, loss 0.9\n")
    now[0] = 130.0
    assert overview.left() == "about 1 min 30 s left"
    assert overview._running() == ["made/net seed 2 2 of 4"]
    for key in KEYS:
        finish(key, results)
        overview.finished.add(key)
    assert overview.left() == "done"


def test_every_finished_run_is_a_line_where_there_is_no_terminal(places, capsys):
    results, logs = places
    overview = Overview({key: 1.0 for key in KEYS}, results, logs)
    for key in KEYS:
        finish(key, results)
    overview.watch(subprocess.Popen([sys.executable, "-c", "pass"]))
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(",")[0] for line in lines] == [
        f"runs: {place}/3 made/net seed {place}" for place in (1, 2, 3)
    ]
