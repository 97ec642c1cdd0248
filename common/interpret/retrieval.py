"""Precision and recall of an explanation against positions that are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from common.errors import DataError
from common.interpret.planted import Spans, signal_mask


def top_share_scores(
    weights: Sequence[ArrayLike], spans: Sequence[Spans], shares: Sequence[float]
) -> pd.DataFrame:
    """How many of the positions with the highest weight are planted, and how many planted ones
    are among them.

    Parameters
    ----------
    weights : sequence of (length,) float
        One for each sequence; of equal weights the first positions count as higher.
    spans : sequence of sequence of (start, end)
        Planted elements, 0-based, half open. Sequences without one are left out.
    shares : sequence of float
        Shares of the positions that are taken, each in 0..1.

    Returns
    -------
    DataFrame
        ``share``, ``precision``, ``recall`` (means over the sequences), ``chance`` (precision and
        share of positions taken at random) and ``sequences``.

    Raises
    ------
    DataError
        No sequence has a planted element.
    """
    pairs = [
        (np.asarray(row, dtype=np.float64), signal_mask(len(np.asarray(row)), own))
        for row, own in zip(weights, spans, strict=True)
        if len(own)
    ]
    if not pairs:
        raise DataError("planted elements", "there are none", "Score the simulated data set")
    rows = []
    for share in shares:
        scores = []
        for row, planted in pairs:
            taken = max(1, round(share * len(row)))
            hits = planted[np.argsort(-row, kind="stable")[:taken]].sum()
            scores.append((hits / taken, hits / planted.sum(), planted.mean()))
        rows.append((share, *np.mean(scores, axis=0), len(pairs)))
    return pd.DataFrame(rows, columns=["share", "precision", "recall", "chance", "sequences"])


def stretch_scores(found: Sequence[Spans], planted: Sequence[Spans]) -> dict[str, float]:
    """Precision and recall of stretches: one is right where it overlaps a planted element.

    Parameters
    ----------
    found, planted : sequence of sequence of (start, end)
        By sequence.

    Returns
    -------
    dict
        ``precision`` (of all found stretches, NaN where there are none), ``recall`` (of all
        planted elements, NaN where there are none), ``found`` and ``planted`` (how many).
    """
    right = hit = 0
    for own, truth in zip(found, planted, strict=True):
        right += sum(any(a < d and c < b for c, d in truth) for a, b in own)
        hit += sum(any(a < d and c < b for c, d in own) for a, b in truth)
    n_found, n_planted = sum(map(len, found)), sum(map(len, planted))
    return {
        "precision": right / n_found if n_found else float("nan"),
        "recall": hit / n_planted if n_planted else float("nan"),
        "found": n_found,
        "planted": n_planted,
    }
