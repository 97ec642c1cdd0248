"""Weighted frequencies from pairwise alignments."""

from __future__ import annotations

import numpy as np
import pytest

from common.data.alphabet import RESIDUES
from common.errors import DataError
from common.features.frequencies import AlignedPair, own_residues, weighted_frequencies


def at(frequencies: np.ndarray, position: int) -> dict[str, float]:
    """Residues of one position that are not zero."""
    row = frequencies[position]
    return {RESIDUES[i]: round(float(row[i]), 4) for i in np.flatnonzero(row)}


def test_without_homologues_the_profile_is_one_hot():
    profile = weighted_frequencies("MKWV", [])
    np.testing.assert_array_equal(profile, own_residues("MKWV"))
    assert [at(profile, i) for i in range(4)] == [{"M": 1}, {"K": 1}, {"W": 1}, {"V": 1}]


def test_ambiguous_residues_are_spread_over_what_they_stand_for():
    profile = weighted_frequencies("BZX", [])
    assert at(profile, 0) == {"N": 0.5, "D": 0.5}
    assert at(profile, 1) == {"Q": 0.5, "E": 0.5}
    np.testing.assert_allclose(profile[2], 1 / 20)


def test_homologue_fills_in_for_an_unknown_residue():
    profile = weighted_frequencies("AXA", [AlignedPair(0, "AXA", "AWC")])
    assert at(profile, 1) == {"W": 1}


def test_two_sequences_count_alike():
    profile = weighted_frequencies("ACD", [AlignedPair(0, "ACD", "ACE")])
    assert at(profile, 0) == {"A": 1}
    assert at(profile, 2) == {"D": 0.5, "E": 0.5}


def test_weights_are_those_of_henikoff_and_henikoff():
    # The worked example of Henikoff and Henikoff (1994), J Mol Biol 243, 574: GYVGS, GFDGF, GYDGF
    # and GYQGG weigh 4/15, 4/15, 3/15 and 4/15.
    others = ["GFDGF", "GYDGF", "GYQGG"]
    profile = weighted_frequencies("GYVGS", [AlignedPair(0, "GYVGS", other) for other in others])
    assert at(profile, 1) == {"Y": 0.7333, "F": 0.2667}
    assert at(profile, 2) == {"V": 0.2667, "D": 0.4667, "Q": 0.2667}
    assert at(profile, 4) == {"S": 0.2667, "F": 0.4667, "G": 0.2667}


def test_weights_of_local_alignments_do_not_grow_with_what_one_covers_alone():
    # Were the query's 8 own columns counted as full shares, it would outweigh the homologue.
    profile = weighted_frequencies("AAAADEFGHH", [AlignedPair(4, "DE", "KL")])
    assert at(profile, 4) == {"D": 0.5, "K": 0.5}
    assert at(profile, 0) == {"A": 1}


def test_copies_of_one_homologue_share_their_weight():
    query = "ACDEFGHIKL"
    near, far = "ACDEFGHIKV", "VLKIHGFEDC"
    once = weighted_frequencies(query, [AlignedPair(0, query, row) for row in (near, far)])
    often = weighted_frequencies(query, [AlignedPair(0, query, row) for row in [near] * 20 + [far]])
    far_first = RESIDUES.index("V")
    assert once[0, far_first] > 0.3
    assert often[0, far_first] > 0.3


def test_gaps_insertions_and_local_alignments():
    pairs = [AlignedPair(1, "C-DE", "CWD-")]
    profile = weighted_frequencies("ACDEF", pairs)
    assert profile.shape == (5, 20)
    assert [at(profile, i) for i in range(5)] == [{r: 1} for r in "ACDEF"]
    shifted = weighted_frequencies("ACDEF", [AlignedPair(2, "DE-F", "WEGY")])
    assert at(shifted, 2) == {"D": 0.5, "W": 0.5}
    assert at(shifted, 3) == {"E": 1}
    assert set(at(shifted, 4)) == {"F", "Y"}


def test_the_query_itself_and_its_fragments_change_nothing():
    homologue = AlignedPair(0, "ACDEF", "ACWEF")
    alone = weighted_frequencies("ACDEF", [homologue])
    copies = [AlignedPair(0, "ACDEF", "ACDEF"), AlignedPair(1, "CDE", "CDE")]
    np.testing.assert_array_equal(weighted_frequencies("ACDEF", [*copies, homologue]), alone)


def test_rows_sum_to_one_and_are_float32():
    rng = np.random.default_rng(1)
    query = "".join(rng.choice(list(RESIDUES + "X"), 60))
    pairs = []
    for _ in range(30):
        start, end = sorted(rng.choice(61, 2, replace=False))
        row = "".join(rng.choice(list(RESIDUES + "-BZX"), end - start))
        pairs.append(AlignedPair(int(start), query[start:end], row))
    profile = weighted_frequencies(query, pairs)
    assert profile.dtype == np.float32
    np.testing.assert_allclose(profile.sum(axis=1), 1, atol=1e-6)
    assert (profile >= 0).all()


@pytest.mark.parametrize(
    "pair",
    [AlignedPair(0, "ACDW", "ACDE"), AlignedPair(3, "EFG", "EFA"), AlignedPair(1, "AC", "AA")],
)
def test_alignment_of_another_sequence_is_an_error(pair):
    with pytest.raises(DataError, match=f"alignment at residue {pair.start + 1}: its query row is"):
        weighted_frequencies("ACDEF", [pair])
