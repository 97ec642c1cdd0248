"""What the missing genes of CeFra-Seq explain: correlations at all genes' predominance."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from common.harness.groups import BOOTSTRAPS
from common.harness.record import Record
from common.harness.scores import label_columns
from common.harness.verdict import CONFIDENCE
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


def weighing(table: pd.DataFrame, shares: Mapping[str, float]) -> pd.DataFrame:
    """What the weights of `reweighted` change of each r, with its 90 % bootstrap interval.

    Each resample draws transcripts once for both correlations (paired) and weighs them anew.

    Parameters
    ----------
    table, shares
        As for `reweighted`.

    Returns
    -------
    DataFrame
        Index: the fractions. ``here`` (Pearson's r), ``weighted``, ``change`` (weighted less
        here), ``low`` and ``high`` (of the change). Empty where nothing is known.
    """
    columns = ["here", "weighted", "change", "low", "high"]
    if not shares:
        return pd.DataFrame(columns=columns)
    names = label_columns(table)
    own = predominant(table)[:, None] == np.array(names)
    features = _moments(truth_of(table), table[names].to_numpy(dtype=np.float64))
    parts = (own[:, :, None] * features[:, None, :]).reshape(len(table), -1)
    n, generator = len(table), np.random.default_rng(0)
    drawn = (np.bincount(generator.integers(0, n, n), minlength=n) for _ in range(BOOTSTRAPS))
    sums = np.array([np.ones(n), *drawn]) @ parts
    sums = sums.reshape(len(sums), len(names), -1)
    wanted = np.array([shares.get(name, 0.0) for name in names])
    here = sums[:, :, 0]
    factors = np.divide(wanted, here, out=np.zeros_like(here), where=here > 0)
    plain = _pearson_of(sums.sum(axis=1))
    weighted = _pearson_of((sums * factors[:, :, None]).sum(axis=1))
    change = weighted - plain
    ends = np.nanquantile(change[1:], [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], axis=0)
    values = np.stack([plain[0], weighted[0], change[0], *ends], axis=1)
    return pd.DataFrame(values, index=names, columns=columns)


def _moments(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(n, 1 + 5k): one, then x, y and their products, all less their means, by fraction."""
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    return np.concatenate([np.ones((len(x), 1)), x, y, x * x, y * y, x * y], axis=1)


def _pearson_of(sums: np.ndarray) -> np.ndarray:
    """(m, k): Pearson's r from sums of `_moments`, (m, 1 + 5k); NaN where a side is constant."""
    x, y, xx, yy, xy = np.split(sums[:, 1:] / sums[:, :1], 5, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (xy - x * y) / np.sqrt((xx - x * x) * (yy - y * y))


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
