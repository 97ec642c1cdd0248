"""setHARD with the class shares of setDeepLoc (appendix D)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from common.data.splits import largest_remainder
from common.metrics.resampling import index_draws

RESAMPLED = "setHARD-resampled"
RESAMPLES = 1000
SEED = 309


def as_distributed(table: pd.DataFrame, like: Sequence[str], seed: int = SEED) -> pd.DataFrame:
    """Draw predictions of one set with replacement, in the class shares of another.

    Each class is dealt out in random order again and again until its share is full, so that its
    proteins come equally often, to one. Of a class that is larger than its share some proteins
    are left out, by the luck of the seed.

    Parameters
    ----------
    table : DataFrame
        Predictions with ``id`` and ``truth``.
    like : sequence of str
        Labels of the other set; those that `table` lacks are left out of the shares.
    seed : int

    Returns
    -------
    DataFrame
        As many rows as `table`; the n-th copy of a protein is called ``ID/n``.
    """
    rng = np.random.default_rng(seed)
    present = sorted(set(table["truth"]))
    counts = Counter(label for label in like if label in present)
    total = sum(counts.values())
    wanted = largest_remainder(len(table), {label: counts[label] / total for label in counts})
    rows: list[int] = []
    copies: list[int] = []
    for label, number in wanted.items():
        members = rng.permutation(np.flatnonzero(table["truth"] == label))
        rows += [int(members[place % len(members)]) for place in range(number)]
        copies += [1 + place // len(members) for place in range(number)]
    drawn = table.iloc[rows].reset_index(drop=True)
    drawn["id"] = [f"{name}/{copy}" for name, copy in zip(drawn["id"], copies, strict=True)]
    return drawn


def reweighted_accuracy(
    right: np.ndarray, truth: Sequence[str], like: Sequence[str]
) -> tuple[float, float, float]:
    """Accuracy on one set with its classes weighted to the shares of another.

    A protein weighs the share of its class in the other set over the number of its class in its
    own: what `as_distributed` estimates by one draw.

    Parameters
    ----------
    right : (n,) float
        Whether each protein was answered rightly, or the share of the seeds that did.
    truth : (n,) sequence of str
        Labels of these proteins.
    like : sequence of str
        Labels of the other set; those that `truth` lacks are left out of the shares.

    Returns
    -------
    value, low, high : float
        With the 95 % percentile interval of a bootstrap over the n proteins.
    """
    counts, wanted = Counter(truth), Counter(like)
    weights = np.array([wanted[label] / counts[label] for label in truth])
    draws = np.concatenate(list(index_draws(len(truth), RESAMPLES, SEED)))
    drawn = (weights * right)[draws].sum(axis=1) / weights[draws].sum(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(np.average(right, weights=weights)), float(low), float(high)
