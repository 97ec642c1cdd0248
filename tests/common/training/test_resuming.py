"""A run that is killed goes on and ends like one that was not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

SCRIPT = Path(__file__).with_name("killed_run.py")
ROOT = Path(__file__).parents[3]


def _start(folder: Path, out: Path) -> subprocess.Popen:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    arguments = [sys.executable, str(SCRIPT), str(folder), str(out)]
    return subprocess.Popen(arguments, env=environment, stderr=subprocess.PIPE)


def _finish(process: subprocess.Popen) -> None:
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors.decode()[-2000:]


@pytest.mark.slow
def test_five_kills_at_random_moments_change_nothing(tmp_path):
    """Kill -9 at five random moments, some within an epoch and some while a file is written."""
    _finish(_start(tmp_path / "whole", tmp_path / "whole.npz"))
    whole = np.load(tmp_path / "whole.npz")
    rng = np.random.default_rng()
    kills, checkpoint = 0, tmp_path / "killed" / "checkpoint.npz"
    while kills < 5:
        process = _start(tmp_path / "killed", tmp_path / "killed.npz")
        before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
        if kills:
            _wait_for_change(checkpoint, before, process)
        time.sleep(rng.uniform(0, 0.15) if kills else rng.uniform(2, 6))
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        kills += 1
    assert kills == 5, f"the run ended after {kills} kills"
    assert not (tmp_path / "killed.npz").exists()
    _finish(_start(tmp_path / "killed", tmp_path / "killed.npz"))
    resumed = np.load(tmp_path / "killed.npz")
    assert set(resumed.files) == set(whole.files)
    assert len(whole["history"]) == 20
    for name in whole.files:
        assert np.array_equal(resumed[name], whole[name]), name


def _wait_for_change(path: Path, before: int, process: subprocess.Popen) -> None:
    """Wait until the run has written a checkpoint of its own."""
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        if path.exists() and path.stat().st_mtime_ns != before:
            return
        time.sleep(0.005)
