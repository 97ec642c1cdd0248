"""A worker that dies midway changes no number: its job is retried, only whole records count."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from common.harness.answers import write_answers
from common.harness.run_key import RunKey
from reproductions.jobs import SNAKEMAKE
from reproductions.papers import load_papers

ROOT = Path(__file__).parents[1]
KEYS = [RunKey("smoke", "sonderby", "r-lstm", "paper", seed) for seed in (1, 2)]


class Workers:
    """Two workers that make two records of one paper in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.results, self.runs = folder / "results", folder / "runs"
        folder.mkdir()
        listing = folder / "records"
        listing.write_text("\n".join(str(key.path("json", self.results)) for key in KEYS))
        command = [sys.executable, "-m", "snakemake", "-s", "workflow/Snakefile", *SNAKEMAKE]
        command += ["--cores", "4", "--config", "profile=smoke", "papers=sonderby"]
        places = {"REPRODUCE_RESULTS": str(self.results), "REPRODUCE_RUNS": str(self.runs)}
        self.log = (folder / "snakemake.log").open("w+")
        self.child = subprocess.Popen(
            [*command, f"records={listing}"],
            cwd=ROOT, env=os.environ | places, stdout=self.log, stderr=self.log,
        )  # fmt: skip

    def record(self, key: RunKey) -> Path:
        return key.path("json", self.results)

    def running(self, key: RunKey) -> list[psutil.Process]:
        """The process that trains this run."""
        wanted = f"--seed {key.seed} "
        children = psutil.Process(self.child.pid).children(recursive=True)
        return [c for c in children if c.name().startswith("python") and wanted in _command(c)]

    def tables(self) -> tuple[bytes, bytes]:
        """Wait for the workers, then make both tables."""
        assert self.child.wait(timeout=500) == 0, self.text()
        _, paths = write_answers(list(load_papers(["sonderby"]).values()), self.results)
        return paths[0].read_bytes(), paths[1].read_bytes()

    def text(self) -> str:
        self.log.seek(0)
        return self.log.read()


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def kill_midway(workers: Workers, key: RunKey) -> None:
    """SIGKILL the worker of a run once it has trained an epoch and not all of them."""
    end = time.monotonic() + 300
    while time.monotonic() < end and workers.child.poll() is None:
        epochs = [path for path in workers.runs.rglob("*") if key.stem in str(path)]
        trained = any("epoch" in path.read_text() for path in epochs if path.suffix == ".log")
        if trained and (found := workers.running(key)):
            found[0].kill()
            return
        time.sleep(0.02)
    pytest.fail(f"the run was never seen to train\n{workers.text()}")


@pytest.mark.long
def test_killed_worker_is_retried_and_the_tables_are_the_same(tmp_path):
    killed = Workers(tmp_path / "killed")
    kill_midway(killed, KEYS[1])
    assert not killed.record(KEYS[1]).exists()
    tables = killed.tables()
    assert "Trying to restart job" in killed.text()
    assert all(killed.record(key).exists() for key in KEYS)
    assert tables == Workers(tmp_path / "whole").tables()
    assert b",smoke," in tables[0]
