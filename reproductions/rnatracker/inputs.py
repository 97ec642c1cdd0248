"""Transcripts as the networks read them: tokens, loop contexts, joint letters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from common.data.alphabet import RNA
from common.errors import DataError
from common.features.rna_structure import CONTEXTS, check_contexts
from common.features.tokens import token_table


def nucleotide_table() -> np.ndarray:
    """(6, 4) float32: nothing for padding, one-hot for A, C, G, T, a quarter each for N."""
    return np.concatenate([np.zeros((1, 4)), np.eye(4), np.full((1, 4), 0.25)]).astype(np.float32)


def context_table() -> np.ndarray:
    """(7, 6) float32: nothing for padding, one-hot for F, T, I, H, M, S."""
    return np.concatenate([np.zeros((1, 6)), np.eye(6)]).astype(np.float32)


def joint_table() -> np.ndarray:
    """(31, 24) float32: the product of both letters (the paper's 24-bit encoding).

    Token ``1 + 6 * base + context``, bases A, C, G, T, N; an N is a quarter of four columns.
    """
    pairs = np.einsum("bi,cj->bcij", nucleotide_table()[1:], context_table()[1:])
    return np.concatenate([np.zeros((1, 24)), pairs.reshape(30, 24)]).astype(np.float32)


def joint_tokens(bases: np.ndarray, contexts: np.ndarray) -> np.ndarray:
    """Tokens of joint letters, rows of `joint_table`.

    Parameters
    ----------
    bases : (length,) uint8
        From `base_tokens`; padding is 0 and stays 0.
    contexts : (length,) uint8
        From `context_tokens`, of the same nucleotides.

    Returns
    -------
    np.ndarray
        (length,) uint8, 0..30.

    Raises
    ------
    ValueError
        Different lengths.
    """
    joint = (bases.astype(np.int64) - 1) * len(CONTEXTS) + contexts
    return np.where(bases == 0, 0, joint).astype(np.uint8)


def context_tokens(identifier: str, sequence: str, contexts: str) -> np.ndarray:
    """(length,) uint8 tokens of loop contexts; `DataError` where they do not fit the sequence."""
    check_contexts(identifier, sequence, contexts)
    codes = np.frombuffer(contexts.encode("ascii"), dtype=np.uint8)
    table = np.zeros(128, dtype=np.uint8)
    table[[ord(letter) for letter in CONTEXTS]] = np.arange(1, len(CONTEXTS) + 1)
    return table[codes]


def base_tokens(sequence: str) -> np.ndarray:
    """(length,) uint8 tokens of a clean transcript: A, C, G, T, N from 1."""
    return token_table(RNA)[np.frombuffer(sequence.encode("ascii"), dtype=np.uint8)]


def three_prime(tokens: np.ndarray, length: int) -> np.ndarray:
    """The 3' end at a fixed length, with padding on the left of what is shorter.

    Parameters
    ----------
    tokens : (n,) uint8
        Of one transcript, from 5' to 3'.
    length : int
        At least 1.

    Returns
    -------
    np.ndarray
        (length,) of the same type: the last tokens; padding is 0.
    """
    kept = tokens[-length:]
    return np.concatenate([np.zeros(length - len(kept), dtype=tokens.dtype), kept])


def least_length(blocks: int, pool: int = 3) -> int:
    """Nucleotides below which nothing is left after all poolings of a whole-length network."""
    return pool**blocks


def check_lengths(ids: Sequence[str], lengths: np.ndarray, least: int) -> None:
    """Refuse transcripts that are shorter than a network can read.

    Raises
    ------
    DataError
        It names the shortest transcript, how many there are, and the least length.
    """
    short = np.flatnonzero(np.asarray(lengths) < least)
    if len(short):
        worst = short[np.argmin(np.asarray(lengths)[short])]
        fault = f"{lengths[worst]} nucleotides, the network needs {least}; {len(short)} such"
        remedy = "Leave them out: only the fixed-length experiments pad what is short"
        raise DataError(str(ids[worst]), f"{fault} transcripts", remedy)
