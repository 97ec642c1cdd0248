"""Runs of other profiles, folds and settings in one folder, and settings of a wrong type."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from common.data.labelled import read_labelled
from common.errors import DataError, UsageError
from common.harness.record import RunKey, read_records
from common.harness.runner import run_experiment
from common.own import folds
from common.own.run import delete_other_runs, run_study
from common.own.study import make_study
from common.own.summary import score_table
from reproductions.sonderby.trainable import TRAINABLE


@pytest.fixture
def labelled(tmp_path, monkeypatch):
    monkeypatch.setattr(folds, "shutil", SimpleNamespace(which=lambda name: None))
    path = tmp_path / "my.fasta"
    rows = [(f"P{i}", "AB"[i % 2], "MKTAYIAK"[i % 7 :] + "DE"[i % 2] * 9) for i in range(20)]
    path.write_text("".join(f">{name} {label}\n{text}\n" for name, label, text in rows))
    return read_labelled(path, "header", TRAINABLE.alphabet)


def run_majority(labelled, folder, profile, n_folds):
    """The majority baseline on every fold, which trains no network."""
    study, _ = make_study("mine", labelled, TRAINABLE, folder, folds=n_folds, profile=profile)
    experiment = study.experiment("majority")
    for fold in range(n_folds):
        key = RunKey(profile, "mine", "majority", "paper", 1, fold)
        run_experiment(study, experiment, key, quiet=True, results=folder, runs=folder / "points")
    return study


def test_scores_are_those_of_the_profile(labelled, tmp_path):
    run_majority(labelled, tmp_path, "full", 2)
    fewer = replace(
        labelled, frame=labelled.frame[:12], truth=labelled.truth[:12], sha256={"my.fasta": "ff"}
    )
    study = run_majority(fewer, tmp_path, "quick", 2)
    assert set(score_table(study, tmp_path, "quick")["n"]) == {12}
    assert set(score_table(study, tmp_path, "full")["n"]) == {20}


def test_other_folds_leave_no_record_behind(labelled, tmp_path):
    run_majority(labelled, tmp_path, "full", 2)
    run_majority(labelled, tmp_path, "quick", 3)
    study = run_majority(labelled, tmp_path, "quick", 2)
    delete_other_runs(study, "quick", tmp_path)
    assert [record.key.fold for record in read_records(tmp_path, "quick")] == [0, 1]
    assert not list((tmp_path / "runs" / "quick").rglob("seed1-fold2.*"))
    assert len(read_records(tmp_path, "full")) == 2
    table = score_table(study, tmp_path, "quick")
    assert isinstance(table, pd.DataFrame) and set(table["n"]) == {20}


@pytest.mark.parametrize("name", ["a\tb", "a\nb", "a|b"])
def test_label_that_no_table_can_hold(labelled, tmp_path, name):
    with pytest.raises(DataError, match="no tab and no line break"):
        run_study("mine", replace(labelled, labels=("B", name)), TRAINABLE, tmp_path)


def test_label_that_is_a_column(labelled, tmp_path):
    for name in ("id", "length", "truth"):
        named = replace(labelled, labels=("B", name))
        with pytest.raises(DataError, match=f"label {name}: a column"):
            run_study("mine", named, TRAINABLE, tmp_path)


def test_quiet_says_nothing_but_warnings(labelled, tmp_path, capsys, monkeypatch):
    def stop(*arguments, **names):
        raise KeyboardInterrupt

    monkeypatch.setattr("common.own.run.run_experiment", stop)
    with pytest.raises(KeyboardInterrupt):
        run_study("mine", labelled, TRAINABLE, tmp_path, quiet=True)
    assert capsys.readouterr().err == f"warning: {folds.RANDOM}\n"


def test_setting_of_a_wrong_type(labelled, tmp_path):
    for overrides, fault in (
        ({"epochs": "many"}, "'many' is a text, allowed is a whole number"),
        ({"epoch": 3}, "Did you mean epochs"),
    ):
        with pytest.raises(UsageError, match=fault):
            run_study("mine", labelled, TRAINABLE, tmp_path, overrides=overrides)
