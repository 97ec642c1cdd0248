"""Two-dimensional maps of representations (Sønderby, figure 6; Light Attention, figure 3)."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
from numpy.typing import ArrayLike
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from common.errors import DataError, UsageError
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
    rows = _checked(matrix)
    if perplexity <= 0:
        raise ValueError(f"t-SNE with perplexity {perplexity}")
    model = TSNE(
        n_components=2,
        init="pca",
        perplexity=min(perplexity, (len(rows) - 1) / 3),
        random_state=seed,
    )
    with threadpool_limits(limits=1):
        return model.fit_transform(rows.astype(np.float32))


def umap(matrix: ArrayLike, seed: int = 0, *, neighbours: int = 15) -> np.ndarray:
    """UMAP of the rows of a matrix (McInnes et al., 2018).

    The same matrix and seed give the same map on the same machine, on one thread.

    Parameters
    ----------
    matrix : (n, d) float
        A per-protein vector in each row.
    seed : int
    neighbours : int
        Lowered to n - 1 where there are too few rows for it.

    Returns
    -------
    np.ndarray
        (n, 2) float32, without a unit.

    Raises
    ------
    UsageError
        The package umap-learn is not installed.
    DataError
        Fewer than 5 rows, NaN, or rows that are all equal.
    """
    rows = _checked(matrix)
    if find_spec("umap") is None:
        fault = "the package umap-learn is not installed"
        raise UsageError("UMAP", fault, "Install it: .venv/bin/pip install umap-learn")
    from umap import UMAP

    model = UMAP(n_neighbors=min(neighbours, len(rows) - 1), random_state=seed, n_jobs=1)
    return model.fit_transform(rows.astype(np.float32))


def _checked(matrix: ArrayLike) -> np.ndarray:
    """Rows that have neighbourhoods to keep."""
    rows = checked_numbers("representation", matrix, 2)
    if rows.shape[1] < 2:
        raise ValueError(f"a map of {rows.shape[1]} columns")
    if len(rows) < SMALLEST or not np.ptp(rows, axis=0).any():
        fault = f"{len(rows)} rows, {len(np.unique(rows, axis=0))} of them different"
        raise DataError("representation", fault, f"At least {SMALLEST} are needed, not all equal")
    return rows
