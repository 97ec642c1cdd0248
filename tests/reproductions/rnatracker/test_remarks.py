"""What records say of their labels and of their recipe."""

from __future__ import annotations

import pytest

from reproductions.rnatracker.experiments import SETTINGS
from reproductions.rnatracker.remarks import remark

LABELS = "labels are means of both replicates, the released code reads the first"


@pytest.mark.parametrize(
    ("experiment", "variant", "said"),
    [
        (
            "full-length",
            "code",
            "trained with adam at 0.002 in batches of 32, as released with adam at 0.0001 one "
            "transcript at a time",
        ),
        (
            "no-lstm",
            "code",
            "trained with adam at 0.002 in batches of 32, as released with sgd at 0.01 one "
            "transcript at a time",
        ),
        (
            "no-lstm",
            "paper",
            "trained with nadam at 0.002 in batches of 32, in the text with nadam at 0.0001 one "
            "transcript at a time",
        ),
        ("full-length-one-by-one", "code", ""),
        ("no-lstm-one-by-one", "code", ""),
        ("full-length-one-by-one", "paper", ""),
        ("fixed-length", "code", ""),
        ("dnn-5mer", "code", ""),
    ],
)
def test_a_recipe_that_is_not_the_released_one_is_told(experiment, variant, said):
    settings = SETTINGS.resolve(variant, "full", experiment)
    assert remark(settings, variant, "simulated") == said


def test_a_best_epoch_that_is_the_last_is_told():
    settings = SETTINGS.resolve("code", "full", "dnn-5mer")
    assert remark(settings, "code", "simulated", still_improving=True).startswith("still improv")


@pytest.mark.parametrize("experiment", ["seq-and-struct", "seq-by-struct"])
def test_three_folds_are_told(experiment):
    settings = SETTINGS.resolve("code", "full", experiment)
    assert remark(settings, "code", "simulated") == "3 folds in full, the paper pools ten"


def test_both_remarks_stand_beside_each_other():
    whole = remark(SETTINGS.resolve("code", "full", "full-length"), "code", "partial data")
    assert whole.startswith(f"{LABELS}; trained with adam")
    counts = remark(SETTINGS.resolve("code", "full", "dnn-5mer"), "code", "partial data")
    assert counts == LABELS
    apex = remark(SETTINGS.resolve("code", "full", "apex-dnn-5mer"), "code", "stand-in")
    assert apex == ""
