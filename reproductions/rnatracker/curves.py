"""Curves of the predominant fraction: their areas, and two networks' areas compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from common.harness.claims import Measured, comparable_groups
from common.harness.groups import BOOTSTRAPS
from common.harness.record import Record
from common.harness.scores import label_columns
from common.harness.targets import NotAttempted
from common.harness.verdict import CONFIDENCE
from common.metrics.delong import DeLong, delong_test
from common.metrics.ranking import auc
from common.metrics.spread import Difference, paired_bootstrap
from reproductions.rnatracker.correlations import Claimed
from reproductions.rnatracker.kinds import ANSWERED_BY, NAME
from reproductions.rnatracker.pooled import pool, predominant

RESAMPLES = 200


def curve_areas(table: pd.DataFrame) -> pd.DataFrame:
    """Areas under both curves of each fraction against the rest, and micro-averaged."""
    names = label_columns(table)
    return auc(predominant(table), table[names].to_numpy(), names)


def sampling_errors(table: pd.DataFrame, fractions: Iterable[str]) -> dict[str, float]:
    """Bootstrap error over the transcripts of each area that `pooled_run` names ``auc:...``."""
    generator = np.random.default_rng(0)
    drawn = [
        curve_areas(table.iloc[generator.integers(0, len(table), len(table))])
        for _ in range(RESAMPLES)
    ]
    errors = {}
    for fraction in fractions:
        for prefix, column in (("", "roc_auc"), ("precision-recall ", "pr_auc")):
            values = [float(areas.loc[fraction, column]) for areas in drawn]
            errors[f"auc:{prefix}{fraction}"] = float(np.nanstd(values, ddof=1))
    return errors


def compare_curves(better: pd.DataFrame, worse: pd.DataFrame) -> DeLong:
    """DeLong's test of two micro-averaged ROC curves on the transcripts that both predict.

    As in the paper, the entries of all fractions count as independent examples, which they are
    not: the p-values are too small.

    Parameters
    ----------
    better, worse : DataFrame
        Predictions of one data set.

    Raises
    ------
    DataError
        As `delong_test`: fewer than two transcripts that both predict.
    """
    positive, first, second = _on_the_same(better, worse)
    return delong_test(positive.ravel(), first.ravel(), second.ravel())


def difference_of_areas(better: pd.DataFrame, worse: pd.DataFrame) -> Difference:
    """Difference of the areas that `compare_curves` tests, with a 90 % interval.

    Each resample draws whole transcripts, with all their fractions, for both networks (paired).

    Parameters and errors as `compare_curves`; fewer transcripts give a wider interval.
    """
    positive, *scores = _on_the_same(better, worse)
    first, second = (np.unique(one, return_inverse=True)[1].reshape(one.shape) for one in scores)
    return paired_bootstrap(
        area_by_ranks, positive, first, second, n=BOOTSTRAPS, seed=0, confidence=CONFIDENCE
    )


def area_by_ranks(positive: np.ndarray, ranks: np.ndarray) -> float:
    """Area under the ROC curve of all entries together, ties one half.

    Parameters
    ----------
    positive : (n, k) bool
        Which entries belong to the class.
    ranks : (n, k) int64
        Higher means more likely; from 0. Counted, not sorted, which makes a resample cheap.

    Returns
    -------
    float
        NaN where every entry belongs to the class, or none does.
    """
    size = int(ranks.max()) + 1
    inside = np.bincount(ranks[positive], minlength=size)
    outside = np.bincount(ranks[~positive], minlength=size)
    pairs = int(inside.sum()) * int(outside.sum())
    below = outside.cumsum() - outside / 2
    return float((inside * below).sum() / pairs) if pairs else float("nan")


def curve_claim(better: str, worse: str) -> Claimed:
    """Claim that one network's micro-averaged ROC curve lies above another's."""

    def measure(records: Sequence[Record]) -> Measured | NotAttempted:
        groups = comparable_groups(records, NAME, (better, worse), ANSWERED_BY)
        if isinstance(groups, NotAttempted):
            return groups
        tables = [pool(group.records) for group in groups]
        test, found = compare_curves(*tables), difference_of_areas(*tables)
        detail = (
            f"{better} {test.first:.4f}, {worse} {test.second:.4f}; paired, {found.n} transcripts; "
            f"DeLong's z {test.z:.2f}, p {test.p_value:.2g}, which counts the fractions of a "
            "transcript as independent"
        )
        return Measured(found.value, found.low, found.high, 1, tuple(groups), detail)

    return measure


def _on_the_same(
    better: pd.DataFrame, worse: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which fraction predominates and both networks' shares, each (n, k), where both predict."""
    both = better[["id"]].merge(worse[["id"]], on="id")["id"]
    one, two = (table.set_index("id").loc[both].reset_index() for table in (better, worse))
    names = label_columns(one)
    positive = predominant(one)[:, None] == np.array(names)
    return positive, one[names].to_numpy(), two[names].to_numpy()
