"""Predictions of all folds in one table, and what is true in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from common.harness.record import Record
from common.harness.scores import TRUTH, label_columns


def pool(records: Sequence[Record]) -> pd.DataFrame:
    """Predictions of all folds of the first seed, one row a transcript, sorted by id."""
    seed = min(record.key.seed for record in records)
    tables = [record.predictions for record in records if record.key.seed == seed]
    return pd.concat(tables).sort_values("id", ignore_index=True)


def truth_of(table: pd.DataFrame) -> np.ndarray:
    """(n, k) float64: observed shares, in the order of `label_columns`."""
    return table[[TRUTH + name for name in label_columns(table)]].to_numpy()


def predominant(table: pd.DataFrame) -> np.ndarray:
    """(n,) str: the fraction with the largest observed share."""
    return np.array(label_columns(table))[truth_of(table).argmax(axis=1)]
