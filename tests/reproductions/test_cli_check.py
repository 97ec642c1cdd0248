"""`reproduce baseline` runs the seeds that lack and records them beside what was there."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from typer.testing import CliRunner

from common.harness.baseline import LEAST_SEEDS, read_baseline
from common.harness.experiment import Experiment, Paper
from common.harness.record import RunKey, RunResult, write_record
from common.harness.targets import NotAttempted
from reproductions.cli import app
from reproductions.papers import load_papers

ROOT = Path(__file__).parents[2]
PROVENANCE = {"commit": "0", "versions": {}, "device": "CPU", "peak_memory_bytes": 1}


def record(key) -> None:
    table = pd.DataFrame(
        {"id": ["P1", "P2"], "truth": ["a", "b"], "a": [0.9, 0.1], "b": [0.1, 0.9]}
    )
    result = RunResult({"accuracy": 0.8 + key.seed / 100}, table, 2, 2, "simulated", {}, 1)
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


def test_one_papers_check_says_nothing_of_another(suite, tmp_path):
    reproduce("baseline", "--paper", "first", "--seeds", "5")
    record(RunKey("quick", "second", "net", "paper", 1))
    asked = ["check", "--results", str(tmp_path)]
    assert "no baseline: quick second/net" in reproduce(*asked).stdout
    assert "second" not in reproduce(*asked, "--paper", "first").stdout


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
    monkeypatch.setattr("common.harness.commits.committed", lambda *arguments: None)
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


def test_verdicts_are_held_against_the_commit_that_is_named(suite, monkeypatch):
    asked = []
    monkeypatch.setattr("common.harness.commits.committed", lambda *given: asked.append(given))
    reproduce("baseline", "--seeds", "5")
    assert reproduce("check", "--against", "origin/main").exit_code == 0
    assert reproduce("check").exit_code == 0
    assert [(name, commit) for name, _, commit in asked] == [
        ("comparison.csv", "origin/main"), ("claims.csv", "origin/main"),
    ]  # fmt: skip


ROW = "quick,toy,net,paper,{data},0,accuracy,higher,0.8,0.02,5,0.001"
HEAD = (
    "profile,paper,experiment,variant,data,folds,metric,direction,value,tolerance,n_seeds,seed_sd"
)


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A paper whose net reads `multiloc`, which is nowhere, and a baseline on two kinds of data."""
    for name in ("RESULTS", "DATA", "MIRROR"):
        monkeypatch.setenv(f"REPRODUCE_{name}", str(tmp_path))
    seeds = {"quick": (1,)}
    net = Experiment("toy", "net", "t", lambda context: None, seeds, datasets=("multiloc",))
    paper = Paper("toy", "t", "c", tmp_path, (net,), lambda row: NotAttempted("none"))
    monkeypatch.setattr("reproductions.papers.load_papers", lambda names=(): {"toy": paper})
    rows = [ROW.format(data=data) for data in ("exact", "simulated")]
    (tmp_path / "baseline.csv").write_text("\n".join([HEAD, *rows]) + "\n")


def test_check_leaves_out_metrics_whose_data_are_nowhere(toy):
    done = reproduce("check")
    assert "left out: quick toy/net paper: no multiloc" in done.output
    assert [line.split()[0] for line in done.output.splitlines()] == ["left", "FELL", "1"]
    record(RunKey("quick", "toy", "net", "paper", 1))
    assert reproduce("check").exit_code == 0


def test_missing_runs_on_data_that_are_here_have_fallen(toy, monkeypatch):
    here = SimpleNamespace(origin="mirror")
    monkeypatch.setattr("common.data.fetch.locate_facts", lambda name, simulate: here)
    done = reproduce("check")
    assert done.exit_code == 1 and "left out" not in done.output
    assert done.output.count("FELL") == 1 and "accuracy on exact" in done.output


def test_tables_and_page_hold_all_papers_whichever_is_named(suite, tmp_path, monkeypatch):
    seen = []

    def write(papers, results):
        seen.append([paper.name for paper in papers])
        columns = {"paper": ["first", "second"], "profile": "full", "verdict": "equivalent"}
        return pd.DataFrame(columns), [tmp_path / "comparison.csv"]

    monkeypatch.setattr("common.harness.answers.write_answers", write)
    done = reproduce("compare", "--paper", "second")
    assert "second: 1 equivalent" in done.output and "first" not in done.output
    monkeypatch.setattr("common.harness.report.write_report", lambda *a: write(*a)[1][0])
    assert reproduce("report", "--paper", "second").output.strip().endswith("#second")
    assert seen == [["first", "second"]] * 2


def test_the_committed_baseline_knows_every_quick_run_that_trains():
    table = read_baseline(ROOT / "results" / "baseline.csv")
    known = set(table[["paper", "experiment"]].itertuples(index=False, name=None))
    trained = {
        (paper.name, experiment.name)
        for paper in load_papers().values()
        for experiment in paper.experiments
        if experiment.keys("quick") and not experiment.needs
    }
    assert trained <= known
    assert (table["n_seeds"] >= LEAST_SEEDS).all()
