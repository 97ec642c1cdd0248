"""Which proteins a run trains on, validates on and is tested on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from reproductions.deeploc.data import Table, limited
from reproductions.deeploc.folds import FOLDS


def inner_fold(seed: int) -> int:
    """Seed k validates on inner fold (k - 1) mod 4."""
    return (seed - 1) % FOLDS


def parts_of(table: Table, settings: Mapping[str, Any], seed: int) -> dict[str, pd.DataFrame]:
    """Proteins by part: ``train``, ``validation``, ``test`` and ``hard``, each from row 0."""
    fold, frame = inner_fold(seed), table.frame
    train = frame[frame["split"] == "train"]
    parts = {
        "train": limited(train[train["fold"] != fold], settings["proteins"]),
        "validation": limited(train[train["fold"] == fold], settings["proteins"] // (FOLDS - 1)),
        "test": frame[frame["split"] == "test"],
        "hard": table.hard,
    }
    return {name: part.reset_index(drop=True) for name, part in parts.items()}
