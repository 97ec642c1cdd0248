"""Zipcode scans with a trained network on whole transcripts (sections 2.10 and 3.4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from common.interpret.local_masking import Block, local_scan
from common.interpret.masking import Scan
from reproductions.rnatracker.inputs import base_tokens, nucleotide_table

if TYPE_CHECKING:
    import keras

ROWS, STEPS = 256, 32
_ORF = re.compile("ATG(?:(?!TAA|TAG|TGA)[ACGTN]{3})*(?:TAA|TAG|TGA)")


@dataclass(frozen=True)
class Scanner:
    """A network on whole transcripts, taken apart for scans.

    Parameters
    ----------
    blocks : list of Block
        Its convolutions.
    head : callable
        The rest of it, from features and mask to shares.
    """

    blocks: list[Block]
    head: Callable[[np.ndarray, np.ndarray], np.ndarray]

    @classmethod
    def of(cls, model: keras.Model, pool: int) -> Scanner:
        """Take a built ``full-length`` or ``no-lstm`` network apart."""
        import keras

        layers = {layer.name: layer for layer in model.layers}
        numbers = range(1, 1 + sum(name.startswith("conv_") for name in layers))
        blocks = [
            Block(np.array(layers[f"conv_{n}"].kernel), np.array(layers[f"conv_{n}"].bias), pool)
            for n in numbers
        ]
        features = keras.Input((None, blocks[-1].kernel.shape[-1]), name="features")
        mask = keras.Input((None,), dtype="bool", name="mask")
        x = features
        if "states" in layers:
            x = layers["states"](x, mask=mask)
        context, _ = layers["attention"](x, mask=mask)
        rest = keras.Model([features, mask], layers["shares"](context))

        def head(values: np.ndarray, known: np.ndarray) -> np.ndarray:
            return np.array(rest.predict_on_batch(_evened(values, known)))[: len(values)]

        return cls(blocks, head)

    def scan(self, sequence: str, **options: Any) -> Scan:
        """Scan one clean transcript; options as for `local_scan`."""
        tokens = base_tokens(sequence)
        return local_scan(nucleotide_table(), self.blocks, self.head, tokens, **options)


def _evened(values: np.ndarray, known: np.ndarray) -> list[np.ndarray]:
    """Features and mask, padded to few different shapes, for each of which a graph is traced."""
    rows, steps = known.shape
    more_rows = 0 if rows == 1 else -rows % ROWS
    more_steps = -steps % STEPS
    padded = np.pad(values, ((0, more_rows), (0, more_steps), (0, 0)))
    return [padded, np.pad(known, ((0, more_rows), (0, more_steps)))]


def three_prime_utr(sequence: str) -> tuple[int, int]:
    """What follows the longest open reading frame (ATG to stop), 0-based and half open.

    The sets have no annotation of coding sequences; a transcript without a frame of at least 100
    codons has no 3' UTR that could be told, and gets an empty one.
    """
    best = (0, 0)
    for start in (match.start() for match in re.finditer("(?=ATG)", sequence)):
        if best[0] < start < best[1] and (start - best[0]) % 3 == 0:
            continue
        found = _ORF.match(sequence, start)
        if found and found.end() - start > best[1] - best[0]:
            best = (start, found.end())
    if best[1] - best[0] < 300:
        return len(sequence), len(sequence)
    return best[1], len(sequence)
