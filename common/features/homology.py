"""Folds without homologues between them: sequences that MMseqs2 joins stay together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from common.features.mmseqs import easy_search

SEARCH = ("-s", "4", "--min-seq-id", "0.3", "-c", "0.5", "--cov-mode", "0")
"""Homologues: at least 30 % identical over half of both sequences, E-value below 0.001."""


def homologous_pairs(
    ids: Sequence[str],
    sequences: Sequence[str],
    search: Sequence[str] = SEARCH,
    threads: int = 2,
) -> list[tuple[str, str]]:
    """Pairs of homologues that MMseqs2 finds among sequences.

    Parameters
    ----------
    ids, sequences : (n,) sequence of str
        Proteins, or transcripts with the option ``--search-type 3`` in `search`.
    search : sequence of str
        Options of ``mmseqs easy-search``.
    threads : int

    Raises
    ------
    UsageError
        MMseqs2 is not installed; it names the Debian package.
    ReproduceError
        The search failed.
    """
    hits = easy_search(sequences, None, (), search, threads)
    return [(ids[a], ids[b]) for a, b in zip(hits["query"], hits["target"], strict=True)]


def homologous_groups(ids: Sequence[str], pairs: Iterable[tuple[str, str]]) -> np.ndarray:
    """Number of each sequence's group: who is joined by a chain of pairs is in one group.

    Returns
    -------
    (n,) int
    """
    place = {name: number for number, name in enumerate(ids)}
    ends = np.array([(place[a], place[b]) for a, b in pairs], dtype=np.int64).reshape(-1, 2)
    graph = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(len(ids),) * 2)
    return connected_components(graph, directed=False)[1]


def deal_groups(
    ids: Sequence[str], labels: Sequence[str], groups: np.ndarray, folds: int, seed: int
) -> np.ndarray:
    """Give each group, the largest first, to the fold that has least of its labels.

    Parameters
    ----------
    ids, labels : (n,) sequence of str
    groups : (n,) int
    folds : int
    seed : int

    Returns
    -------
    (n,) int64
        Fold of each sequence; it depends on the ids, the groups and the seed alone.
    """
    names = sorted(set(labels))
    classes = np.array([names.index(name) for name in labels])
    members: dict[int, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(int(group), []).append(row)

    def rank(rows: list[int]) -> tuple[int, bytes]:
        first = min(ids[row] for row in rows)
        return -len(rows), hashlib.blake2b(f"{seed}\t{first}".encode(), digest_size=16).digest()

    share = np.bincount(classes, minlength=len(names)) / folds
    held = np.zeros((folds, len(names)))
    found = np.empty(len(ids), dtype=np.int64)
    for rows in sorted(members.values(), key=rank):
        more = np.bincount(classes[rows], minlength=len(names))
        fold = int(np.argmin((((held + more) ** 2 - held**2) / share).sum(axis=1)))
        held[fold] += more
        found[rows] = fold
    return found
