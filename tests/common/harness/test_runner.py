"""Finding experiments, skipping what is done, failing early, checkpoints by settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from common.errors import StorageError, UsageError
from common.harness.experiment import Context, Experiment, Paper, needed_keys, ordered_keys
from common.harness.record import RunKey, RunResult, read_record
from common.harness.runner import (
    checkpoint_folder,
    find_experiment,
    is_done,
    note_commit,
    run_experiment,
)
from common.harness.targets import NotAttempted

TOML = """
[settings.epochs]
paper = 3
code = "none released"
source = "made up"
use.best = 4
why = "made up"
"""


@pytest.fixture
def calls() -> list[Context]:
    return []


@pytest.fixture(autouse=True)
def own_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPRODUCE_RUNS", str(tmp_path / "runs"))


@pytest.fixture
def paper(tmp_path: Path, calls: list[Context]) -> Paper:
    def run(context: Context) -> RunResult:
        calls.append(context)
        table = pd.DataFrame({"id": ["a"], "truth": ["x"], "x": [1.0], "y": [0.0]})
        history = pd.DataFrame({"epoch": [1], "loss": [0.1]})
        return RunResult({"accuracy": 1.0}, table, 1, 1, "simulated", {}, 1, history)

    seeds = {"smoke": (1, 2)}
    experiments = (
        Experiment("made", "mean", "reads others", run, {"smoke": (1,)}, needs=("net",)),
        Experiment("made", "net", "trains", run, seeds, datasets=("multiloc",), folds=2),
    )
    (tmp_path / "settings.toml").write_text(TOML)
    return Paper("made", "t", "c", tmp_path, experiments, lambda row: NotAttempted("made up"))


KEY = RunKey("smoke", "made", "net", "paper", 1)


def test_order_puts_what_is_read_first(paper):
    names = [key.experiment for key in ordered_keys(paper, "smoke")]
    assert names == ["net"] * 4 + ["mean"]


def test_needed_keys_are_all_seeds_and_folds(paper):
    needed = needed_keys(paper, RunKey("smoke", "made", "mean", "paper", 1))
    assert [(key.seed, key.fold) for key in needed] == [(1, 0), (1, 1), (2, 0), (2, 1)]


def test_experiments_that_need_each_other_are_refused(paper, tmp_path):
    first, second = paper.experiments
    looped = replace(paper, experiments=(first, replace(second, needs=("mean",))))
    with pytest.raises(UsageError, match="need each other"):
        ordered_keys(looped, "smoke")


def test_data_sets_of_a_profile(paper):
    assert paper.datasets("smoke") == []
    assert paper.datasets("quick") == []


def test_unknown_experiment_offers_names_that_look_alike(paper):
    with pytest.raises(UsageError, match="Did you mean made/net"):
        find_experiment({"made": paper}, "made/nett")


def test_done_runs_are_skipped_unless_settings_differ_or_again(paper, calls, tmp_path):
    experiment = paper.experiment("net")
    results = tmp_path / "results"
    path = run_experiment(paper, experiment, KEY, results=results)
    assert read_record(path).settings == {"epochs": 3}
    run_experiment(paper, experiment, KEY, results=results)
    assert len(calls) == 1
    run_experiment(paper, experiment, KEY, results=results, again=True)
    assert len(calls) == 2
    run_experiment(paper, experiment, KEY, overrides={"epochs": 4}, results=results)
    assert len(calls) == 3
    assert calls[2].settings == {"epochs": 4}
    assert read_record(path).settings == {"epochs": 4}


def test_again_throws_the_checkpoints_away(paper, calls, tmp_path, monkeypatch):
    monkeypatch.setenv("REPRODUCE_RUNS", str(tmp_path / "runs"))
    experiment, results = paper.experiment("net"), tmp_path / "results"
    run_experiment(paper, experiment, KEY, results=results)
    left = calls[0].checkpoints / "checkpoint.npz"
    left.write_text("trained")
    run_experiment(paper, experiment, KEY, results=results, again=True)
    assert calls[1].checkpoints == calls[0].checkpoints
    assert not left.exists()


def test_simulated_stand_in_is_replaced_once_the_data_are_here(paper, tmp_path, monkeypatch):
    from types import SimpleNamespace

    experiment, results = paper.experiment("net"), tmp_path / "results"
    key = RunKey("quick", "made", "net", "paper", 1)
    run_experiment(paper, experiment, key, results=results)
    for origin, done in (("simulated", True), ("mirror", False)):
        monkeypatch.setattr(
            "common.harness.runner.locate_facts",
            lambda name, simulate, origin=origin: SimpleNamespace(origin=origin),
        )
        assert is_done(experiment, key, {"epochs": 3}, results) is done
    smoke = run_experiment(paper, experiment, KEY, results=results)
    assert smoke.exists()
    assert is_done(experiment, KEY, {"epochs": 3}, results)


def test_run_that_was_cut_short_says_so_and_goes_on_with_more_hours(paper, tmp_path):
    def run(context: Context) -> RunResult:
        context.cut_short.append("2 of at most 3 epochs")
        return replace(paper.experiment("net").run(context), extra={"remark": "a stand-in"})

    experiment, results = replace(paper.experiment("net"), run=run), tmp_path / "results"
    path = run_experiment(paper, experiment, KEY, hours=2.0, results=results)
    extra = read_record(path).content["extra"]
    cut = {"hours": 2.0, "cut_short": "2 of at most 3 epochs"}
    assert extra == {**cut, "remark": "a stand-in"}
    done = [is_done(experiment, KEY, {"epochs": 3}, results, hours) for hours in (1.0, 2.0, 3.0)]
    assert done == [True, True, False]
    assert not is_done(experiment, KEY, {"epochs": 3}, results)


def test_record_lists_the_commits_of_every_start(paper, calls, tmp_path, monkeypatch):
    monkeypatch.setenv("REPRODUCE_RUNS", str(tmp_path / "runs"))
    for commit in ("aaa", "aaa", "bbb"):
        monkeypatch.setattr("common.harness.runner.git_state", lambda c=commit: (c, False))
        noted = note_commit(tmp_path / "place")
    assert noted == ["aaa", "bbb"]
    path = run_experiment(paper, paper.experiment("net"), KEY, results=tmp_path / "results")
    assert read_record(path).content["provenance"]["commits"] == ["bbb"]


def test_checkpoints_of_other_settings_lie_elsewhere():
    first, second = (checkpoint_folder(KEY, {"epochs": n}) for n in (3, 4))
    assert first != second
    assert first == checkpoint_folder(KEY, {"epochs": 3})


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        (RunKey("smoke", "made", "net", "code", 1), "variant 'code'"),
        (RunKey("smoke", "made", "net", "paper", 1, 2), "fold 2"),
    ],
)
def test_unknown_variant_and_fold_are_refused(paper, calls, key, fault, tmp_path):
    with pytest.raises(UsageError, match=fault):
        run_experiment(paper, paper.experiment("net"), key, results=tmp_path / "results")
    assert not calls


@pytest.mark.parametrize("number", [28, 30])
def test_full_disk_and_read_only_folder_are_found_before_training(
    paper, calls, tmp_path, monkeypatch, number
):
    def refuse(*arguments: object, **options: object) -> None:
        raise OSError(number, "made up")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    with pytest.raises(StorageError, match="space|read-only"):
        run_experiment(paper, paper.experiment("net"), KEY, results=tmp_path / "results")
    assert not calls
    assert not list((tmp_path / "results").rglob("*.*"))


def test_optional_variants_run_where_they_are_asked_for(paper, calls, tmp_path):
    experiment = replace(paper.experiments[0], optional_variants=("best",))
    assert {key.variant for key in experiment.keys("smoke")} == {"paper"}
    key = RunKey("smoke", "made", "net", "best", 1)
    assert run_experiment(paper, experiment, key, results=tmp_path).exists()


def test_profiles_may_differ_in_data_variants_and_folds():
    experiment = Experiment(
        "made",
        "net",
        "t",
        lambda context: None,
        {"quick": (1,), "full": (1, 2)},
        datasets={"quick": ("a",), "full": ("a", "b")},
        variants={"full": ("paper", "code")},
        folds={"quick": 2, "full": 10},
    )
    assert len(experiment.keys("quick")) == 2
    assert len(experiment.keys("full")) == 2 * 2 * 10
    assert {key.variant for key in experiment.keys("quick")} == {"paper"}
    assert experiment.keys("smoke") == []
    assert [experiment.datasets_of(p) for p in ("smoke", "quick")] == [(), ("a",)]
    assert experiment.datasets_of("full") == ("a", "b")
