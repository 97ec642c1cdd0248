"""Fixed tables that turn a residue's token into numbers: one-hot, BLOSUM, HSDM.

A table has 24 rows, one for each token: 0 is padding and all zero, 1 to 20 are the residues in the
order `RESIDUES`, then come B (N or D), Z (Q or E) and X (any). Its 20 columns follow `RESIDUES`.

Scores are in bits: the raw matrix divided by its units per bit (`UNITS_PER_BIT`), so that every
table has values of order 1. Sønderby et al. (2015), section 2.4, state no scaling.

=========  ==================================  ======================================
table      source                              rows B, Z and X
=========  ==================================  ======================================
one-hot    unit vectors                        mean over the residues they stand for
BLOSUM80   Henikoff and Henikoff (1992)        the matrix's own
BLOSUM62   Henikoff and Henikoff (1992)        the matrix's own
HSDM       Prlić et al. (2000), PRLA000102     mean over the residues they stand for
=========  ==================================  ======================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from common.data.alphabet import RESIDUES, STANDS_FOR
from common.errors import UsageError

N_TOKENS = 1 + len(RESIDUES) + len(STANDS_FOR)

UNITS_PER_BIT: Mapping[str, float] = MappingProxyType(
    {"BLOSUM62": 2.0, "BLOSUM80": 3.0, "HSDM": 5.0}
)
"""Raw score units in one bit.

BLOSUM: as the matrix files state. HSDM states none; 5.2 units make its implied joint probabilities
sum to 1 under the background of Robinson and Robinson (1991), rounded here to 5.
"""


def one_hot() -> np.ndarray:
    """1-of-K encoding.

    Returns
    -------
    np.ndarray, (24, 20) float32
        Row of a standard residue: a single 1. B and Z: two halves; X: twenty times 1/20. Every row
        but the padding's sums to 1.
    """
    return _with_ambiguous_rows(np.eye(len(RESIDUES)))


def blosum(name: str = "BLOSUM80") -> np.ndarray:
    """BLOSUM scores in bits, read through Biopython.

    Parameters
    ----------
    name : {"BLOSUM80", "BLOSUM62"}

    Returns
    -------
    np.ndarray, (24, 20) float32
        B, Z and X have the rows of the matrix itself.

    Raises
    ------
    UsageError
        Another name.
    """
    if not (name.startswith("BLOSUM") and name in UNITS_PER_BIT):
        raise UsageError(str(name), "no such BLOSUM table", "Choose BLOSUM80 or BLOSUM62")
    from Bio.Align import substitution_matrices

    matrix = substitution_matrices.load(name)
    letters = RESIDUES + "".join(STANDS_FOR)
    scores = np.array([[matrix[row, column] for column in RESIDUES] for row in letters])
    return _with_padding_row(scores / UNITS_PER_BIT[name])


def hsdm() -> np.ndarray:
    """Homologous structure derived matrix (AAindex PRLA000102) in bits.

    Returns
    -------
    np.ndarray, (24, 20) float32
        B is the mean of N and D, Z that of Q and E, X that of all 20 rows: the matrix has none.
    """
    from aaindex import aaindex2

    matrix = aaindex2["PRLA000102"]["matrix"]
    scores = np.array([[matrix[row][column] for column in RESIDUES] for row in RESIDUES])
    return _with_ambiguous_rows(scores / UNITS_PER_BIT["HSDM"])


TABLES: Mapping[str, Callable[[], np.ndarray]] = MappingProxyType(
    {
        "one-hot": one_hot,
        "BLOSUM80": lambda: blosum("BLOSUM80"),
        "BLOSUM62": lambda: blosum("BLOSUM62"),
        "HSDM": hsdm,
    }
)


def feature_table(names: Sequence[str]) -> np.ndarray:
    """Put tables side by side, in the order named.

    Parameters
    ----------
    names : sequence of {"one-hot", "BLOSUM80", "BLOSUM62", "HSDM"}
        One or more, each at most once.

    Returns
    -------
    np.ndarray, (24, 20 * len(names)) float32

    Raises
    ------
    UsageError
        No name, an unknown one, or one named twice.
    """
    names = [names] if isinstance(names, str) else list(names)
    unknown = [name for name in names if name not in TABLES]
    if unknown or not names or len(set(names)) < len(names):
        raise UsageError(
            f"feature tables {names}",
            f"unknown: {', '.join(unknown)}" if unknown else "none named, or one named twice",
            f"Choose from {', '.join(TABLES)}",
        )
    return np.concatenate([TABLES[name]() for name in names], axis=1)


def _with_ambiguous_rows(scores: np.ndarray) -> np.ndarray:
    """Add padding, B, Z and X to a (20, 20) table."""
    rows = [
        scores[[RESIDUES.index(letter) for letter in members]].mean(axis=0)
        for members in STANDS_FOR.values()
    ]
    return _with_padding_row(np.concatenate([scores, rows]))


def _with_padding_row(scores: np.ndarray) -> np.ndarray:
    """Put the padding's row of zeros above a (23, 20) table."""
    return np.concatenate([np.zeros((1, len(RESIDUES))), scores]).astype(np.float32)
