"""Conservation of zipcodes against the rest of the 3' UTRs, at several cutoffs (Figures 7, 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from common.errors import DataError
from common.interpret.conservation import compare_conservation, window_means
from common.interpret.masking import Scan
from common.interpret.zipcodes import ENHANCING, REPRESSIVE, zipcodes

BOTH = "both"
EFFECTS = (BOTH, ENHANCING, REPRESSIVE)
ScoredScan = tuple[Scan, int, np.ndarray]
"""Scan, column of the predominant fraction, and (length,) float64: a score for each nucleotide."""


@dataclass(frozen=True)
class Stretches:
    """Mean score of each stretch of all 3' UTRs, and which are zipcodes; both (m,)."""

    means: np.ndarray
    chosen: np.ndarray


def stretches_at(scored: Sequence[ScoredScan], cutoff: float, effect: str = BOTH) -> Stretches:
    """Zipcodes that do not overlap, and every mask below the cutoff.

    Parameters
    ----------
    scored : sequence of ScoredScan
    cutoff : float
        Least divergence of a zipcode, in nats.
    effect : str
        One of `EFFECTS`: zipcodes of the other effect are in neither set.

    Returns
    -------
    Stretches
        m is the number of zipcodes and lower masks of all transcripts; 0 without transcripts.
    """
    means, chosen = [np.empty(0)], [np.empty(0, bool)]
    for scan, fraction, scores in scored:
        inside = zipcodes(scan, cutoff, fraction, merge=False)
        if effect != BOTH:
            inside = inside[inside["effect"] == effect]
        below = scan.importance < cutoff
        starts = np.concatenate([inside["start"], scan.starts[below]]).astype(np.int64)
        ends = np.concatenate([inside["end"], scan.ends[below]]).astype(np.int64)
        means.append(window_means(scores, starts, ends))
        chosen.append(np.arange(len(starts)) < len(inside))
    return Stretches(np.concatenate(means), np.concatenate(chosen))


def compare_by_cutoff(scored: Sequence[ScoredScan], cutoffs: Sequence[float]) -> pd.DataFrame:
    """Fields of `Conserved` for each effect, at each cutoff that leaves some of both sets.

    Returns
    -------
    DataFrame
        Index: ``effect`` (of `EFFECTS`) and ``cutoff``.

    Raises
    ------
    DataError
        No cutoff does.
    """
    rows = {}
    for effect in EFFECTS:
        for cutoff in cutoffs:
            found = stretches_at(scored, cutoff, effect)
            if found.chosen.any() and not found.chosen.all():
                rows[effect, cutoff] = vars(compare_conservation(found.means, found.chosen))
    if not rows:
        fault = "no cutoff leaves zipcodes and other stretches"
        raise DataError("conservation", fault, "Use a network that is trained further")
    index = pd.MultiIndex.from_tuples(rows, names=["effect", "cutoff"])
    return pd.DataFrame(list(rows.values()), index=index)
