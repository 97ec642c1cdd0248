"""What the filters of a first convolution look for: motifs, known matches, and company.

RNATracker, section 3.3 and Figure 6: a filter's motif is made of the stretches of transcripts that
activate it most, matched to the motifs of RNA-binding proteins with Tomtom, and filters are
clustered by the transcripts on which they are active.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.stats import false_discovery_control

from common.errors import UsageError

LETTERS = 4
PSEUDOCOUNT = 1.0


@dataclass(frozen=True)
class FilterMotif:
    """The motif of one filter.

    Attributes
    ----------
    filter : int
        Number of the filter, from 0.
    counts : (width, 4) float64
        Letters A, C, G, T of the stretches that activate it; unknown ones count nowhere.
    sites : int
        Number of stretches.
    """

    filter: int
    counts: np.ndarray
    sites: int

    @property
    def probabilities(self) -> np.ndarray:
        """(width, 4): with a pseudocount of one of each letter, as in Basset; rows sum to 1."""
        smoothed = self.counts + PSEUDOCOUNT
        return smoothed / smoothed.sum(axis=1, keepdims=True)

    @property
    def information(self) -> np.ndarray:
        """(width, 4): heights of a logo in bits, against even odds."""
        p = self.probabilities
        return p * (np.log2(LETTERS) + (p * np.log2(p)).sum(axis=1, keepdims=True))


def filter_activations(tokens: np.ndarray, table: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Outputs of a first convolution before its bias, where the filter lies wholly on the sequence.

    Parameters
    ----------
    tokens : (length,) uint8
    table : (tokens, features) float
        What each token is to the network.
    kernel : (width, features, filters) float

    Returns
    -------
    np.ndarray
        (length - width + 1, filters) float32; no row for a shorter sequence.
    """
    width, features, filters = kernel.shape
    if len(tokens) < width:
        return np.zeros((0, filters), dtype=np.float32)
    x = np.asarray(table, dtype=np.float32)[tokens]
    windows = np.lib.stride_tricks.sliding_window_view(x, width, axis=0)
    flat = windows.reshape(len(windows), features * width)
    return flat @ np.transpose(kernel, (1, 0, 2)).reshape(-1, filters).astype(np.float32)


def filter_outputs(
    tokens: np.ndarray, table: np.ndarray, kernel: np.ndarray, bias: np.ndarray
) -> np.ndarray:
    """As `filter_activations`, behind bias and ReLU."""
    return np.maximum(filter_activations(tokens, table, kernel) + bias, 0)


def filter_motifs(
    sequences: Sequence[np.ndarray],
    table: np.ndarray,
    kernel: np.ndarray,
    bias: np.ndarray,
    *,
    share: float = 0.5,
    least_sites: int = 10,
) -> list[FilterMotif]:
    """Motif of each filter, from the stretches where its output is far above its mean.

    Basset's rule (Kelley et al., 2016), which the released code of RNATracker has too: behind
    bias and ReLU the output must be above ``mean + share * (highest - mean)`` of that filter.

    Parameters
    ----------
    sequences : sequence of (length,) uint8
        Tokens: 1 to 4 for A, C, G, T.
    table, kernel
        As for `filter_activations`.
    bias : (filters,) float
    share : float
        Of the way from the mean output to the highest in any sequence; in 0..1.
    least_sites : int
        A filter with fewer stretches, or that is never active, has no motif and is left out.

    Raises
    ------
    UsageError
        A share outside 0..1.
    """
    if not 0 < share <= 1:
        raise UsageError("share", f"{share} is not in 0..1", "Give one half, for example")
    width, _, filters = kernel.shape
    highest, total, windows = np.zeros(filters), np.zeros(filters), 0
    for tokens in sequences:
        active = filter_outputs(tokens, table, kernel, bias)
        if len(active):
            highest = np.maximum(highest, active.max(axis=0))
            total, windows = total + active.sum(axis=0), windows + len(active)
    mean = total / max(windows, 1)
    least = mean + share * (highest - mean)
    counts = np.zeros((filters, width, LETTERS))
    sites = np.zeros(filters, dtype=np.int64)
    places = np.arange(width)
    for tokens in sequences:
        active = filter_outputs(tokens, table, kernel, bias)
        for number in np.flatnonzero(highest > 0):
            starts = np.flatnonzero(active[:, number] > least[number])
            letters = tokens[starts[:, None] + places].astype(np.int64)
            for letter in range(LETTERS):
                counts[number, :, letter] += (letters == letter + 1).sum(axis=0)
            sites[number] += len(starts)
    return [
        FilterMotif(number, counts[number], int(sites[number]))
        for number in range(filters)
        if sites[number] >= least_sites
    ]


