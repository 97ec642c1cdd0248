"""Four inner folds of DeepLoc 1.0's training proteins, without homologues between them.

`inner_folds.csv` holds them; `write_folds` draws them again. See `docs/decisions/deeploc-data.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from common.data.splits import read_split, write_split
from common.features.homology import deal_groups, homologous_groups, homologous_pairs

FOLDS, SEED = 4, 2017
FILE = Path(__file__).with_name("inner_folds.csv")
SEARCH = ("-s", "4", "--min-seq-id", "0.3", "-c", "0.5", "--cov-mode", "0")
"""Homologues: at least 30 % identical over half of both proteins, E-value below 0.001."""


def read_folds(ids: Sequence[str]) -> np.ndarray:
    """Fold of each training protein, (n,) int64 from 0; 146 of the file's may be left out.

    Raises
    ------
    DataError
        A protein is not in the file.
    """
    known = pd.read_csv(FILE, dtype=str, keep_default_na=False)["id"]
    chosen = set(ids)
    others = [name for name in known if name not in chosen]
    parts = read_split(FILE, [*ids, *others])[: len(ids)]
    return np.array([int(part.removeprefix("fold ")) for part in parts], dtype=np.int64)


def write_folds(frame: pd.DataFrame, threads: int = 2) -> None:
    """Search the proteins against each other with MMseqs2 and deal the groups out.

    Parameters
    ----------
    frame : DataFrame
        ``id``, ``sequence`` and ``location`` of all 11,231 training proteins.

    Raises
    ------
    UsageError
        MMseqs2 is not installed.
    """
    ids, locations = frame["id"].tolist(), frame["location"].tolist()
    pairs = homologous_pairs(ids, frame["sequence"].tolist(), SEARCH, threads)
    folds = deal_groups(ids, locations, homologous_groups(ids, pairs), FOLDS, SEED)
    write_split(FILE, ids, [f"fold {fold}" for fold in folds])
