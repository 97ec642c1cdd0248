"""A run that is killed goes on and ends like one that was not."""

from __future__ import annotations

import signal
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np
import pytest
from killed_run import train
from processes import start_process


def _finish(folder: Path, out: Path) -> None:
    process = start_process(train, folder, out)
    process.join(300)
    assert process.exitcode == 0


@pytest.mark.slow
def test_five_kills_at_random_moments_change_nothing(tmp_path):
    """Kill -9 at five random moments, some within an epoch and some while a file is written."""
    _finish(tmp_path / "whole", tmp_path / "whole.npz")
    whole = np.load(tmp_path / "whole.npz")
    rng = np.random.default_rng()
    kills, checkpoint = 0, tmp_path / "killed" / "checkpoint.npz"
    while kills < 5:
        process = start_process(train, tmp_path / "killed", tmp_path / "killed.npz")
        before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
        if kills:
            _wait_for_change(checkpoint, before, process)
        time.sleep(rng.uniform(0, 0.15) if kills else rng.uniform(0, 3))
        if process.exitcode is not None:
            break
        process.kill()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        kills += 1
    assert kills == 5, f"the run ended after {kills} kills"
    assert not (tmp_path / "killed.npz").exists()
    _finish(tmp_path / "killed", tmp_path / "killed.npz")
    resumed = np.load(tmp_path / "killed.npz")
    assert set(resumed.files) == set(whole.files)
    assert len(whole["history"]) == 40
    for name in whole.files:
        assert np.array_equal(resumed[name], whole[name]), name


def _wait_for_change(path: Path, before: int, process: BaseProcess) -> None:
    """Wait until the run has written a checkpoint of its own."""
    end = time.monotonic() + 120
    while time.monotonic() < end and process.exitcode is None:
        if path.exists() and path.stat().st_mtime_ns != before:
            return
        time.sleep(0.005)
