"""Conservation of stretches of a transcript, from a bigWig track of the genome.

RNATracker, section 3.4 and Figure 8: the mean phyloP score of predicted zipcodes against that of
all other stretches of the 3' UTRs, compared with a Kolmogorov-Smirnov test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from common.errors import DataError, UsageError


@dataclass(frozen=True)
class Exons:
    """Where a transcript lies in the genome.

    Parameters
    ----------
    chromosome : str
        As the track names it.
    strand : {"+", "-"}
    blocks : sequence of (int, int)
        Exons by ascending position: 0-based, half open.
    """

    chromosome: str
    strand: str
    blocks: Sequence[tuple[int, int]]

    @property
    def length(self) -> int:
        """Nucleotides of the transcript."""
        return sum(end - start for start, end in self.blocks)


@dataclass(frozen=True)
class Conserved:
    """Two sets of stretches and the test of their difference.

    Attributes
    ----------
    inside, outside : float
        Mean score of the predicted zipcodes, and of the others.
    n_inside, n_outside : int
    statistic, p_value : float
        Two-sample Kolmogorov-Smirnov test.
    above_one : tuple of float
        Share of either set whose score is above 1.
    """

    inside: float
    outside: float
    n_inside: int
    n_outside: int
    statistic: float
    p_value: float
    above_one: tuple[float, float]


def open_track(path: Path) -> Any:
    """Open a bigWig file; close it with its ``close``.

    Raises
    ------
    UsageError
        The package pyBigWig is not installed.
    DataError
        The file is missing or no bigWig.
    """
    try:
        import pyBigWig
    except ImportError as error:
        fault = "the package pyBigWig is not installed"
        raise UsageError("conservation", fault, "Install it: pip install pyBigWig") from error
    try:
        track = pyBigWig.open(str(path))
        right = track is not None and track.isBigWig()
    except (RuntimeError, OSError) as error:
        raise DataError(str(path), f"no bigWig file ({error})", "Check the path") from error
    if not right:
        raise DataError(str(path), "no bigWig file", "Give the phyloP track as bigWig")
    return track


def transcript_scores(track: Any, exons: Exons) -> np.ndarray:
    """Score of each nucleotide of a transcript, 5' to 3'.

    Parameters
    ----------
    track
        From `open_track`.
    exons : Exons

    Returns
    -------
    np.ndarray
        (length,) float64; 0 where the track has no value, as in the released code.

    Raises
    ------
    DataError
        The track has no such chromosome, or it is too short; or exons overlap.
    """
    size = track.chroms(exons.chromosome)
    last = 0
    pieces = []
    for start, end in exons.blocks:
        if size is None or not last <= start < end <= size:
            fault = f"exon {start}..{end} of {exons.chromosome} ({size} nucleotides in the track)"
            raise DataError("exons", fault, "Use the track and the exons of one assembly, in order")
        last = end
        pieces.append(np.nan_to_num(track.values(exons.chromosome, start, end, numpy=True)))
    scores = np.concatenate(pieces).astype(np.float64)
    return scores[::-1] if exons.strand == "-" else scores


def window_means(scores: ArrayLike, starts: ArrayLike, ends: ArrayLike) -> np.ndarray:
    """Mean score of each stretch (0-based, half open) of a transcript, (m,) float64."""
    running = np.concatenate([[0.0], np.cumsum(np.asarray(scores, dtype=np.float64))])
    first, last = np.asarray(starts), np.asarray(ends)
    return (running[last] - running[first]) / (last - first)


def compare_conservation(means: ArrayLike, chosen: ArrayLike) -> Conserved:
    """Compare the stretches that are zipcodes with all others.

    Parameters
    ----------
    means : (m,) float
        Mean score of each stretch, of all transcripts.
    chosen : (m,) bool
        Which stretches are predicted zipcodes.

    Raises
    ------
    DataError
        One of the two sets is empty.
    """
    values, inside = np.asarray(means, dtype=np.float64), np.asarray(chosen, dtype=bool)
    own, others = values[inside], values[~inside]
    if not len(own) or not len(others):
        fault = f"{len(own)} zipcodes and {len(others)} other stretches"
        raise DataError("conservation", fault, "Choose a cutoff that leaves some of both")
    test = stats.ks_2samp(own, others)
    return Conserved(
        float(own.mean()),
        float(others.mean()),
        len(own),
        len(others),
        float(test.statistic),
        float(test.pvalue),
        (float((own > 1).mean()), float((others > 1).mean())),
    )
