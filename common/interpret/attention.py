"""Where a model looks: attention weights along the sequence (Sønderby, figure 5).

Every function takes the weights either as a list with one array for each protein, or as one padded
array with the proteins' lengths. Weights beyond a protein's length are never looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from common.errors import DataError

Weights = Sequence[ArrayLike] | np.ndarray
"""A list of (length,) arrays, or (n, padded length) together with lengths (n,)."""

Lengths = Sequence[int] | np.ndarray
"""(n,) int: residues of each protein."""

ROUNDING = 1e-9
"""How much of the total a running sum may miss by rounding."""


def residue_weights(weights: Weights, lengths: Lengths | None = None) -> list[np.ndarray]:
    """Weights of each protein's residues, without padding.

    Parameters
    ----------
    weights : list of (length,), or (n, padded length)
        At least 0; they need not sum to 1.
    lengths : (n,) int or None
        Residues of each protein; may be left out for a list.

    Returns
    -------
    list of np.ndarray
        (length,) float64 each.

    Raises
    ------
    DataError
        No proteins; a protein without residues, with NaN or negative weights, or with weights
        that are all 0; it is named by its position in the list.
    ValueError
        A padded array without lengths, or lengths that do not fit.
    """
    if len(weights) == 0:
        raise DataError("attention weights", "there are no proteins", "At least one is needed")
    if lengths is None:
        if isinstance(weights, np.ndarray) and weights.ndim > 1:
            raise ValueError("attention weights: a padded array needs the lengths of the proteins")
        lengths = [len(np.asarray(row)) for row in weights]
    if len(lengths) != len(weights):
        raise ValueError(f"attention weights: {len(weights)} proteins, {len(lengths)} lengths")
    return [
        _checked_row(position, np.asarray(row, dtype=np.float64), int(length))
        for position, (row, length) in enumerate(zip(weights, lengths, strict=True))
    ]


def _checked_row(position: int, row: np.ndarray, length: int) -> np.ndarray:
    """The first `length` weights of one protein."""
    if row.ndim != 1 or length > len(row):
        raise ValueError(f"protein {position}: length {length}, weights of shape {row.shape}")
    row = row[: max(length, 0)]
    if not len(row):
        fault = "it has no residues"
    elif not np.isfinite(row).all():
        fault = "attention weights are NaN or infinite"
    elif (row < 0).any() or not row.any():
        fault = "attention weights are negative or all 0"
    else:
        return row
    raise DataError(f"protein {position}", fault, "Look for a training run that diverged")


def align_termini(
    weights: Weights, lengths: Lengths | None = None, width: int = 1000
) -> np.ndarray:
    """Weights with the N termini at the left edge and the C termini at the right edge.

    A protein shorter than `width` gets zeros in its middle, as in Sønderby's figure 5; a longer
    one loses its middle, as in section 2.4. An odd residue stays with the N-terminal half.

    Parameters
    ----------
    weights, lengths
        See `residue_weights`, as for what it raises.
    width : int
        Columns, at least 2.

    Returns
    -------
    np.ndarray
        (n, width) float64.
    """
    if width < 2:
        raise ValueError(f"width: at least 2 columns, received {width}")
    rows = residue_weights(weights, lengths)
    aligned = np.zeros((len(rows), width))
    for target, row in zip(aligned, rows, strict=True):
        kept = min(len(row), width)
        left, right = kept - kept // 2, kept // 2
        target[:left] = row[:left]
        target[width - right :] = row[len(row) - right :]
    return aligned


def fraction_within(
    weights: Weights,
    lengths: Lengths | None = None,
    first: int = 30,
    *,
    terminus: Literal["N", "C"] = "N",
) -> np.ndarray:
    """Share of a protein's attention that lies within its first residues.

    Parameters
    ----------
    weights, lengths
        See `residue_weights`, as for what it raises.
    first : int
        How many residues; a shorter protein lies within them wholly (share 1).
    terminus : "N" or "C"
        The end from which residues are counted; for a transcript 5' and 3'.

    Returns
    -------
    np.ndarray
        (n,) float64 in 0..1.
    """
    if first < 1 or terminus not in ("N", "C"):
        raise ValueError(f"at least 1 residue from N or C, received {first} from {terminus!r}")
    rows = residue_weights(weights, lengths)
    ends = [row[:first] if terminus == "N" else row[-first:] for row in rows]
    return np.array([end.sum() / row.sum() for end, row in zip(ends, rows, strict=True)])


def peak_position(weights: Weights, lengths: Lengths | None = None) -> np.ndarray:
    """Position of the largest weight of each protein, (n,) int, 0-based, the first of equals."""
    return np.array([int(row.argmax()) for row in residue_weights(weights, lengths)])


def reach(
    weights: Weights, lengths: Lengths | None = None, share: float = 0.9, first: int = 100
) -> np.ndarray:
    """How far from the N terminus the N-terminal attention reaches, in residues.

    The smallest number of residues that hold `share` of the weight of the first `first` residues:
    long where the model reads long transit peptides, short where it reads signal peptides
    (Sønderby, section 4). Evenly spread attention gives `share` times `first`.

    Parameters
    ----------
    weights, lengths
        See `residue_weights`, as for what it raises.
    share : float
        In 0..1, without 0.
    first : int
        Residues looked at.

    Returns
    -------
    np.ndarray
        (n,) float64, 1..`first`; NaN where those residues have no weight at all.
    """
    if not 0 < share <= 1 or first < 1:
        raise ValueError(f"a share in 0..1 of at least 1 residue, received {share} of {first}")
    reached = []
    for row in residue_weights(weights, lengths):
        running = row[:first].cumsum()
        enough = running >= (share - ROUNDING) * running[-1]
        reached.append(enough.argmax() + 1.0 if running[-1] > 0 else np.nan)
    return np.array(reached)
