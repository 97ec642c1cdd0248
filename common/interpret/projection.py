"""Two-dimensional maps of a network's hidden representation (Sønderby, figure 6)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from common.errors import DataError
from common.metrics.checks import checked_numbers

SMALLEST = 5
"""Fewer points have no neighbourhoods to keep."""


def tsne(matrix: ArrayLike, seed: int = 0, *, perplexity: float = 30.0) -> np.ndarray:
    """t-SNE map of the rows of a matrix, started from its first two principal components.

    The same matrix and seed give the same map on the same machine. One thread is used: the
    OpenMP threads of t-SNE wait actively and make it six times slower where the cores are busy.

    Parameters
    ----------
    matrix : (n, d) float
        A per-protein vector in each row: the context vector, or the last hidden state.
    seed : int
        Of the randomised principal components.
    perplexity : float
        Lowered to (n - 1) / 3 where there are too few rows for it.

    Returns
    -------
    np.ndarray
        (n, 2) float32, without a unit.

    Raises
    ------
    DataError
        Fewer than 5 rows, NaN, or rows that are all equal.
    ValueError
        Not two dimensions, fewer than two columns, or a perplexity that is not positive.
    """
    rows = checked_numbers("representation", matrix, 2)
    if rows.shape[1] < 2 or perplexity <= 0:
        raise ValueError(f"t-SNE of {rows.shape[1]} columns with perplexity {perplexity}")
    if len(rows) < SMALLEST or not np.ptp(rows, axis=0).any():
        fault = f"{len(rows)} rows, {len(np.unique(rows, axis=0))} of them different"
        raise DataError("representation", fault, f"At least {SMALLEST} are needed, not all equal")
    model = TSNE(
        n_components=2,
        init="pca",
        perplexity=min(perplexity, (len(rows) - 1) / 3),
        random_state=seed,
    )
    with threadpool_limits(limits=1):
        return model.fit_transform(rows.astype(np.float32))
