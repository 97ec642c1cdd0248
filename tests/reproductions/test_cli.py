"""The command line: help, names, exit codes, one clear line for each mistake."""

from __future__ import annotations

import fnmatch
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from processes import reproduce

from common.paths import mirror_folder
from reproductions.cli import app
from reproductions.papers import NAMES, load_papers

ROOT = Path(__file__).parents[2]
COMMANDS = [
    name
    for name in typer.main.get_command(app).commands  # type: ignore[attr-defined]
    if name != "data"
]


@pytest.mark.parametrize("name", [*COMMANDS, "data fetch", "data status", "data verify"])
def test_every_command_has_help_with_an_example(name):
    done = reproduce(*name.split(), "--help")
    assert done.returncode == 0
    assert "Example: reproduce" in done.stdout
    assert not done.stderr


def test_help_does_not_import_tensorflow_or_pandas():
    code = (
        "import sys; from reproductions.cli import app; "
        "print([m for m in ('tensorflow', 'keras', 'pandas', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[]", done.stderr


def test_versions():
    done = reproduce("--version")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        "reproduce-localization",
        "keras",
        "tensorflow",
    ]
    assert "not installed" not in done.stdout


def test_no_command_shows_the_commands():
    done = reproduce()
    assert (done.returncode, done.stderr) == (0, "")
    assert "predict" in done.stdout


def test_list_shows_every_experiment():
    done = reproduce("list")
    for name in ("r-lstm", "a-lstm", "r-lstm-ensemble", "a-lstm-60", "a-lstm-planted"):
        assert f"sonderby/{name} " in done.stdout


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"cross"}))
def test_settings_of_experiments_are_those_of_experiments_that_there_are(name):
    paper = load_papers([name])[name]
    known = [experiment.name for experiment in paper.experiments]
    named = {*paper.settings.experiments, *(name for name, _ in paper.settings.by_profile)}
    assert not {name for name in named if not fnmatch.filter(known, name)}


def test_list_cuts_no_name_in_a_narrow_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    done = reproduce("list", "--paper", "light_attention")
    assert "light_attention/la-no-max-prott5-u50 " in done.stdout
    assert "1-10" in done.stdout  # ten seeds take one line


@pytest.mark.parametrize(
    ("arguments", "fault", "remedy"),
    [
        (["run", "sonderby/a-lstn"], "there is none of this name", "Did you mean sonderby/a-lstm"),
        (["run", "sonderby/a-lstm", "--seed", "-1"], "--seed", "--help"),
        (["run", "sonderby/a-lstm", "--seed", "one"], "--seed", "--help"),
        (["run", "sonderby/a-lstm", "--profile", "ful"], "profile 'ful'", "quick"),
        (["check", "--profile", "ful"], "profile 'ful'", "quick"),
        (["baseline", "--profile", "ful"], "profile 'ful'", "quick"),
        (["jobs", "--profile", "ful"], "profile 'ful'", "quick"),
        (["release", "sonderby", "--profile", "ful"], "profile 'ful'", "quick"),
        (["run", "sonderby/a-lstm", "--seed", "-1"], "--seed", ". Add --help"),
        (["run", "sonderby/a-lstm", "--variant", "code"], "variant 'code'", "paper"),
        (["run", "sonderby/a-lstm", "--fold", "3"], "fold 3", "counted from 0"),
        (["run", "sonderby/a-lstm", "--set", "epoch=3"], "setting 'epoch'", "epochs"),
        (["run", "sonderby/a-lstm", "--set", "epochs=many"], "setting epochs", "whole number"),
        (["list", "--paper", "sonderbi"], "not in the suite", "sonderby"),
        (["data", "fetch", "multilok", "--offline"], "multilok", "multiloc"),
        (["no-such-command"], "no-such-command", "--help"),
    ],
)
def test_a_mistake_is_one_clear_line_and_exit_code_2(arguments, fault, remedy, tmp_path):
    done = reproduce(*arguments, REPRODUCE_RESULTS=str(tmp_path), REPRODUCE_RUNS=str(tmp_path))
    assert done.returncode == 2
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert fault in lines[0]
    assert remedy in lines[0]
    assert not list(tmp_path.rglob("*"))


def test_missing_data_is_one_line_that_says_what_helps(tmp_path):
    done = reproduce(
        "run", "sonderby/a-lstm-60", "--profile", "full",
        REPRODUCE_MIRROR="", REPRODUCE_DATA=str(tmp_path / "data"),
        REPRODUCE_RESULTS=str(tmp_path / "results"), REPRODUCE_RUNS=str(tmp_path / "runs"),
    )  # fmt: skip
    assert done.returncode == 3
    assert "reproduce data fetch multiloc" in done.stderr
    assert not list(tmp_path.rglob("*.json"))


@pytest.mark.mirror
@pytest.mark.skipif(mirror_folder() is None, reason="the real data are not here")
def test_data_verify_passes_on_the_mirror():
    done = reproduce("data", "verify")
    assert done.returncode == 0, done.stdout
    assert "ok    multiloc: checksum and content" in done.stdout


def test_results_folder_that_cannot_be_written_is_found_before_training(tmp_path):
    (tmp_path / "file").write_text("")
    done = reproduce(
        "run", "sonderby/a-lstm", "--profile", "smoke",
        REPRODUCE_RESULTS=str(tmp_path / "file" / "results"), REPRODUCE_RUNS=str(tmp_path / "runs"),
    )  # fmt: skip
    assert done.returncode == 4, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "REPRODUCE_RESULTS" in done.stderr
    assert not (tmp_path / "runs").exists()


def test_check_ends_with_1_where_a_metric_fell_and_with_0_where_none_did(tmp_path):
    """The exit code is what a user's CI reads."""
    places = {"REPRODUCE_RESULTS": str(tmp_path), "REPRODUCE_RUNS": str(tmp_path / "runs")}
    small = ["--set", "simulated_proteins=66", "--set", "epochs=1"]
    done = reproduce("run", "sonderby/a-lstm", "--profile", "smoke", "--quiet", *small, **places)
    assert done.returncode == 0, done.stderr
    head = "profile,paper,experiment,variant,data,folds,metric,direction,value,tolerance,n_seeds"
    for value, code, word in ((0.9, 1, "FELL"), (0.02, 0, "ok")):
        row = f"smoke,sonderby,a-lstm,paper,simulated,0,accuracy,higher,{value},0.02,5,0.001"
        (tmp_path / "baseline.csv").write_text(f"{head},seed_sd\n{row}\n")
        done = reproduce("check", "--profile", "smoke", **places)
        lines = [line for line in done.stdout.splitlines() if "a-lstm paper accuracy" in line]
        assert lines[0].startswith(word), done.stdout
        assert done.returncode == code
        assert "verdict" not in done.stdout, "of another folder than the committed one"


def test_other_settings_never_replace_a_record(tmp_path):
    runs = {"REPRODUCE_RUNS": str(tmp_path)}
    environment = {k: v for k, v in os.environ.items() if k != "REPRODUCE_RESULTS"}
    small = ["--set", "simulated_proteins=66", "--set", "epochs=1", "--quiet"]
    command = ["run", "sonderby/a-lstm", "--profile", "smoke", *small]
    done = subprocess.run(
        [sys.executable, "-m", "reproductions.cli", *command],
        capture_output=True, text=True, cwd=ROOT, env=environment | runs, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).is_relative_to(tmp_path / "other-settings")


def test_records_of_full_runs_are_not_ignored_by_git():
    for name, code in (("results/runs/full/p/e/v/seed1-fold0.json", 1), ("runs/full/x", 0)):
        done = subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT)
        assert done.returncode == code, name
