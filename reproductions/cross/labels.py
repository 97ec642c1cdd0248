"""Which location of one data set is which of another: `labels.csv`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

FILE = Path(__file__).with_name("labels.csv")


@cache
def _table() -> pd.DataFrame:
    return pd.read_csv(FILE)


def common_labels() -> tuple[str, ...]:
    """The locations that every data set's are mapped to, sorted."""
    return tuple(sorted(_table()["common"].unique()))


def own_labels(name: str) -> tuple[str, ...]:
    """A data set's own locations, sorted."""
    table = _table()
    return tuple(sorted(table.loc[table["set"] == name, "label"]))


def to_common(name: str) -> np.ndarray:
    """Matrix from probabilities of a data set's own locations to those of the common ones.

    Where several locations are one in common, their probabilities are added.

    Returns
    -------
    (own, common) float64
        In the orders of `own_labels` and `common_labels`.
    """
    rows = _table()[_table()["set"] == name].set_index("label").loc[list(own_labels(name))]
    return (rows["common"].to_numpy()[:, None] == np.array(common_labels())[None, :]).astype(float)


def common_truth(name: str, locations: pd.Series) -> np.ndarray:
    """(n,) str: the common location of each of a data set's proteins.

    Raises
    ------
    KeyError
        A location that `labels.csv` does not have.
    """
    rows = _table()[_table()["set"] == name].set_index("label")["common"]
    return rows.loc[locations].to_numpy(dtype=str)
