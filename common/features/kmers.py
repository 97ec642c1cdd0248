"""Counts of all k-mers of a transcript, overlapping windows.

RNATracker's baselines count 1- to 5-mers: 4 + 16 + 64 + 256 + 1,024 = 1,364 features (its
section 2.9 prints 1,367).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from common.data.alphabet import NUCLEOTIDES
from common.errors import UsageError

LONGEST = 5


def kmer_names(longest: int = LONGEST) -> list[str]:
    """Names of the features: all 1-mers, then all 2-mers, ..., each kind in alphabetical order."""
    _check_longest(longest)
    return [
        "".join(letters)
        for k in range(1, longest + 1)
        for letters in product(NUCLEOTIDES, repeat=k)
    ]


def count_kmers(sequences: Sequence[str], longest: int = LONGEST) -> np.ndarray:
    """Count the k-mers of each transcript.

    Parameters
    ----------
    sequences : sequence of str
        Clean transcripts: letters A, C, G, T and N.
    longest : int
        Largest k, 1 to 8.

    Returns
    -------
    np.ndarray
        (n, 4 + ... + 4^longest) uint32, columns as `kmer_names`. A window with an N is not
        counted; a transcript shorter than k has no k-mers.

    Raises
    ------
    UsageError
        `longest` is not in 1..8.
    """
    _check_longest(longest)
    counts = np.zeros((len(sequences), sum(4**k for k in range(1, longest + 1))), dtype=np.uint32)
    for row, sequence in zip(counts, sequences, strict=True):
        codes = _CODES[np.frombuffer(sequence.encode("ascii"), dtype=np.uint8)]
        index = np.zeros(len(codes) + 1, dtype=np.int64)
        whole = np.ones(len(codes) + 1, dtype=bool)
        first = 0
        for k in range(1, min(longest, len(codes)) + 1):
            last = codes[k - 1 :]
            index, whole = index[:-1] * 4 + last, whole[:-1] & (last >= 0)
            row[first : first + 4**k] = np.bincount(index[whole], minlength=4**k)
            first += 4**k
    return counts


def _codes() -> np.ndarray:
    codes = np.full(256, -1, dtype=np.int8)
    codes[[ord(letter) for letter in NUCLEOTIDES]] = np.arange(4)
    return codes


_CODES = _codes()


def _check_longest(longest: int) -> None:
    if not 1 <= longest <= 8:
        raise UsageError("longest", f"received {longest}-mers", "Give a length of 1 to 8")
