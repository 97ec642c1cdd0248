"""Conservation on a bigWig made here."""

from __future__ import annotations

import numpy as np
import pytest

from common.errors import DataError
from common.interpret.conservation import (
    Exons,
    compare_conservation,
    open_track,
    transcript_scores,
    window_means,
)

pyBigWig = pytest.importorskip("pyBigWig", reason="pyBigWig is not installed")


@pytest.fixture()
def track(tmp_path):
    """Position p of chr1 has the score p / 10; 40 to 49 have none."""
    path = tmp_path / "made.bw"
    made = pyBigWig.open(str(path), "w")
    made.addHeader([("chr1", 100)])
    places = [place for place in range(100) if not 40 <= place < 50]
    made.addEntries(
        ["chr1"] * len(places),
        places,
        ends=[place + 1 for place in places],
        values=[place / 10 for place in places],
    )
    made.close()
    opened = open_track(path)
    yield opened
    opened.close()


def test_exons_are_joined_in_the_direction_of_the_transcript(track):
    blocks = [(10, 13), (38, 42)]
    forward = transcript_scores(track, Exons("chr1", "+", blocks))
    assert forward == pytest.approx([1.0, 1.1, 1.2, 3.8, 3.9, 0, 0], abs=1e-6)
    backward = transcript_scores(track, Exons("chr1", "-", blocks))
    assert backward == pytest.approx(forward[::-1])
    assert Exons("chr1", "+", blocks).length == 7


@pytest.mark.parametrize(
    ("chromosome", "blocks"),
    [("chr2", [(1, 5)]), ("chr1", [(95, 101)]), ("chr1", [(5, 9), (8, 12)]), ("chr1", [(5, 5)])],
)
def test_exons_that_do_not_fit_the_track_are_refused(track, chromosome, blocks):
    with pytest.raises(DataError, match="one assembly"):
        transcript_scores(track, Exons(chromosome, "+", blocks))


def test_what_is_no_bigwig_is_refused(tmp_path):
    path = tmp_path / "x.bw"
    path.write_text("text")
    for wrong in (path, tmp_path / "none.bw"):
        with pytest.raises(DataError, match="no bigWig"):
            open_track(wrong)


def test_means_of_windows():
    means = window_means([1, 2, 3, 4], [0, 1, 0], [2, 4, 4])
    assert means == pytest.approx([1.5, 3.0, 2.5])


def test_conserved_zipcodes_are_told_from_others():
    rng = np.random.default_rng(0)
    means = np.concatenate([rng.normal(0.9, 0.5, 80), rng.normal(0.3, 0.5, 800)])
    chosen = np.arange(880) < 80
    result = compare_conservation(means, chosen)
    assert (result.n_inside, result.n_outside) == (80, 800)
    assert result.inside - result.outside == pytest.approx(0.6, abs=0.15)
    assert result.p_value < 1e-10 and result.above_one[0] > 2 * result.above_one[1]
    none = compare_conservation(rng.permutation(means), chosen)
    assert none.p_value > 0.001


def test_empty_sets_are_refused():
    with pytest.raises(DataError, match="0 zipcodes and 3"):
        compare_conservation([1, 2, 3], [False] * 3)
