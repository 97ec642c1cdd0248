"""Claims about correlations: networks compared on the transcripts that both predict."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from common.harness.claims import Measured, comparable_groups
from common.harness.groups import BOOTSTRAPS, RunGroup, choose_group
from common.harness.measures import parse_measure
from common.harness.record import Record
from common.harness.scores import SeedScores
from common.harness.targets import NotAttempted, run_command
from common.harness.verdict import CONFIDENCE
from reproductions.rnatracker.kinds import ANSWERED_BY, NAME
from reproductions.rnatracker.pooled import pool

LEAST_COMMON = 30
Claimed = Callable[[Sequence[Record]], Measured | NotAttempted]


def ordering(better: str, worse: str) -> Claimed:
    """Claim that one experiment's mean correlation over the fractions is above another's.

    The bootstrap draws the same transcripts for both (paired). The k-mer baselines have other
    folds than the networks; over all ten folds they predict the same transcripts.

    Parameters
    ----------
    better, worse : str
        Experiments.
    """

    def measure(records: Sequence[Record]) -> Measured | NotAttempted:
        groups = comparable_groups(records, NAME, (better, worse), ANSWERED_BY)
        if isinstance(groups, NotAttempted):
            return groups
        tables = [pool(group.records) for group in groups]
        common = tables[0][["id"]].merge(tables[1][["id"]], on="id")["id"]
        if len(common) < LEAST_COMMON:
            return NotAttempted(f"{len(common)} transcripts that both predict")
        means, drawn = zip(*(_mean_r(_of(table, common)) for table in tables), strict=True)
        low, high = _ends(drawn[0] - drawn[1])
        detail = (
            f"mean r over the fractions: {better} {means[0]:.3f}, {worse} {means[1]:.3f}; "
            f"paired, {len(common)} transcripts"
        )
        return _measured(means[0] - means[1], low, high, groups, detail)

    return measure


def easiest(experiment: str, fraction: str) -> Claimed:
    """Claim that one fraction's correlation is above every other fraction's."""

    def measure(records: Sequence[Record]) -> Measured | NotAttempted:
        group = choose_group(records, experiment, ANSWERED_BY)
        if group is None:
            return NotAttempted("no finished run", run_command(NAME, experiment, ANSWERED_BY[0]))
        table = pool(group.records)
        values, drawn = _each_r(_of(table, table["id"]))
        if fraction not in values.index:
            return NotAttempted(f"the data set has no fraction {fraction}")
        rest = [name for name in values.index if name != fraction]
        next_best = drawn[rest].to_numpy().max(axis=1)
        low, high = _ends(drawn[fraction].to_numpy() - next_best)
        detail = ", ".join(f"{name} {value:.3f}" for name, value in values.items())
        gap = float(values[fraction] - values[rest].max())
        return _measured(gap, low, high, [group], f"r: {detail}")

    return measure


def _of(table: pd.DataFrame, ids: pd.Series) -> SeedScores:
    return SeedScores.from_tables([table[table["id"].isin(set(ids))]], "pooled predictions")


def _each_r(scores: SeedScores) -> tuple[pd.Series, pd.DataFrame]:
    """r of each fraction, and on each bootstrap resample of the transcripts."""
    measures = {name: parse_measure(f"pearson:{name}") for name in scores.labels}
    values = pd.Series({name: scores.value(one) for name, one in measures.items()})
    columns = {name: scores.drawn(one, BOOTSTRAPS, 0) for name, one in measures.items()}
    return values, pd.DataFrame(columns)


def _mean_r(scores: SeedScores) -> tuple[float, np.ndarray]:
    values, drawn = _each_r(scores)
    return float(values.mean()), drawn.to_numpy().mean(axis=1)


def _ends(drawn: np.ndarray) -> tuple[float, float]:
    low, high = np.nanquantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)


def _measured(
    gap: float, low: float, high: float, groups: Sequence[RunGroup], detail: str
) -> Measured:
    """Evidence from the first seed of each group: the spread over seeds is not in the interval."""
    note = f"; {groups[0].note}" if groups[0].note else ""
    return Measured(gap, low, high, 1, tuple(groups), detail + note)
