"""setHARD with the class shares of setDeepLoc (appendix D)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from common.data.splits import largest_remainder

SEED = 309


def as_distributed(table: pd.DataFrame, like: Sequence[str], seed: int = SEED) -> pd.DataFrame:
    """Draw predictions of one set with replacement, in the class shares of another.

    Each class is dealt out in random order again and again until its share is full, so that its
    proteins come equally often, to one: the score is that of the reweighted set, and not that of
    one lucky draw.

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
