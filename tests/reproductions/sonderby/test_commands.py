"""The commands that read results, on a small folder of made records."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from common.harness.experiment import ordered_keys
from common.harness.outcome import prediction_table, scores
from common.harness.record import RunKey, RunResult, write_record
from reproductions.cli import app
from reproductions.sonderby.data import LOCATIONS
from reproductions.sonderby.experiments import PAPER

ROOT = Path(__file__).parents[3]
PROVENANCE = {"commit": "0", "versions": {}, "device": "CPU", "peak_memory_bytes": 1}
TRUTH = [location for location in LOCATIONS for _ in range(4)]


def record(experiment: str, right: float, **extra) -> None:
    """A run that was right on a share of the proteins of each location."""
    probabilities = np.full((len(TRUTH), len(LOCATIONS)), 0.02)
    for place, (row, location) in enumerate(zip(probabilities, TRUTH, strict=True)):
        shift = 0 if place % 4 < 4 * right else 1
        row[(LOCATIONS.index(location) + shift) % len(LOCATIONS)] = 0.8
    ids = [f"P{place}" for place in range(len(TRUTH))]
    table = prediction_table(ids, TRUTH, probabilities, LOCATIONS)
    result = RunResult(
        scores(table), table, len(TRUTH), len(TRUTH), "simulated", {}, 1, extra=extra
    )
    key = RunKey("smoke", "sonderby", experiment, "paper", 1)
    write_record(key, result, PAPER.settings.resolve("paper", "smoke", experiment), PROVENANCE)


@pytest.fixture(autouse=True)
def results(tmp_path, monkeypatch):
    """Two runs and no data: nothing is read or written outside of the test's folder."""
    folder = tmp_path / "results"
    monkeypatch.setenv("REPRODUCE_RESULTS", str(folder))
    monkeypatch.setenv("REPRODUCE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("REPRODUCE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("REPRODUCE_MIRROR", "")
    monkeypatch.setenv("COLUMNS", "200")
    n = len(TRUTH)
    attention = {"peak": [3] * n, "within_30": [0.5] * n, "reach": [20.0] * n}
    record("a-lstm", 0.75, attention=attention)
    record("r-lstm-ensemble", 0.5, members={"seed1-fold0": "a", "seed2-fold0": "b"})
    return folder


def reproduce(*arguments: str) -> list[str]:
    """Lines that a command that succeeds prints."""
    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()


def test_compare_writes_the_numbers_of_the_records(results):
    lines = reproduce("compare", "--paper", "sonderby")
    for name in ("comparison.csv", "claims.csv", "README.md"):
        assert str(results / name) in lines
    table = pd.read_csv(results / "comparison.csv")
    own = table[(table["source"] == "Table 1") & (table["row"] == "A-LSTM")]
    assert own["data"].tolist() == ["simulated"]
    assert own["reproduced"].tolist() == [0.75]
    claims = pd.read_csv(results / "claims.csv").set_index("claim")
    assert claims.loc["secretory attention at the N terminus", "difference"] == 0.5


def test_report_is_one_page_with_the_numbers_of_the_records(results):
    reproduce("compare", "--paper", "sonderby")
    (line,) = reproduce("report", "--paper", "sonderby")
    page = results / "report" / "index.html"
    assert line.partition("#")[0] == str(page)
    text = page.read_text(encoding="utf-8")
    assert PAPER.title in text
    row = text[text.index(">A-LSTM · sequence") :].partition("</tr>")[0]
    assert ".854" in row and ".75" in row and "simulated" in row


def test_figures_are_those_that_the_records_suffice_for(results):
    lines = reproduce("figures", "--paper", "sonderby")
    assert lines == [str(results / "figures/sonderby/confusion.png")]
    assert Path(lines[0]).stat().st_size > 5000
    assert reproduce("figures", "--paper", "sonderby") == []


def test_jobs_are_the_commands_of_the_profile_in_order():
    lines = reproduce("jobs", "--paper", "sonderby", "--profile", "smoke")
    assert lines == [key.command for key in ordered_keys(PAPER, "smoke")]
    assert len(lines) == 5
    ensemble = next(place for place, line in enumerate(lines) if "r-lstm-ensemble" in line)
    members = [place for place, line in enumerate(lines) if "sonderby/r-lstm " in line]
    assert len(members) == 2 and max(members) < ensemble


def test_data_status_says_what_is_not_here(tmp_path):
    (row,) = [line for line in reproduce("data", "status") if line.startswith("multiloc ")]
    assert "0 of 11" in row
    assert not (tmp_path / "data").exists()


def test_dry_run_of_the_paper_alone_lists_its_runs_and_leaves_the_records(results):
    before = sorted(results.rglob("*"))
    done = subprocess.run(
        [sys.executable, "-m", "reproductions.sonderby", "--profile", "smoke", "--dry-run"],
        capture_output=True, text=True, cwd=ROOT, timeout=300,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "runs: 5 in all, " in done.stdout
    listing = done.stdout + done.stderr
    for name in ("r-lstm/paper/seed1", "r-lstm/paper/seed2", "a-lstm-planted/paper/seed1"):
        assert name in listing
    for other in ("deeploc", "rnatracker", "light_attention"):
        assert f"{other}/" not in listing.replace(str(ROOT), "")
    assert sorted(results.rglob("*")) == before