def match_motifs(
    motifs: Sequence[FilterMotif], known: Mapping[str, np.ndarray], cutoff: float = 0.05
) -> pd.DataFrame:
    """Match filters to known motifs with Tomtom, on the transcript's strand alone.

    Parameters
    ----------
    motifs : sequence of FilterMotif
    known : mapping of str to (width, 4)
        As from `common.data.motifs.read_motifs`.
    cutoff : float
        Largest q-value of a match. The p-value is of one pair: with 102 known motifs a filter has
        several below 0.05 by chance.

    Returns
    -------
    DataFrame
        A row for each filter, the best match: ``filter``, ``sites``, ``motif``, ``p_value`` (of
        the pair), ``q_value`` (Benjamini and Hochberg, over the known motifs), ``offset``,
        ``matched`` (whether the q-value is below the cutoff, as ``tomtom -thresh``).
    """
    columns = ["filter", "sites", "motif", "p_value", "q_value", "offset", "matched"]
    if not motifs:
        return pd.DataFrame(columns=columns)
    from memelite import tomtom

    names = list(known)
    p_values, _, offsets, _, _ = tomtom(
        [motif.probabilities.T for motif in motifs],
        [known[name].T for name in names],
        reverse_complement=False,
        n_jobs=1,
    )
    rows = []
    for motif, row, shifts in zip(motifs, p_values, offsets, strict=True):
        best = int(np.argmin(row))
        q_value = float(false_discovery_control(np.clip(row, 0, 1))[best])
        rows.append(
            (
                *(motif.filter, motif.sites, names[best], float(row[best])),
                *(q_value, int(shifts[best]), q_value < cutoff),
            )
        )
    return pd.DataFrame(rows, columns=columns)


def mean_activations(
    sequences: Sequence[np.ndarray], table: np.ndarray, kernel: np.ndarray, bias: np.ndarray
) -> np.ndarray:
    """Mean output of each filter, behind its ReLU, along each sequence: (filters, n) float64."""
    rows = []
    for tokens in sequences:
        active = filter_outputs(tokens, table, kernel, bias)
        rows.append(active.mean(axis=0) if len(active) else 0 * bias)
    return np.array(rows, dtype=np.float64).T


def cluster_filters(activations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Hierarchical clustering of filters by the cosine of their activations (Figure 6B).

    Each filter's activations are standardised first, as in the released code: means behind a ReLU
    are never negative, so that all their cosines are near 1.

    Parameters
    ----------
    activations : (filters, n) float
        As from `mean_activations`. A filter that is the same on all sequences is left out.

    Returns
    -------
    order : (m,) int64
        Filters that differ between sequences, in the order of the leaves.
    tree : (m - 1, 4) float64
        SciPy's linkage (average) of those filters, in their numerical order.

    Raises
    ------
    UsageError
        Fewer than two such filters.
    """
    deviation = activations.std(axis=1)
    active = np.flatnonzero(deviation > 0)
    if len(active) < 2:
        fault = f"{len(active)} filters tell sequences apart"
        raise UsageError("clustering", fault, "Use a trained network")
    mean = activations.mean(axis=1)
    standardised = ((activations.T - mean) / np.where(deviation > 0, deviation, 1)).T[active]
    tree = linkage(standardised, method="average", metric="cosine")
    return active[leaves_list(tree)], tree
