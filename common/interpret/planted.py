"""Does attention find the signals? A score against positions that are known.

The simulated proteins carry planted signals, so that attention can be scored against a truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import roc_auc_score

from common.errors import DataError
from common.interpret.attention import Lengths, Weights, residue_weights
from common.metrics.spread import Interval, bootstrap_interval

Spans = Sequence[tuple[int, int]]
"""Signals of one protein: 0-based (start, end), half open; several may overlap."""


@dataclass(frozen=True)
class PlantedScore:
    """How well attention ranks the residues of planted signals above the others.

    Attributes
    ----------
    per_protein : np.ndarray
        (n,) float64: area under the ROC curve; NaN where the protein is left out.
    mean : Interval
        Mean of the scored proteins and its bootstrap interval over proteins; 0.5 is chance.
    without_signal : int
        Proteins left out because nothing was planted in them.
    wholly_signal : int
        Proteins left out because every residue belongs to a signal.
    """

    per_protein: np.ndarray
    mean: Interval
    without_signal: int
    wholly_signal: int

    @property
    def left_out(self) -> int:
        """Proteins that could not be scored."""
        return self.without_signal + self.wholly_signal


def signal_mask(length: int, spans: Spans) -> np.ndarray:
    """(length,) bool, True on the residues of a signal.

    Raises
    ------
    DataError
        A span that is empty or does not lie within the protein.
    """
    mask = np.zeros(length, dtype=bool)
    for start, end in spans:
        if not 0 <= start < end <= length:
            fault = f"a span within 0..{length} is needed, received {start}..{end}"
            raise DataError("planted signal", fault, "Spans are 0-based and half open")
        mask[start:end] = True
    return mask


def truncated_spans(spans: Spans, length: int, width: int) -> list[tuple[int, int]]:
    """Spans after the middle of a protein was removed, as before Sønderby's networks.

    Parameters
    ----------
    spans : sequence of (start, end)
        Positions in the whole protein.
    length : int
        Residues of the whole protein.
    width : int
        Residues kept: the first `width` - `width` // 2 and the last `width` // 2.

    Returns
    -------
    list of (start, end)
        Positions in what is kept; a signal in the removed part is gone, one that reaches into it
        is cut.
    """
    if length <= width:
        return [(start, end) for start, end in spans]
    left, cut = width - width // 2, length - width
    moved = []
    for start, end in spans:
        start, end = (min(p, left) if p < left + cut else p - cut for p in (start, end))
        if start < end:
            moved.append((start, end))
    return moved


def attention_auc(
    weights: Weights,
    spans: Sequence[Spans],
    lengths: Lengths | None = None,
    *,
    n: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> PlantedScore:
    """Area under the ROC curve of attention against planted signals, for each protein.

    Parameters
    ----------
    weights, lengths
        See `attention.residue_weights`, as for what it raises.
    spans : sequence of sequences of (start, end)
        Signals of each protein, in the positions that the weights have (`truncated_spans`).
    n, seed, confidence
        Of the bootstrap over proteins.

    Raises
    ------
    DataError
        A span outside its protein, or no protein that can be scored.
    ValueError
        Different numbers of proteins.
    """
    rows = residue_weights(weights, lengths)
    if len(rows) != len(spans):
        raise ValueError(f"{len(rows)} proteins with weights, {len(spans)} with spans")
    masks = [signal_mask(len(row), own) for row, own in zip(rows, spans, strict=True)]
    scores = np.array(
        [
            roc_auc_score(mask, row) if mask.any() and not mask.all() else np.nan
            for row, mask in zip(rows, masks, strict=True)
        ]
    )
    scored = scores[~np.isnan(scores)]
    if not len(scored):
        fault = "no protein has residues both inside and outside a planted signal"
        raise DataError("planted signals", fault, "Score the simulated data set")
    return PlantedScore(
        per_protein=scores,
        mean=bootstrap_interval(np.mean, scored, n=n, seed=seed, confidence=confidence),
        without_signal=sum(not mask.any() for mask in masks),
        wholly_signal=sum(bool(mask.all()) for mask in masks),
    )
