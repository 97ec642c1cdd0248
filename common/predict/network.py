"""A trained network and how it reads sequences: what a paper gives to a `Predictor`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from common.data.alphabet import PROTEIN, Alphabet
from common.errors import DataError
from common.sources import Examples

if TYPE_CHECKING:
    import keras

POSITIONS = 128_000
"""Positions, padding included, that are read at once unless a network says otherwise."""

KINDS = {"protein": "proteins", "RNA": "transcripts (RNA or DNA)"}


@dataclass(frozen=True)
class Steps:
    """Where the steps of an attention lie along what a network reads.

    Parameters
    ----------
    stride : int
        Residues or nucleotides from one step to the next; 1 without pooling.
    first : float
        Position, from 0, on which the receptive field of the first step is centred.
    """

    stride: int = 1
    first: float = 0.0

    def count(self, length: int) -> int:
        """Steps of a sequence, one at least."""
        return max(length // self.stride, 1)

    def centres(self, length: int) -> np.ndarray:
        """Position, from 0, in the middle of what each step sees, (steps,) int64."""
        centres = np.rint(self.first + self.stride * np.arange(self.count(length)))
        return np.clip(centres.astype(int), 0, length - 1)

    def spread(self, weights: np.ndarray, length: int) -> np.ndarray:
        """Share each step's weight evenly among the positions nearest to its centre.

        Parameters
        ----------
        weights : (at least `count`,) float
        length : int
            Positions that the network reads.

        Returns
        -------
        (length,) float64
            With the sum of the steps' weights.
        """
        steps = self.count(length)
        nearest = np.rint((np.arange(length) - self.first) / self.stride).astype(int)
        nearest = np.clip(nearest, 0, steps - 1)
        shared = np.bincount(nearest, minlength=steps)
        return np.asarray(weights, dtype=np.float64)[nearest] / shared[nearest]


@dataclass(frozen=True)
class Network:
    """A trained network and how it reads sequences; what a paper gives.

    Parameters
    ----------
    model : keras.Model
        Outputs a dict of arrays, one row a sequence.
    examples : callable
        From ids and clean sequences to `Examples` that the model reads.
    alphabet : Alphabet
    output : str
        Key of the outputs with the probabilities or fractions, (n, k).
    attention : str
        Key of the attention, (n, steps) with zeros on padding; empty where there is none.
    kept : callable
        From a sequence's length to the positions, from 0, that the network reads of it.
    steps : Steps
        Where the attention's steps lie along what is read.
    least : int
        Length below which the network reads nothing.
    positions : int
        Positions, padding included, that fit into memory at once.
    """

    model: keras.Model
    examples: Callable[[Sequence[str], Sequence[str]], Examples]
    alphabet: Alphabet
    output: str
    attention: str
    kept: Callable[[int], np.ndarray]
    steps: Steps = Steps()
    least: int = 1
    positions: int = POSITIONS

    def clean(self, identifier: str, sequence: str) -> str:
        """Sequence in the network's own letters.

        Raises
        ------
        DataError
            A letter outside the alphabet, a protein for a network that reads transcripts, or
            fewer letters than the network needs.
        """
        try:
            clean = self.alphabet.clean(identifier, sequence)
        except DataError as error:
            if self.alphabet.name == "RNA" and is_protein(sequence):
                fault = f"a protein, and this model reads {KINDS['RNA']}"
                remedy = "Give nucleotides, or a model for proteins (`reproduce predict --list`)"
                raise DataError(identifier, fault, remedy) from error
            raise
        if len(clean) < self.least:
            fault = f"{len(clean)} letters, and this model needs {self.least} or more"
            raise DataError(identifier, fault, "Leave the record out, or give more of it")
        return clean

    def attended(self, weights: np.ndarray, length: int) -> np.ndarray:
        """Attention of every position of the uncut sequence, (length,) float64."""
        kept = self.kept(length)
        whole = np.zeros(length)
        whole[kept] = self.steps.spread(weights, len(kept))
        return whole

    def highest(self, weights: np.ndarray, length: int, most: int) -> list[int]:
        """Positions, from 1, in the middle of the steps with the most attention.

        The highest comes first, and the first of equals; steps without attention are left out.
        """
        kept = self.kept(length)
        own = np.asarray(weights)[: self.steps.count(len(kept))]
        order = np.argsort(-own, kind="stable")[:most]
        middle = kept[self.steps.centres(len(kept))]
        return [int(middle[place]) + 1 for place in order[own[order] > 0]]


def is_protein(sequence: str) -> bool:
    """Whether a sequence is written in the letters of proteins."""
    try:
        PROTEIN.clean("", sequence)
    except DataError:
        return False
    return True
