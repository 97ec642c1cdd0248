"""Predictions without a trained network: annotation transfer, and the most common class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.neighbors import NearestNeighbors


@dataclass(frozen=True)
class Transferred:
    """What the nearest training proteins say.

    Parameters
    ----------
    nearest : (n,) int64
        Row of the nearest training protein; of several as near, the first.
    distance : (n,) float64
        L1 distance to it: the smaller, the surer (Littmann et al., 2021).
    probabilities : (n, k) float32
        1 for the label that is transferred.
    """

    nearest: np.ndarray
    distance: np.ndarray
    probabilities: np.ndarray


def transfer(
    known: np.ndarray, labels: Sequence[str], queries: np.ndarray, order: Sequence[str]
) -> Transferred:
    """Give each protein the label of the training protein whose mean embedding is nearest.

    Under L1, as the paper says (section 3); bio_embeddings' own stage defaults to Euclidean
    distance, which gives other numbers.

    Parameters
    ----------
    known : (m, width) float
        Mean embeddings of the training proteins.
    labels : (m,) sequence of str
    queries : (n, width) float
    order : sequence of str
        The k labels, in the order of the columns.
    """
    search = NearestNeighbors(n_neighbors=1, metric="manhattan", algorithm="brute").fit(known)
    distance, nearest = search.kneighbors(queries)
    places = {label: place for place, label in enumerate(order)}
    found = np.array([places[labels[row]] for row in nearest[:, 0]])
    probabilities = np.eye(len(order), dtype=np.float32)[found]
    return Transferred(nearest[:, 0], distance[:, 0].astype(np.float64), probabilities)


def most_common(labels: Sequence[str], n: int, order: Sequence[str]) -> np.ndarray:
    """Class frequencies of some proteins as the probabilities of each of `n` proteins, (n, k).

    The paper's baseline takes the frequencies of the test set itself (Figure 1).
    """
    counts = np.array([list(labels).count(label) for label in order], dtype=np.float32)
    return np.tile(counts / counts.sum(), (n, 1))
