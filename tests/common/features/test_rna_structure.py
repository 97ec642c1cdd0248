"""Structures made by hand, and a hairpin that can fold in one way only."""

from __future__ import annotations

import pytest

from common.errors import DataError, UsageError
from common.features.rna_structure import (
    CONTEXTS,
    Folding,
    balanced,
    check_contexts,
    fold_contexts,
    loop_contexts,
    nested_structure,
    pair_probabilities,
)

pytest.importorskip("RNA", reason="ViennaRNA is not installed")


@pytest.mark.parametrize(
    ("structure", "contexts"),
    [
        ("..((((...))))...", "FFSSSSHHHSSSSTTT"),
        ("((((...)))..)", "SSSSHHHSSSIIS"),
        (".((.((...)).))", "FSSISSHHHSSISS"),
        ("((((...))..((...))))", "SSSSHHHSSMMSSHHHSSSS"),
        ("((...))..((...))", "SSHHHSSMMSSHHHSS"),
        ("......", "FFFFFF"),
        ("", ""),
    ],
    ids=["hairpin", "bulge", "internal loop", "multiloop", "outside", "unpaired", "empty"],
)
def test_contexts_of_structures_made_by_hand(structure, contexts):
    assert loop_contexts(structure) == contexts


@pytest.mark.parametrize("structure", ["((..)", "))..((", "((xx))", "([..)]"])
def test_what_is_no_structure_is_refused(structure):
    assert not balanced(structure)
    with pytest.raises(DataError, match="dot-bracket"):
        loop_contexts(structure)


def test_likelier_pairs_are_taken_first_and_crossing_ones_left_out():
    pairs = [(0, 9, 0.5), (1, 8, 0.4), (5, 12, 0.9), (0, 8, 0.45), (2, 4, 0.1)]
    assert nested_structure(14, pairs) == "..(.)(......)."
    assert nested_structure(14, pairs[:2]) == "((......))...."


def test_order_of_equally_likely_pairs_does_not_matter():
    pairs = [(3, 9, 0.5), (0, 5, 0.5), (1, 4, 0.5)]
    assert nested_structure(10, pairs) == nested_structure(10, pairs[::-1]) == "((..)" + ")...."


def test_a_pair_outside_the_transcript_is_refused():
    with pytest.raises(UsageError, match="0-based"):
        nested_structure(5, [(2, 5, 1.0)])


def test_a_strong_hairpin_folds_as_it_must():
    stem, loop = "GGGCGCGC", "GAAAAC"
    other = "GCGCGCCC"
    sequence = "AAAAAAAAAA" + stem + loop + other + "AAAAAAAAAA"
    contexts = fold_contexts(sequence)
    assert contexts[10:18] == "S" * 8 and contexts[24:32] == "S" * 8
    assert contexts[18:24].strip("S") in ("HHHHHH", "HHHH")
    assert contexts[:10] == "F" * 10 and contexts[32:] == "T" * 10
    assert fold_contexts(sequence.replace("T", "U")) == contexts


def test_pairs_reach_no_farther_than_the_span():
    sequence = "GGGGGGGGGG" + "A" * 60 + "CCCCCCCCCC"
    near = pair_probabilities(sequence, Folding(window=70, span=50))
    assert all(second - first < 50 for first, second, _ in near)
    assert pair_probabilities(sequence, Folding(window=80, span=80))


@pytest.mark.parametrize("sequence", ["A", "ACGT", "NNNNNNNNNN", "GGGAAACCC"])
def test_short_and_unknown_transcripts_work(sequence):
    contexts = fold_contexts(sequence)
    assert len(contexts) == len(sequence) and not set(contexts) - set(CONTEXTS)


def test_a_structure_of_another_length_is_refused():
    check_contexts("T1", "ACGT", "FFFF")
    with pytest.raises(DataError, match="T1: 3 structure letters for 4 nucleotides"):
        check_contexts("T1", "ACGT", "FFF")
    with pytest.raises(DataError, match="structure letters X"):
        check_contexts("T1", "ACGT", "FFFX")
