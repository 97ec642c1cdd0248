"""Long sequences, shortened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np

from common.errors import UsageError

Sequence = TypeVar("Sequence", str, np.ndarray)


def cut_middle(sequence: Sequence, length: int) -> Sequence:
    """Keep both ends of a sequence and leave its middle out.

    Both termini hold sorting signals (Sønderby et al. 2015, section 2.4).

    Parameters
    ----------
    sequence : str or (L, ...) array
        Residues, or their features.
    length : int
        Longest result; where it is odd, the N-terminal part has the odd residue.

    Returns
    -------
    str or (min(L, length), ...) array

    Raises
    ------
    UsageError
        A length below 1.
    """
    _check(length)
    if len(sequence) <= length:
        return sequence
    tail = length // 2
    head = length - tail
    if isinstance(sequence, str):
        return sequence[:head] + sequence[len(sequence) - tail :]
    return np.concatenate([sequence[:head], sequence[len(sequence) - tail :]])


def kept_of_cut_middle(length: int, longest: int) -> np.ndarray:
    """Positions, from 0, of what `cut_middle` keeps of a sequence, (min(length, longest),) int."""
    return cut_middle(np.arange(length), longest)


def cut_end(sequence: Sequence, length: int) -> Sequence:
    """Keep the N terminus of a sequence and leave out what comes after `length` residues.

    Parameters
    ----------
    sequence : str or (L, ...) array
        Residues, or their features.
    length : int
        Longest result.

    Returns
    -------
    str or (min(L, length), ...) array

    Raises
    ------
    UsageError
        A length below 1.
    """
    _check(length)
    return sequence[:length]


def _check(length: int) -> None:
    if length < 1:
        raise UsageError("max_length", f"{length} leaves nothing of a sequence", "Give 1 or more")


CUTS: Mapping[str, Callable[[Any, int], Any]] = MappingProxyType(
    {"middle": cut_middle, "end": cut_end}
)
"""What a setting may call them."""
