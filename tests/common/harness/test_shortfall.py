"""What keeps full runs from being the whole of what is declared: training that was still improving.

The other remarks are tried where they are shown, in `test_compare`.
"""

from __future__ import annotations

import pytest

from common.harness.groups import choose_group
from common.harness.record import read_records
from common.harness.shortfall import is_reproduction, ran_on, shortfalls


@pytest.fixture
def remarks(run, paper, results):
    """Remarks on runs with these best epochs, None where nothing was validated, of 25 each."""

    def write(*best, profile: str = "full", extra=None, **recipe):
        settings = paper.settings.resolve("paper", profile, "a") | {"patience": 5} | recipe
        for seed, epoch in enumerate(best, 1):
            told = {"best_epoch": epoch, **(extra or {})}
            run(seed, profile=profile, settings=settings, epochs=25, extra=told)
        group = choose_group(read_records(results), "a", "paper")
        return [one for one in shortfalls(paper, group) if "other settings" not in one]

    return write


def test_a_best_epoch_at_the_cap_is_told_of(remarks):
    (found,) = remarks(25, 12, 25)
    assert found == "2 of 3 runs still improving at the last epoch (25)"
    assert ran_on("exact", "full", found) == "exact, not as declared"
    assert not is_reproduction("exact", "full", found)


def test_runs_that_stopped_early_are_whole(remarks):
    assert remarks(20, 24) == []


def test_without_validation_nothing_is_best(remarks):
    assert remarks(None) == []


def test_a_fixed_number_of_epochs_is_no_cap(remarks):
    assert remarks(25, patience=0) == []
    assert remarks(25, patience=0, report_patience=5) != []


def test_shortened_runs_are_short_on_purpose(remarks):
    assert remarks(25, profile="quick") == []


def test_of_training_that_was_cut_short_only_that_is_told(remarks):
    extra = {"hours": 1.0, "cut_short": "25 of at most 90 epochs"}
    assert remarks(25, extra=extra) == ["25 of at most 90 epochs"]
