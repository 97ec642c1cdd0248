"""On made data conserved zipcodes come out above the rest, and unrelated ones do not."""

from __future__ import annotations

import numpy as np
import pytest

from common.interpret.zipcodes import ENHANCING, REPRESSIVE, zipcodes
from reproductions.rnatracker.conservation_figure import draw_conservation
from reproductions.rnatracker.cutoffs import CUTOFFS
from reproductions.rnatracker.made_track import ENHANCER, INTRON_SCORE, made_scans, made_transcripts
from reproductions.rnatracker.stretches import BOTH, EFFECTS, compare_by_cutoff, stretches_at

pytest.importorskip("pyBigWig", reason="pyBigWig is not installed")


@pytest.fixture(scope="module")
def scans():
    return made_scans()


def test_conserved_stretches_come_out_above_at_every_cutoff_and_in_both_effects(scans):
    table = compare_by_cutoff(scans[0], CUTOFFS)
    assert len(table) == len(EFFECTS) * len(CUTOFFS)
    assert (table["inside"] > table["outside"] + 0.5).all()
    assert (table["statistic"] > 0.5).all() and (table["p_value"] < 1e-10).all()


def test_unrelated_scores_leave_zipcodes_where_the_rest_is(scans):
    table = compare_by_cutoff(scans[1], CUTOFFS)
    assert (abs(table["inside"] - table["outside"]) < 0.2).all()
    assert (table["statistic"] < 0.15).all() and (table["p_value"] > 0.05).all()


def test_both_tracks_are_scored_along_the_same_scans(scans):
    for (one, _, related), (other, _, unrelated) in zip(*scans, strict=True):
        assert np.array_equal(one.masked, other.masked)
        assert not np.array_equal(related, unrelated)
        assert max(related.max(), unrelated.max()) < INTRON_SCORE


def test_conserved_stretches_lie_on_the_elements_on_either_strand(scans):
    _, starts = made_transcripts()
    middle = len(ENHANCER) // 2
    for number in (0, 1):
        scores = scans[0][number][2]
        own = np.mean([scores[s + middle - 40 : s + middle + 40].mean() for s in starts[number]])
        assert own - scores.mean() > 1


def test_effects_part_the_zipcodes_and_share_the_other_stretches(scans):
    found = {effect: stretches_at(scans[0], 0.0076, effect) for effect in EFFECTS}
    chosen = {effect: int(one.chosen.sum()) for effect, one in found.items()}
    assert chosen[BOTH] == chosen[ENHANCING] + chosen[REPRESSIVE]
    assert chosen[ENHANCING] > chosen[REPRESSIVE] > 0
    assert len({int((~one.chosen).sum()) for one in found.values()}) == 1
    repressive = sum(
        (zipcodes(scan, 0.0076, fraction, merge=False)["effect"] == REPRESSIVE).sum()
        for scan, fraction, _ in scans[0]
    )
    assert chosen[REPRESSIVE] == repressive


def test_the_figure_is_drawn_with_and_without_the_unrelated_scores(scans, tmp_path):
    both = draw_conservation(scans[0], "made data", tmp_path / "a", scans[1])
    one = draw_conservation(scans[0], "made data", tmp_path / "b")
    assert min(both.stat().st_size, one.stat().st_size) > 4000
    assert both.read_bytes() != one.read_bytes()
