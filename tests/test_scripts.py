"""The two scripts and the pipeline behind them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def pipeline(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "reproductions.run_all", *arguments],
        capture_output=True, text=True, cwd=ROOT, timeout=600, env=_environment(environment),
    )  # fmt: skip


def _environment(changes: dict[str, str]) -> dict[str, str]:
    return os.environ | {"COLUMNS": "200", "TF_CPP_MIN_LOG_LEVEL": "3"} | changes


@pytest.mark.parametrize("script", ["run_all.sh", "run_tests.sh", ".ci/run", "workflow/setup.sh"])
def test_scripts_are_valid_bash(script):
    done = subprocess.run(["bash", "-n", ROOT / script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_help_names_every_option():
    done = pipeline("--help")
    assert done.returncode == 0
    for option in ("--profile", "--paper", "--jobs", "--dry-run", "--executor", "--offline"):
        assert option in done.stdout


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["--profile", "fast"], "profile 'fast'"),
        (["--paper", "sonder"], "paper 'sonder'"),
        (["--executor", "lsf"], "executor 'lsf'"),
        (["--jobs", "0"], "--jobs"),
    ],
)
def test_a_mistake_is_one_line(arguments, fault):
    done = pipeline(*arguments)
    assert done.returncode == 2
    assert fault in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_dry_run_lists_the_jobs_and_writes_nothing(tmp_path):
    results = tmp_path / "results"
    done = pipeline("--dry-run", "--profile", "smoke", REPRODUCE_RESULTS=str(results))
    assert done.returncode == 0, done.stderr
    listing = done.stdout + done.stderr
    for name in ("a-lstm/paper/seed1", "r-lstm/paper/seed2", "r-lstm-ensemble/paper/seed1"):
        assert name in listing
    assert not results.exists()


@pytest.mark.skipif(
    find_spec("snakemake_executor_plugin_slurm") is None,
    reason="the SLURM plugin is not installed (extra `slurm`)",
)
def test_dry_run_for_slurm_declares_what_each_job_takes(tmp_path):
    done = pipeline(
        "--dry-run", "--profile", "full", "--executor", "slurm",
        REPRODUCE_RESULTS=str(tmp_path / "results"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    listing = done.stdout + done.stderr
    assert "slurm_partition=" in listing
    assert "mem_mb=6144" in listing
    assert "runtime=300" in listing
    assert "gpu=1" in listing


@pytest.mark.slow
def test_smoke_pipeline_goes_on_after_ctrl_c_and_then_has_nothing_to_do(tmp_path):
    places = {
        "REPRODUCE_RESULTS": str(tmp_path / "results"),
        "REPRODUCE_RUNS": str(tmp_path / "runs"),
    }
    one = ("--profile", "smoke", "--paper", "sonderby")
    child = subprocess.Popen(
        [sys.executable, "-m", "reproductions.run_all", *one],
        cwd=ROOT, env=_environment(places), start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    end = time.monotonic() + 240
    records = tmp_path / "results" / "runs"
    while time.monotonic() < end and not list(records.rglob("*.json")):
        time.sleep(0.2)
    os.killpg(child.pid, signal.SIGINT)
    _, errors = child.communicate(timeout=60)
    assert child.returncode == 130, errors
    assert "the same command goes on" in errors
    kept = {path: path.stat().st_mtime_ns for path in records.rglob("*.json")}
    assert kept
    done = pipeline(*one, **places)
    assert done.returncode == 0, done.stderr
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert len(list(records.rglob("*.json"))) == 5
    page = (tmp_path / "results/report/index.html").read_text()
    assert "simulated" in page
    assert (tmp_path / "results/comparison.csv").exists()
    started = time.monotonic()
    again = pipeline(*one, **places)
    assert again.returncode == 0
    assert "5 in all, 5 done before" in again.stdout
    assert time.monotonic() - started < 60
