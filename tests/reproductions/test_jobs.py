"""Which runs of a profile can be run with the data that are here, and how many at once."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from common.errors import DataError
from common.harness.experiment import Experiment, Paper
from common.harness.run_key import RunKey
from common.harness.targets import NotAttempted
from reproductions.jobs import run_jobs
from reproductions.papers import NAMES, load_papers
from reproductions.run_all import pipeline
from reproductions.runnable import runnable, simulated


@pytest.fixture
def papers(tmp_path):
    def experiment(name, **options):
        seeds = {"full": (1, 2), "quick": (1,), "smoke": (1,)}
        return Experiment("made", name, "t", lambda context: None, seeds, **options)

    experiments = (
        experiment("mean-of-means", needs=("mean",)),
        experiment("mean", needs=("rich",)),
        experiment("rich", datasets={"quick": ("a",), "full": ("a", "b")}),
        experiment("poor", datasets=("a",)),
    )
    paper = Paper("made", "t", "c", tmp_path, experiments, lambda row: NotAttempted("made up"))
    return {"made": paper}


def names(keys):
    return sorted({key.experiment for key in keys})


def test_with_all_data_every_run_is_there_in_order(papers):
    keys, left_out = runnable(papers, "full", ())
    assert left_out == {}
    assert len(keys) == 4 * 2
    places = [key.experiment for key in keys]
    assert places.index("rich") < places.index("mean") < places.index("mean-of-means")


def test_without_a_data_set_its_runs_and_those_that_read_them_are_left_out(papers):
    keys, left_out = runnable(papers, "full", ["b"])
    assert names(keys) == ["poor"]
    assert left_out == {
        "made/rich": "b",
        "made/mean": "made/rich",
        "made/mean-of-means": "made/mean",
    }


def test_a_profile_that_does_not_read_it_is_whole(papers):
    assert runnable(papers, "quick", ["b"])[1] == {}


def test_experiments_without_their_data_run_on_simulated_data_with_all_that_they_read(papers):
    assert simulated(papers, ()) == []
    keys = simulated(papers, ["made/poor"])
    assert [(key.profile, key.experiment) for key in keys] == [("smoke", "poor")]
    keys = simulated(papers, ["made/mean-of-means"])
    assert [key.experiment for key in keys] == ["rich", "mean", "mean-of-means"]
    assert {key.profile for key in keys} == {"smoke"}


class Snakemake:
    """Stands where `subprocess` does and keeps the command."""

    def __init__(self, monkeypatch, cores, memory, gpus):
        monkeypatch.setattr("reproductions.jobs.subprocess.run", self.run)
        monkeypatch.setattr("reproductions.jobs.usable_cores", lambda: cores)
        monkeypatch.setattr("reproductions.jobs.usable_memory", lambda: memory)
        monkeypatch.setattr("reproductions.jobs.local_gpus", lambda: gpus)

    def run(self, command):
        self.command = command
        return subprocess.CompletedProcess(command, 0)

    def value(self, option):
        return self.command[self.command.index(option) + 1]


@pytest.fixture
def places(tmp_path, monkeypatch, papers):
    monkeypatch.setenv("REPRODUCE_RESULTS", str(tmp_path / "results"))
    monkeypatch.setenv("REPRODUCE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr("reproductions.jobs._done", lambda paper, key: False)
    return papers


@pytest.mark.parametrize(
    ("cores", "runs", "jobs", "threads", "used"),
    [
        (2, 8, None, 1, 2),  # a run for each core
        (16, 8, None, 2, 16),  # as many as there are runs, the cores shared evenly
        (16, 1, None, 2, 2),  # a run uses no more than it uses well
        (16, 8, 1, 2, 2),
        (2, 8, 4, 1, 4),
    ],
)
def test_runs_share_the_cores(places, monkeypatch, cores, runs, jobs, threads, used):
    snakemake = Snakemake(monkeypatch, cores, 8 * 2**30, 0)
    keys = runnable(places, "full", ())[0][:runs]
    run_jobs(places, keys, jobs, "local", dry_run=True)
    assert f"threads={threads}" in snakemake.command
    assert snakemake.value("--cores") == str(used)
    assert snakemake.value("--resources") == "mem_mb=8192"


def test_a_record_of_other_settings_stays_until_its_own_job_starts(places, monkeypatch):
    snakemake = Snakemake(monkeypatch, 2, 0, 0)
    keys = runnable(places, "full", ())[0]
    run_jobs(places, keys, None, "local", dry_run=True)
    assert "--forcerun" not in snakemake.command
    old = keys[3].path("json", Path(os.environ["REPRODUCE_RESULTS"]))
    old.parent.mkdir(parents=True)
    old.write_text("{}")
    run_jobs(places, keys, None, "local", dry_run=True)
    assert snakemake.value("--forcerun") == str(old)
    assert old.exists()


def test_runs_never_share_a_gpu(places, monkeypatch):
    snakemake = Snakemake(monkeypatch, 16, 0, 1)
    run_jobs(places, runnable(places, "full", ())[0], None, "local", dry_run=True)
    assert snakemake.value("--resources") == "gpu=1"


@pytest.mark.parametrize(("jobs", "at_once"), [(None, "8"), (3, "3")])
def test_a_cluster_is_given_all_runs_at_once(places, monkeypatch, jobs, at_once):
    snakemake = Snakemake(monkeypatch, 2, 8 * 2**30, 0)
    run_jobs(places, runnable(places, "full", ())[0], jobs, "slurm", dry_run=True)
    assert snakemake.value("--jobs") == at_once
    assert "--resources" not in snakemake.command


@pytest.mark.parametrize("profile", ["smoke", "quick"])
def test_without_any_data_every_paper_runs_on_simulated_data(profile, monkeypatch, capsys):
    every = [n for p in load_papers().values() for n in p.datasets(profile)]
    monkeypatch.setattr("reproductions.runnable.fetch", lambda *_: every)
    ran: list[RunKey] = []
    monkeypatch.setattr("reproductions.jobs.run_jobs", lambda _, keys, *a, **o: ran.extend(keys))
    monkeypatch.setattr("reproductions.run_all.finish", lambda papers: None)
    pipeline([], profile, None, "local", dry_run=False, offline=True)
    assert {key.paper for key in ran} == set(NAMES)
    assert {key.profile for key in ran} <= {"smoke", profile}
    told = capsys.readouterr().err
    assert ("deeploc/ablation-tree is left out" in told) is (profile == "quick")


def test_full_runs_without_their_data_are_an_error(monkeypatch):
    monkeypatch.setattr("reproductions.runnable.fetch", lambda *_: ["multiloc"])
    monkeypatch.setattr("reproductions.jobs.run_jobs", lambda *_, **__: None)
    monkeypatch.setattr("reproductions.run_all.finish", lambda papers: None)
    with pytest.raises(DataError, match="multiloc is not here; left out: sonderby/r-lstm"):
        pipeline(["sonderby"], "full", None, "local", dry_run=False, offline=True)
