"""Folds of a user's sequences, without homologues between them where MMseqs2 is installed."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

import numpy as np

from common.data.alphabet import Alphabet
from common.data.splits import stratified_folds
from common.errors import DataError
from common.features.homology import SEARCH, deal_groups, homologous_groups, homologous_pairs
from common.features.mmseqs import options_for

SEED = 1
HOMOLOGY_SAFE = "homologues share a fold (MMseqs2)"
RANDOM = "random folds: homologues may stand on both sides (install mmseqs2)"


def make_folds(
    ids: Sequence[str],
    sequences: Sequence[str],
    truth: np.ndarray,
    labels: Sequence[str],
    alphabet: Alphabet,
    n: int,
) -> tuple[np.ndarray, str]:
    """Fold of each sequence, and how they were made.

    Parameters
    ----------
    ids, sequences : (m,) sequence of str
    truth : (m,) str or (m, k) float
        Folds are balanced by the label, the first of several, or the largest share.
    labels : sequence of str
    alphabet : Alphabet
    n : int
        Folds.

    Returns
    -------
    (m,) int64
    str
        `HOMOLOGY_SAFE` or `RANDOM`.

    Raises
    ------
    DataError
        A fold would be empty, or the folds that train beside it would hold one label only.
    """
    main = truth if truth.ndim == 1 else np.array(labels, dtype=object)[truth.argmax(axis=1)]
    if shutil.which("mmseqs") is None:
        return stratified_folds(list(main), n, SEED, ids=list(ids)), RANDOM
    pairs = homologous_pairs(ids, sequences, options_for(alphabet, SEARCH))
    groups = homologous_groups(ids, pairs)
    found = deal_groups(ids, list(main), groups, n, SEED)
    _check_dealt(found, groups, truth, n)
    return found, HOMOLOGY_SAFE


def _check_dealt(fold: np.ndarray, groups: np.ndarray, truth: np.ndarray, n: int) -> None:
    filled = len(np.unique(fold))
    if filled < n:
        fault = f"{len(np.unique(groups))} groups of homologues fill {filled} of {n} folds"
        remedy = "Add sequences that are no relatives of these"
        if filled > 1:
            remedy += f", or take fewer folds (--folds {filled})"
        raise DataError("folds", fault, remedy)
    if truth.ndim > 1:
        return
    for number in range(n):
        left = set(truth[fold != number])
        if len(left) < 2:
            fault = f"without fold {number} only {left.pop()} is left to train on"
            raise DataError("folds", fault, "Add sequences of each label that are no relatives")
