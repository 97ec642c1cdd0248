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


def stretch_scores(
    found: Sequence[Spans], planted: Sequence[Spans], lengths: Sequence[int]
) -> dict[str, float]:
    """Precision and recall of stretches, and what stretches at random places would have.

    A stretch is right where it overlaps a planted element, so that one over a whole sequence
    always is: only what lies above chance speaks for stretches.

    Parameters
    ----------
    found, planted : sequence of sequence of (start, end)
        By sequence, 0-based and half open; a sequence may have none of either.
    lengths : sequence of int
        Of each sequence.

    Returns
    -------
    dict
        ``precision`` (of all found stretches, NaN where there are none), ``recall`` (of all
        planted elements, NaN where there are none), ``chance_precision`` and ``chance_recall``
        (expected of stretches of the same lengths, each at a random place of its own sequence;
        exact), ``covered`` (share of all positions within a found stretch), ``found``,
        ``planted`` (how many) and ``elsewhere`` (found on sequences without an element, none of
        which can be right).

    Raises
    ------
    DataError
        A stretch or an element that does not lie within its sequence.
    """
    right = hit = elsewhere = covered = 0
    chance_right, chance_hit = 0.0, 0.0
    for own, truth, length in zip(found, planted, lengths, strict=True):
        right += sum(any(a < d and c < b for c, d in truth) for a, b in own)
        hit += sum(any(a < d and c < b for c, d in own) for a, b in truth)
        elsewhere += 0 if truth else len(own)
        covered += int(signal_mask(length, own).sum())
        sizes = [b - a for a, b in own]
        running = np.concatenate([[0], signal_mask(length, truth).cumsum()])
        chance_right += sum(float(np.mean(running[n:] > running[: length + 1 - n])) for n in sizes)
        for start, end in truth:
            missed = [1 - _touching(start, end, n, length) for n in sizes]
            chance_hit += 1 - float(np.prod(missed))
    n_found, n_planted = sum(map(len, found)), sum(map(len, planted))
    return {
        "precision": right / n_found if n_found else float("nan"),
        "recall": hit / n_planted if n_planted else float("nan"),
        "chance_precision": chance_right / n_found if n_found else float("nan"),
        "chance_recall": chance_hit / n_planted if n_planted else float("nan"),
        "covered": covered / sum(lengths) if len(lengths) else float("nan"),
        "found": n_found,
        "planted": n_planted,
        "elsewhere": elsewhere,
    }


def _touching(start: int, end: int, size: int, length: int) -> float:
    """Share of the places of a stretch of `size` within `length` that overlap start..end."""
    first, last = max(start - size + 1, 0), min(end - 1, length - size)
    return max(last - first + 1, 0) / (length - size + 1)
