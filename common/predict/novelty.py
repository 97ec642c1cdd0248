"""Whether a sequence looks like those that a network was trained on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.spatial.distance import jensenshannon

from common.data.alphabet import STANDS_FOR, Alphabet
from common.errors import DataError

OUTSIDE = 0.005
"""Share of training sequences beyond each limit."""

MOST_UNKNOWN = 0.05
"""Largest share of letters that stand for any residue or nucleotide."""

UNKNOWN = {"protein": "".join(STANDS_FOR), "RNA": "N"}

NUCLEOTIDES, LEAST_NUCLEOTIDES = frozenset("ACGTUN"), 30
"""A protein of these letters alone, and of so many, is taken for DNA or RNA."""


def describe_training(sequences: Iterable[str], alphabet: Alphabet) -> dict[str, Any]:
    """Lengths and composition of training sequences, as a card keeps them.

    Parameters
    ----------
    sequences : iterable of str
        Clean, uncut.
    alphabet : Alphabet

    Returns
    -------
    dict
        ``n``; ``shortest`` and ``longest``, which 0.5 % of the sequences lie beyond on each side;
        ``letters`` and their mean ``composition``; and ``distance``, the Jensen-Shannon distance
        (base 2) from it that 0.5 % lie beyond.

    Raises
    ------
    DataError
        No sequences.
    """
    letters = _letters(alphabet)
    lengths, rows = [], []
    for sequence in sequences:
        lengths.append(len(sequence))
        rows.append(_composition(sequence, letters))
    if not rows:
        raise DataError("training sequences", "there are none", "At least one is needed")
    each = np.array(rows)
    mean = np.nanmean(each, axis=0)
    mean = mean / mean.sum()
    distances = [_distance(row, mean) for row in each if np.isfinite(row).all()]
    low, high = np.quantile(lengths, [OUTSIDE, 1 - OUTSIDE])
    return {
        "n": len(lengths),
        "shortest": int(low),
        "longest": int(np.ceil(high)),
        "letters": letters,
        "composition": [round(float(share), 6) for share in mean],
        "distance": round(float(np.quantile(distances, 1 - OUTSIDE)), 6),
    }


def unusual(sequence: str, alphabet: Alphabet, training: Mapping[str, Any]) -> list[str]:
    """What sets a sequence apart from the training sequences; empty where nothing does.

    Parameters
    ----------
    sequence : str
        Clean, uncut.
    alphabet : Alphabet
    training : mapping
        From `describe_training`.

    Returns
    -------
    list of str
        Of ``nucleotides`` (a protein that reads like DNA or RNA), ``short``, ``long``, ``unknown
        letters`` and ``composition``.
    """
    found = []
    if alphabet.name == "protein" and like_nucleotides(sequence):
        found.append("nucleotides")
    if len(sequence) < training["shortest"]:
        found.append("short")
    if len(sequence) > training["longest"]:
        found.append("long")
    unknown = sum(sequence.count(letter) for letter in UNKNOWN[alphabet.name])
    if unknown > MOST_UNKNOWN * len(sequence):
        found.append("unknown letters")
    own = _composition(sequence, training["letters"])
    if not np.isfinite(own).all() or _distance(own, training["composition"]) > training["distance"]:
        found.append("composition")
    return found


def like_nucleotides(sequence: str) -> bool:
    """Whether a clean protein is DNA or RNA, whose ``U`` may have become ``X``."""
    letters = set(sequence) - {"X"}
    return bool(letters) and letters <= NUCLEOTIDES and len(sequence) >= LEAST_NUCLEOTIDES


def _letters(alphabet: Alphabet) -> str:
    return "".join(c for c in alphabet.letters if c not in UNKNOWN[alphabet.name])


def _composition(sequence: str, letters: str) -> np.ndarray:
    """Share of each letter among them; NaN for a sequence without any."""
    counts = np.array([sequence.count(letter) for letter in letters], dtype=float)
    return counts / counts.sum() if counts.any() else np.full(len(letters), np.nan)


def _distance(one: Sequence[float] | np.ndarray, other: Sequence[float] | np.ndarray) -> float:
    return float(jensenshannon(one, other, base=2))
