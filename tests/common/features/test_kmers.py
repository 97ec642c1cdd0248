"""k-mer counts against counting by hand and by slicing."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from common.errors import UsageError
from common.features.kmers import count_kmers, kmer_names


def by_slicing(sequence: str, longest: int) -> Counter[str]:
    return Counter(
        sequence[start : start + k]
        for k in range(1, longest + 1)
        for start in range(len(sequence) - k + 1)
    )


def test_five_lengths_make_1364_features_in_order():
    names = kmer_names(5)
    assert len(names) == len(set(names)) == 1364 == 4 + 16 + 64 + 256 + 1024
    assert names[:6] == ["A", "C", "G", "T", "AA", "AC"]
    assert names[-1] == "TTTTT"


@pytest.mark.parametrize("length", [1, 2, 4, 5, 6, 300])
def test_counts_are_those_of_slicing(length):
    rng = np.random.default_rng(length)
    sequence = "".join(rng.choice(list("ACGT"), length))
    counts = count_kmers([sequence], 5)[0]
    expected = by_slicing(sequence, 5)
    assert {n: c for n, c in zip(kmer_names(5), counts, strict=True) if c} == expected
    assert counts.sum() == sum(max(length - k + 1, 0) for k in range(1, 6))


def test_windows_with_an_unknown_base_are_not_counted():
    counts = dict(zip(kmer_names(3), count_kmers(["ACNGTA"], 3)[0], strict=True))
    assert {name: count for name, count in counts.items() if count} == {
        "A": 2, "C": 1, "G": 1, "T": 1, "AC": 1, "GT": 1, "TA": 1, "GTA": 1,
    }  # fmt: skip


def test_several_transcripts_have_a_row_each():
    counts = count_kmers(["AAAA", "CC"], 2)
    assert counts.shape == (2, 20)
    assert counts[0, :5].tolist() == [4, 0, 0, 0, 3]
    assert counts[1].sum() == 3


@pytest.mark.parametrize("longest", [0, 9])
def test_other_lengths_are_refused(longest):
    with pytest.raises(UsageError, match="1 to 8"):
        count_kmers(["ACGT"], longest)
