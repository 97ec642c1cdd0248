"""`reproduce baseline` runs the seeds that lack and records them beside what was there."""

from __future__ import annotations

import pandas as pd
import pytest
from typer.testing import CliRunner

from common.harness.baseline import read_baseline
from common.harness.experiment import Experiment, Paper
from common.harness.record import RunResult, write_record
from common.harness.targets import NotAttempted
from reproductions.cli import app

PROVENANCE = {"commit": "0", "versions": {}, "device": "CPU", "peak_memory_bytes": 1}


def record(key) -> None:
    table = pd.DataFrame(
        {"id": ["P1", "P2"], "truth": ["a", "b"], "a": [0.9, 0.1], "b": [0.1, 0.9]}
    )
    result = RunResult(
        {"accuracy": 0.8 + key.seed / 100}, table, pd.DataFrame({"epoch": [1]}), 2, 2,
        "simulated", {}, 1,
    )  # fmt: skip
    write_record(key, result, {}, PROVENANCE)


@pytest.fixture
def suite(tmp_path, monkeypatch):
    """Two papers; jobs are run by writing their records. Gives the keys that were run."""
    monkeypatch.setenv("REPRODUCE_RESULTS", str(tmp_path))

    def paper(name):
        one = Experiment(name, "net", "t", lambda context: None, {"quick": (1,)}, folds=2)
        mean = Experiment(name, "mean", "t", lambda context: None, {"quick": (1,)}, needs=("net",))
        full = Experiment(name, "long", "t", lambda context: None, {"full": (1,)})
        return Paper(name, "t", "c", tmp_path, (one, mean, full), lambda row: NotAttempted("none"))

    papers = {name: paper(name) for name in ("first", "second")}

    def load(names=()):
        return {name: papers[name] for name in names or papers}

    ran = []

    def run_jobs(papers, keys, jobs, executor, *, dry_run):
        ran.extend(keys)
        for key in keys:
            record(key)

    monkeypatch.setattr("reproductions.papers.load_papers", load)
    monkeypatch.setattr("reproductions.jobs.run_jobs", run_jobs)
    return ran


def reproduce(*arguments):
    return CliRunner().invoke(app, arguments)


def test_one_command_runs_five_seeds_and_keeps_the_other_papers_rows(suite, tmp_path):
    assert reproduce("baseline", "--paper", "first", "--seeds", "5").exit_code == 0
    assert sorted((k.paper, k.experiment, k.seed, k.fold) for k in suite) == [
        ("first", "net", seed, fold) for seed in range(1, 6) for fold in (0, 1)
    ]
    assert reproduce("baseline", "--paper", "second", "--seeds", "5").exit_code == 0
    table = read_baseline(tmp_path / "baseline.csv")
    assert table["paper"].tolist() == ["first", "second"]
    assert table["value"].tolist() == pytest.approx([0.83, 0.83])


def test_too_few_seeds_are_refused_and_nothing_is_run(suite, tmp_path):
    assert reproduce("baseline", "--paper", "first", "--seeds", "4").exit_code
    assert not (tmp_path / "baseline.csv").exists()
    suite.clear()
    assert reproduce("baseline", "--paper", "first").exit_code
    assert suite == []


@pytest.mark.parametrize(
    ("options", "code"),
    [((), 1), (("--paper", "second"), 0), (("--data", "simulated", "--paper", "first"), 1)],
)
def test_check_looks_at_the_papers_that_are_named(suite, tmp_path, monkeypatch, options, code):
    monkeypatch.setattr("common.harness.check.committed_comparison", lambda: None)
    reproduce("baseline", "--seeds", "5")
    path = tmp_path / "baseline.csv"
    path.write_text(
        path.read_text().replace(
            "simulated,0 1,accuracy,higher,0.83", "simulated,0 1,accuracy,higher,0.99", 1
        )
    )
    done = reproduce("check", *options)
    assert done.exit_code == code, done.output
    assert ("FELL" in done.output) is bool(code)
