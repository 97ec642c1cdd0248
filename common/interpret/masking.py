"""Masking scans: what does a prediction lose when a stretch of the sequence is blanked?

RNATracker, section 2.10: a mask of 100 nucleotides moves along the transcript; the importance of a
place is the Kullback-Leibler divergence of the original prediction from that of the masked
transcript.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from common.errors import UsageError

BLANK = 0
Predict = Callable[[np.ndarray], np.ndarray]
"""From tokens (batch, length) uint8 of one length to shares (batch, k)."""


@dataclass(frozen=True)
class Scan:
    """Predictions of one transcript under a moving mask.

    Attributes
    ----------
    starts, ends : (m,) int64
        The masked stretch of each position, 0-based, half open.
    original : (k,) float64
        Shares of the whole transcript.
    masked : (m, k) float64
        Shares under each mask.
    importance : (m,) float64
        Divergence, in nats.
    """

    starts: np.ndarray
    ends: np.ndarray
    original: np.ndarray
    masked: np.ndarray
    importance: np.ndarray

    @property
    def centres(self) -> np.ndarray:
        """(m,) int64: the nucleotide on which each mask is centred."""
        return (self.starts + self.ends) // 2

    def change(self, fraction: int) -> np.ndarray:
        """(m,) float64: masked less original share; negative where the stretch enhances it."""
        return self.masked[:, fraction] - self.original[fraction]


def mask_windows(
    length: int, width: int, stride: int = 1, region: tuple[int, int] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Stretches of a mask that moves along a sequence and always lies wholly on it.

    Parameters
    ----------
    length : int
        Nucleotides.
    width : int
        Of the mask. A shorter sequence has one mask, over all of it.
    stride : int
        Nucleotides between two masks.
    region : (start, end), optional
        Only masks whose centre lies here (0-based, half open), such as a 3' UTR.

    Returns
    -------
    starts, ends : (m,) int64

    Raises
    ------
    UsageError
        A number below 1, or a region without the centre of a mask.
    """
    for name, value in (("length", length), ("width", width), ("stride", stride)):
        if value < 1:
            raise UsageError(name, f"{value} is below 1", "Give a positive number")
    starts = np.arange(0, max(length - width, 0) + 1, stride, dtype=np.int64)
    ends = np.minimum(starts + width, length)
    if region is not None:
        centres = (starts + ends) // 2
        chosen = (centres >= region[0]) & (centres < region[1])
        starts, ends = starts[chosen], ends[chosen]
        if not len(starts):
            fault = f"no mask of {width} has its centre in {region[0]}..{region[1]} of {length}"
            raise UsageError("region", fault, "Give a wider region or a shorter mask")
    return starts, ends


def masked_copies(tokens: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """One copy of a sequence for each stretch, blank within it.

    Parameters
    ----------
    tokens : (length,) uint8
    starts, ends : (m,) int

    Returns
    -------
    np.ndarray
        (m, length) uint8.
    """
    places = np.arange(len(tokens))
    inside = (places >= np.asarray(starts)[:, None]) & (places < np.asarray(ends)[:, None])
    return np.where(inside, np.uint8(BLANK), tokens)


def scan(
    predict: Predict,
    tokens: np.ndarray,
    *,
    width: int = 100,
    stride: int = 1,
    region: tuple[int, int] | None = None,
    batch: int = 64,
) -> Scan:
    """Move a blank mask along one sequence; all masked copies have one length and go in batches.

    Parameters
    ----------
    predict : callable
        The network.
    tokens : (length,) uint8
        The whole sequence.
    width, stride, region
        As for `mask_windows`.
    batch : int
        Copies in one call.

    Raises
    ------
    UsageError
        A number below 1.
    """
    starts, ends = mask_windows(len(tokens), width, stride, region)
    pieces = [
        predict(masked_copies(tokens, starts[at : at + batch], ends[at : at + batch]))
        for at in range(0, len(starts), batch)
    ]
    return scan_of(predict(tokens[None])[0], np.concatenate(pieces)[:, None], starts, ends)


def random_scan(
    predict: Predict,
    tokens: np.ndarray,
    letters: int,
    *,
    width: int = 100,
    stride: int = 1,
    repetitions: int = 100,
    seed: int = 0,
) -> Scan:
    """Move a mask that replaces its stretch by random letters, instead of blanking it.

    Parameters
    ----------
    predict, tokens, width, stride
        As for `scan`.
    letters : int
        Tokens 1 to this are drawn, each as likely as the others.
    repetitions : int
        Draws for each position; shares and divergences are averaged over them.
    seed : int
        Of the draws.

    Raises
    ------
    UsageError
        A number below 1.
    """
    starts, ends = mask_windows(len(tokens), width, stride)
    if repetitions < 1:
        raise UsageError("repetitions", f"{repetitions} is below 1", "Give a positive number")
    draw, drawn = random_letters(letters, repetitions, seed), []
    for start, end in zip(starts, ends, strict=True):
        copies = np.repeat(tokens[None], repetitions, axis=0)
        copies[:, start:end] = draw(end - start)
        drawn.append(predict(copies))
    return scan_of(predict(tokens[None])[0], np.array(drawn), starts, ends)


def random_letters(letters: int, repetitions: int, seed: int) -> Callable[[int], np.ndarray]:
    """From the width of a mask to its next draws, (repetitions, width) tokens."""
    generator = np.random.default_rng(seed)
    return lambda width: generator.integers(1, letters + 1, (repetitions, width))


def scan_of(original: np.ndarray, masked: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> Scan:
    """A scan from its predictions.

    Parameters
    ----------
    original : (k,)
        Of the whole sequence.
    masked : (m, copies, k)
        Under each mask. Shares and divergences are averaged over the copies.
    starts, ends : (m,) int64
    """
    importance = divergence(original, masked).mean(axis=1)
    return Scan(starts, ends, _shares(original), _shares(_shares(masked).mean(axis=1)), importance)


def divergence(original: np.ndarray, masked: np.ndarray) -> np.ndarray:
    """Kullback-Leibler divergence of the original shares from the masked ones, in nats.

    Parameters
    ----------
    original : (k,)
    masked : (..., k)

    Returns
    -------
    np.ndarray
        (...,) float64, at least 0; both sides are first made to sum to 1.
    """
    p, q = _shares(original), _shares(masked)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(p > 0, p * np.log(p / q), 0.0)
    return np.maximum(terms.sum(axis=-1), 0.0)


def _shares(values: np.ndarray) -> np.ndarray:
    values = np.asarray(values, dtype=np.float64)
    return values / values.sum(axis=-1, keepdims=True)
