"""What the missing genes of CeFra-Seq explain: correlations at all genes' predominance."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from common.harness.record import Record
from common.harness.scores import label_columns
from reproductions.rnatracker import cefra
from reproductions.rnatracker.pooled import predominant, truth_of


def predominance(record: Record) -> dict[str, float]:
    """Share of each predominant fraction among all labelled genes, those without a sequence too.

    Empty for other data sets than the part of CeFra-Seq, whose labels are complete.
    """
    if record.settings["data"] != "cefra" or record.data_variant != "partial data":
        return {}
    genes = sum(cefra.PREDOMINANT.values())
    return {name: count / genes for name, count in cefra.PREDOMINANT.items()}


def reweighted(table: pd.DataFrame, shares: Mapping[str, float]) -> dict[str, float]:
    """Pearson's r of each fraction, the transcripts weighted to another predominance.

    Parameters
    ----------
    table : DataFrame
        Predictions.
    shares : mapping of str to float
        Share of each predominant fraction; empty for none known.

    Returns
    -------
    dict of str to float
        Empty where nothing is known.
    """
    if not shares:
        return {}
    own = pd.Series(predominant(table))
    here = own.value_counts(normalize=True)
    weights = own.map(lambda name: shares.get(name, 0.0) / here[name]).to_numpy()
    names = label_columns(table)
    pairs = zip(truth_of(table).T, table[names].to_numpy().T, strict=True)
    return {name: weighted_pearson(*pair, weights) for name, pair in zip(names, pairs, strict=True)}


def weighted_pearson(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> float:
    """Pearson's r where examples weigh differently.

    Parameters
    ----------
    x, y : (n,) float
    weights : (n,) float
        At least 0, one of them above; their sum does not matter.

    Returns
    -------
    float
        NaN where a side is constant.

    Raises
    ------
    ValueError
        Different lengths.
    """
    w = weights / weights.sum()
    x, y = x - w @ x, y - w @ y
    norm = np.sqrt((w @ (x * x)) * (w @ (y * y)))
    return float(w @ (x * y) / norm) if norm > 0 else float("nan")
