"""Zipcodes: cutoff, merging, effects and counts."""

from __future__ import annotations

import numpy as np
import pytest

from common.errors import UsageError
from common.interpret.masking import Scan
from common.interpret.zipcodes import counts_by_cutoff, counts_by_fraction, zipcodes


def made(importance: list[float], change: list[float], width: int = 4) -> Scan:
    """A scan at stride 1 with the given divergences and changes of the first of two fractions."""
    starts = np.arange(len(importance))
    masked = np.stack([0.5 + np.array(change), 0.5 - np.array(change)], axis=1)
    return Scan(starts, starts + width, np.array([0.5, 0.5]), masked, np.array(importance))


def test_masks_over_the_cutoff_that_overlap_become_one():
    scan = made([0, 0.2, 0.5, 0.1, 0, 0, 0, 0, 0.3, 0], [-0.1] * 10)
    found = zipcodes(scan, 0.1, 0)
    assert found[["start", "end", "peak"]].to_numpy().tolist() == [[1, 7, 4], [8, 12, 10]]
    assert found["importance"].tolist() == [0.5, 0.3]
    assert set(found["effect"]) == {"enhancing"}


def test_effects_are_kept_apart_and_belong_to_a_fraction():
    scan = made([0.2, 0.2, 0.2, 0.2], [-0.1, -0.1, 0.2, 0.2])
    found = zipcodes(scan, 0.1, 0)
    assert found[["start", "end", "effect"]].to_numpy().tolist() == [
        [0, 5, "enhancing"],
        [2, 7, "repressive"],
    ]
    assert found["change"].tolist() == pytest.approx([-0.1, 0.2])
    assert zipcodes(scan, 0.1, 1)["effect"].tolist() == ["repressive", "enhancing"]


def test_without_merging_masks_are_taken_from_the_start_and_do_not_overlap():
    found = zipcodes(made([0.2] * 10, [0.0] * 10), 0.1, 0, merge=False)
    assert found[["start", "end"]].to_numpy().tolist() == [[0, 4], [4, 8], [8, 12]]


def test_without_merging_masks_of_both_effects_are_taken_together():
    """As in the released scan: first which masks, then what each of them does."""
    scan = made([0.2] * 9, [-0.1] * 3 + [0.1] * 6)
    found = zipcodes(scan, 0.1, 0, merge=False)
    assert found[["start", "effect"]].to_numpy().tolist() == [
        [0, "enhancing"],
        [4, "repressive"],
        [8, "repressive"],
    ]


def test_counts_fall_with_the_cutoff():
    scans = [made([0.2] * 10, [-0.1] * 10), made([0.05] * 9, [0.1] * 9)]
    table = counts_by_cutoff(scans, [0, 0], [0.01, 0.1, 0.3])
    assert table["enhancing"].tolist() == [3, 3, 0]
    assert table["repressive"].tolist() == [3, 0, 0]


def test_counts_by_fraction_add_up_and_merged_ones_are_fewer():
    scans = [
        made([0.2] * 10, [-0.1] * 10),
        made([0.05] * 9, [0.1] * 9),
        made([0.2] * 4 + [0.0] * 5 + [0.2], [-0.1] * 10),
    ]
    fractions, cutoffs = [0, 0, 1], [0.01, 0.1]
    table = counts_by_fraction(scans, fractions, ["cytosol", "nuclear"], cutoffs)
    found = table.set_index(["cutoff", "fraction"])
    assert found["transcripts"].tolist() == [2, 1, 2, 1]
    columns = ["enhancing", "repressive", "merged_enhancing", "merged_repressive"]
    assert found.loc[(0.01, "cytosol"), columns].tolist() == [3, 3, 1, 1]
    # the share of the second fraction rises where that of the first falls
    assert found.loc[(0.01, "nuclear"), columns].tolist() == [0, 2, 0, 2]
    assert found.loc[(0.1, "cytosol"), columns].tolist() == [3, 0, 1, 0]
    apart = counts_by_cutoff(scans, fractions, cutoffs).set_index("cutoff")
    for effect in ("enhancing", "repressive"):
        assert table.groupby("cutoff")[effect].sum().tolist() == apart[effect].tolist()


def test_nothing_over_the_cutoff_gives_an_empty_table():
    assert zipcodes(made([0.01], [0.1]), 0.1, 0).empty


@pytest.mark.parametrize(("cutoff", "fraction"), [(0, 0), (float("nan"), 0), (0.1, 2)])
def test_senseless_arguments_are_refused(cutoff, fraction):
    with pytest.raises(UsageError):
        zipcodes(made([0.2], [0.1]), cutoff, fraction)
