"""Tables and tokens of nucleotides, loop contexts and both together."""

from __future__ import annotations

import numpy as np
import pytest

from common.errors import DataError
from reproductions.rnatracker.inputs import (
    base_tokens,
    check_lengths,
    context_table,
    context_tokens,
    joint_table,
    joint_tokens,
    least_length,
    nucleotide_table,
    three_prime,
)


def test_an_unknown_nucleotide_is_a_quarter_of_each():
    table = nucleotide_table()
    assert table[base_tokens("ACGTN")].tolist() == [*np.eye(4).tolist(), [0.25] * 4]
    assert not table[0].any()


def test_joint_letters_are_the_product_of_both():
    bases, contexts = base_tokens("ACGTNA"), context_tokens("T", "ACGTNA", "FTIHMS")
    joint = joint_table()[joint_tokens(bases, contexts)]
    product = np.einsum("ni,nj->nij", nucleotide_table()[bases], context_table()[contexts])
    assert joint.shape == (6, 24)
    assert np.array_equal(joint, product.reshape(6, 24))
    assert joint.sum(axis=1).tolist() == [1] * 6


def test_all_thirty_letters_differ_and_padding_is_nothing():
    assert len(np.unique(joint_table(), axis=0)) == 31
    assert joint_tokens(np.zeros(2, np.uint8), np.zeros(2, np.uint8)).tolist() == [0, 0]


def test_the_three_prime_end_is_kept_and_padding_stands_on_the_left():
    tokens = base_tokens("ACGT")
    assert three_prime(tokens, 3).tolist() == [2, 3, 4]
    assert three_prime(tokens, 6).tolist() == [0, 0, 1, 2, 3, 4]


def test_contexts_of_another_length_are_refused():
    with pytest.raises(DataError, match="T9: 2 structure letters for 3"):
        context_tokens("T9", "ACG", "FF")


def test_transcripts_that_are_too_short_are_named_with_the_least_length():
    assert (least_length(2), least_length(4)) == (9, 81)
    check_lengths(["T1", "T2"], np.array([81, 300]), 81)
    with pytest.raises(DataError, match="T2: 40 nucleotides, the network needs 81; 2 such"):
        check_lengths(["T1", "T2"], np.array([80, 40]), 81)
