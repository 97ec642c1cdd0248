"""From a query's pairwise alignments to amino-acid frequencies at each of its positions.

Weighted observed frequencies without pseudocounts, as in the right half of PSI-BLAST's ASCII
matrix. The MultiLoc profiles published with the networks that followed Sønderby et al. (2015) are
of this kind, too: whole percentages, and zeros where no homologue has a residue.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from common.data.alphabet import PROTEIN, RESIDUES
from common.errors import DataError
from common.features.matrices import one_hot

WIDTH = len(RESIDUES)
GAP = ord("-")
_OTHER, _ABSENT = WIDTH, 255


def _codes() -> np.ndarray:
    codes = np.full(256, _OTHER, dtype=np.uint8)
    codes[[ord(letter) for letter in RESIDUES]] = np.arange(WIDTH)
    return codes


_CODES = _codes()


class AlignedPair(NamedTuple):
    """A local alignment of the query with one homologue.

    `start` counts the query's residues from 0; `query` and `target` are two rows of equal length
    with ``-`` for gaps.
    """

    start: int
    query: str
    target: str


def own_residues(sequence: str) -> np.ndarray:
    """Profile of a protein without homologues.

    Parameters
    ----------
    sequence : str
        Of the 20 residues, B, Z and X.

    Returns
    -------
    np.ndarray, (length, 20) float32
        One-hot; B, Z and X are spread evenly over the residues they stand for.
    """
    return one_hot()[[PROTEIN.tokens[letter] for letter in sequence]]


def weighted_frequencies(sequence: str, pairs: Iterable[AlignedPair]) -> np.ndarray:
    """Amino-acid frequencies at each position of the query.

    Parameters
    ----------
    sequence : str
        The query, of the 20 residues, B, Z and X.
    pairs : iterable of AlignedPair
        Local alignments. One whose rows are equal (the query itself, or a fragment of it) is left
        out; homologues' residues opposite a gap of the query are, too.

    Returns
    -------
    np.ndarray, (length, 20) float32
        Rows sum to 1. The query counts as one of the aligned sequences. A position at which no
        sequence has a standard residue has the row of `own_residues`.

    Raises
    ------
    DataError
        A pair's query row is not the part of `sequence` at which it starts.

    Notes
    -----
    Position-based weights (Henikoff and Henikoff, 1994) for local alignments: the weight of
    sequence ``s`` is the mean over its aligned residues of ``n_c / (k_c n_cs)``, where column ``c``
    has ``n_c`` residues of ``k_c`` kinds and ``n_cs`` sequences share that of ``s``. It is relative
    to an even share, 1 / n_c, because sequences cover different columns; where all cover all, these
    are the published weights. Gaps and unknown residues count nowhere.
    """
    rows = [_codes_of(sequence)]
    for pair in pairs:
        if pair.query != pair.target:
            rows.append(_aligned_row(sequence, pair))
    aligned = np.stack(rows)
    sums = _column_sums(aligned, _weights(aligned))
    totals = sums.sum(axis=1, keepdims=True)
    frequencies = np.divide(sums, totals, out=np.zeros_like(sums), where=totals > 0)
    return np.where(totals > 0, frequencies, own_residues(sequence)).astype(np.float32)


def _codes_of(letters: str) -> np.ndarray:
    return _CODES[np.frombuffer(letters.encode("ascii"), dtype=np.uint8)]


def _aligned_row(sequence: str, pair: AlignedPair) -> np.ndarray:
    """The homologue's residue at each position of the query, (length,) uint8."""
    query = np.frombuffer(pair.query.encode("ascii"), dtype=np.uint8)
    inside = query != GAP
    end = pair.start + int(inside.sum())
    if pair.query.replace("-", "") != sequence[pair.start : end]:
        raise DataError(
            f"alignment at residue {pair.start + 1}",
            f"its query row is not residues {pair.start + 1} to {end} of the query",
            "The search was made with another version of the sequences: make it again",
        )
    row = np.full(len(sequence), _ABSENT, dtype=np.uint8)
    row[pair.start : end] = _codes_of(pair.target)[inside]
    return row


def _weights(aligned: np.ndarray) -> np.ndarray:
    """Weight of each sequence, (sequences,)."""
    counts = _column_sums(aligned, np.ones(len(aligned)))
    kinds = np.maximum((counts > 0).sum(axis=1, keepdims=True), 1)
    shares = counts.sum(axis=1, keepdims=True) / (kinds * np.maximum(counts, 1))
    known = aligned < WIDTH
    columns = np.nonzero(known)[1]
    relative = np.zeros(aligned.shape)
    relative[known] = shares[columns, aligned[known]]
    return relative.sum(axis=1) / np.maximum(known.sum(axis=1), 1)


def _column_sums(aligned: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Summed weights of each residue in each column, (length, 20)."""
    known = aligned < WIDTH
    _, columns = np.nonzero(known)
    cells = columns * WIDTH + aligned[known]
    spread = np.broadcast_to(weights[:, None], aligned.shape)[known]
    length = aligned.shape[1]
    sums = np.bincount(cells, weights=spread, minlength=length * WIDTH).astype(np.float64)
    return sums.reshape(length, WIDTH)
