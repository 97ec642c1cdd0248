"""Which runs of a profile can be run with the data that are here."""

from __future__ import annotations

import pytest

from common.harness.experiment import Experiment, Paper
from common.harness.targets import NotAttempted
from reproductions.jobs import runnable


@pytest.fixture
def papers(tmp_path):
    def experiment(name, **options):
        seeds = {"full": (1, 2), "quick": (1,)}
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
