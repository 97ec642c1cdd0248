"""The reference's order of the genes, its ten folds, and which tenth of the rest validates."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.model_selection import KFold

from common.errors import UsageError

FOLDS = 10
REFERENCE_SEED = 1234
VALIDATION_SHARE = 0.1
VALIDATION_ENDS = ("first", "last")


def reference_position(n: int) -> np.ndarray:
    """Place of each gene after the reference's one shuffle.

    Parameters
    ----------
    n : int
        Genes, in the order of the FASTA file.

    Returns
    -------
    np.ndarray
        (n,) int64: gene ``i`` stands at ``position[i]``. NumPy's old generator, seed 1234.
    """
    order = np.random.RandomState(REFERENCE_SEED).permutation(np.arange(n))
    position = np.empty(n, dtype=np.int64)
    position[order] = np.arange(n)
    return position


def reference_folds(n: int) -> np.ndarray:
    """Test fold of each place: scikit-learn's ``KFold(10, shuffle=True, random_state=1234)``.

    Returns
    -------
    np.ndarray
        (n,) int64 in 0..9. The networks apply it to the shuffled order, the k-mer baselines to
        the order of the file, so that their folds differ.
    """
    folds = np.empty(n, dtype=np.int64)
    splitter = KFold(FOLDS, shuffle=True, random_state=REFERENCE_SEED)
    for number, (_, test) in enumerate(splitter.split(np.arange(n))):
        folds[test] = number
    return folds


def network_folds(n: int) -> np.ndarray:
    """Test fold of each gene for the networks, (n,) int64, in the order of the file."""
    return reference_folds(n)[reference_position(n)]


def with_folds(frame: pd.DataFrame) -> pd.DataFrame:
    """A table with the reference's folds of its n rows, taken in the order of the file.

    Returns
    -------
    DataFrame
        With ``fold`` and ``position`` of the networks, ``kmer_fold`` and ``kmer_position`` of the
        k-mer baselines; each (n,) int64.
    """
    n = len(frame)
    return frame.assign(
        fold=network_folds(n),
        position=reference_position(n),
        kmer_fold=reference_folds(n),
        kmer_position=np.arange(n),
    )


def split_rows(
    fold: np.ndarray, order: np.ndarray, test_fold: int, validation: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of the training, validation and test parts.

    Parameters
    ----------
    fold : (n,) int
        Test fold of each transcript.
    order : (n,) int
        Place of each transcript in the order in which the reference cuts the validation part.
    test_fold : int
        The fold that is tested.
    validation : {"first", "last"}
        Which tenth of the other transcripts, in that order, validates.

    Returns
    -------
    training, validation, test : (m,) int64
        Row numbers, in `order`.

    Raises
    ------
    UsageError
        Another word than first or last, or an empty part.
    """
    if validation not in VALIDATION_ENDS:
        fault = f"{validation!r} is not known"
        raise UsageError("validation", fault, f"Use {' or '.join(VALIDATION_ENDS)}")
    rows = np.argsort(order, kind="stable")
    test, rest = rows[fold[rows] == test_fold], rows[fold[rows] != test_fold]
    size = int(VALIDATION_SHARE * len(rest))
    if not size or not len(test):
        fault = f"{len(test)} test and {size} validation transcripts in fold {test_fold}"
        raise UsageError("folds", fault, "Give more transcripts")
    if validation == "first":
        return rest[size:], rest[:size], test
    return rest[:-size], rest[-size:], test
