"""What a paper claims beyond its numbers, tested: `results/claims.csv`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np
import pandas as pd
from scipy import stats

from common.data.registry import least_exact
from common.harness.groups import (
    BOOTSTRAPS,
    Estimate,
    RunGroup,
    choose_group,
    draw_seeds,
    reality,
)
from common.harness.measures import parse_measure
from common.harness.record import Record, read_records
from common.harness.settings import PROFILES
from common.harness.shortfall import shortfalls
from common.harness.tables import as_table, read_table, write_table
from common.harness.targets import NotAttempted, PaperTables, run_command
from common.harness.verdict import CONFIDENCE, LEAST_SEEDS, REPRODUCTIONS
from common.paths import results_folder

VERDICTS = ("holds", "undecided", "does not hold", "not attempted")


@dataclass(frozen=True)
class Measured:
    """Evidence for a claim: a difference that it says is above 0, with its 90 % interval.

    `groups` are the runs that it was measured on, of one profile: what a reader must know of them
    is added.
    """

    difference: float
    low: float
    high: float
    n_seeds: int
    groups: tuple[RunGroup, ...]
    detail: str = ""

    @property
    def data(self) -> str:
        """Data variant of the runs; the least exact where they differ."""
        return least_exact(*(group.data for group in self.groups))

    @property
    def profile(self) -> str:
        """Profile of the runs."""
        return self.groups[0].profile


@dataclass(frozen=True)
class Claim:
    """One ordering, or one statement that the paper measures itself.

    Parameters
    ----------
    name : str
        Short and unique within the paper.
    statement : str
        What the paper says.
    paper : str
    better : str
        Experiment that is said to be better.
    worse : str or float
        The other experiment, or a constant.
    metric : str
        As in `common.harness.measures`.
    variant : str
    measure : callable, optional
        For any other claim: from the paper's records to a `Measured`, or to a `NotAttempted`
        where they are not enough. The fields from `better` on are then not used.
    """

    name: str
    statement: str
    paper: str
    better: str = ""
    worse: str | float = ""
    metric: str = ""
    variant: str = "paper"
    measure: Callable[[Sequence[Record]], Measured | NotAttempted] | None = None


class PaperClaims(PaperTables, Protocol):
    """What the test of claims needs of a paper."""

    @property
    def claims(self) -> Sequence[Claim]: ...


@dataclass(frozen=True)
class Row:
    """One row of `claims.csv`; `low` and `high` are the 90 % interval of `difference`.

    `runs` are the names of the groups of runs, as `common.harness.groups.RunGroup.name`, with
    spaces between them.
    """

    paper: str
    claim: str
    statement: str
    difference: float = math.nan
    low: float = math.nan
    high: float = math.nan
    verdict: str = "not attempted"
    n_seeds: float = math.nan
    data: str = ""
    profile: str = ""
    shortfall: str = ""
    detail: str = ""
    runs: str = ""


NUMBERS = ("difference", "low", "high", "n_seeds")
TEXT = tuple(name for name in Row.__dataclass_fields__ if name not in NUMBERS)


def evaluate_claims(
    papers: Sequence[PaperClaims], results: Path | None = None, profile: str | None = None
) -> pd.DataFrame:
    """Test every claim of every paper on the records.

    Parameters
    ----------
    papers, results, profile
        As for `common.harness.compare.compare`.

    Returns
    -------
    DataFrame
        The columns of `Row`.
    """
    rows = []
    for paper in papers:
        records = read_records(results, profile=profile, paper=paper.name)
        rows += [_row(paper, claim, records, profile) for claim in paper.claims]
    return as_table(rows, Row)


def write_claims(table: pd.DataFrame, results: Path | None = None) -> Path:
    """Write `claims.csv`; the same table gives the same bytes."""
    return write_table(table, (results or results_folder()) / "claims.csv")


def read_claims(path: Path | BinaryIO) -> pd.DataFrame:
    """Read a `claims.csv`; `DataError` where it cannot be used."""
    return read_table(path, TEXT, NUMBERS, "reproduce compare")


def verdict(low: float, high: float) -> str:
    """``holds`` where the interval is above 0, ``does not hold`` below, else ``undecided``."""
    if math.isnan(low) or math.isnan(high):
        return "undecided"
    return "holds" if low > 0 else "does not hold" if high < 0 else "undecided"


def ordering(
    claim: Claim, records: Sequence[Record], profile: str | None
) -> Measured | NotAttempted:
    """Difference between the better and the worse experiment of a claim, above 0 where it holds.

    Both are averaged over their seeds. With the same test examples each bootstrap resample draws
    them once for both (paired); otherwise each side is drawn on its own. From 3 seeds on, the
    seed spread of both sides is added in quadrature; a side that nothing trained has none.
    """
    names = [claim.better, claim.worse] if isinstance(claim.worse, str) else [claim.better]
    groups = comparable_groups(records, claim.paper, names, claim.variant, profile)
    if isinstance(groups, NotAttempted):
        return groups
    parts = [group.estimate(claim.metric) for group in groups]
    sign = -1 if parse_measure(claim.metric).better == "lower" else 1
    if isinstance(claim.worse, str):
        difference = parts[0].value - parts[1].value
        drawn, how = _drawn(groups, parts, claim.metric)
        notes = [f"{claim.better} {parts[0].value:.4g}, {claim.worse} {parts[1].value:.4g}", how]
    else:
        difference, drawn = parts[0].value - claim.worse, parts[0].drawn - claim.worse
        notes = [f"{claim.better} {parts[0].value:.4g} against the constant {claim.worse:.4g}"]
    trained = [part.by_seed for group, part in zip(groups, parts, strict=True) if group.is_trained]
    low, high = interval_of(sign * difference, sign * drawn, trained)
    notes += [group.note for group in groups if group.note]
    seeds = min(map(len, trained), default=1)
    return Measured(sign * difference, low, high, seeds, tuple(groups), "; ".join(notes))


def comparable_groups(
    records: Sequence[Record],
    paper: str,
    names: Sequence[str],
    variant: str | Sequence[str],
    profile: str | None = None,
) -> list[RunGroup] | NotAttempted:
    """Groups of some experiments of a paper, all of one profile and on the same data.

    Exact and reconstructed data go together: with profiles of our own making a network reads
    reconstructed data, and without them exact ones, of the same proteins.

    Parameters
    ----------
    names : sequence of str
        Experiments.
    variant : str or sequence of str
        Of all of them; several as for `common.harness.groups.choose_group`.
    profile : str, optional
        By default the fullest with the most real data that has them all.
    """
    best, missing = None, set(names)
    for each in [profile] if profile else reversed(PROFILES):
        groups = {name: choose_group(records, name, variant, each) for name in names}
        found = [group for group in groups.values() if group]
        missing -= {name for name, group in groups.items() if group}
        if len(found) < len(names) or not _alike({group.data for group in found}):
            continue
        if best is None or reality(found[0].data) < reality(best[0].data):
            best = found
    if best is None:
        lacking = " and ".join(sorted(missing)) or "both, on the same data"
        first = variant if isinstance(variant, str) else variant[0]
        commands = (run_command(paper, name, first) for name in sorted(missing or names))
        reason = f"no finished run, in any one profile, of {lacking}"
        return NotAttempted(reason, "; ".join(commands))
    return best


def _alike(data: set[str]) -> bool:
    """Whether runs on these kinds of data may be compared."""
    return len(data) == 1 or data <= set(REPRODUCTIONS)


def _row(paper: PaperClaims, claim: Claim, records: Sequence[Record], profile: str | None) -> Row:
    found = claim.measure(records) if claim.measure else ordering(claim, records, profile)
    head = (claim.paper, claim.name, claim.statement)
    if isinstance(found, NotAttempted):
        command = f"; the command would be: {found.command}" if found.command else ""
        return Row(*head, detail=found.reason + command)
    shortfall = _of_each(found.groups, lambda group: shortfalls(paper, group))
    remarks = [found.detail, shortfall, _few_seeds(found.groups)]
    remarks.append(_of_each(found.groups, lambda group: group.told("remark")))
    detail = "; ".join(filter(None, remarks))
    return Row(
        *head,
        *(found.difference, found.low, found.high),
        verdict(found.low, found.high),
        found.n_seeds,
        found.data,
        found.profile,
        shortfall,
        detail,
        " ".join(group.name for group in found.groups),
    )


def _of_each(groups: Sequence[RunGroup], remarks_on: Callable[[RunGroup], Sequence[str]]) -> str:
    """Remarks on each group of runs, with the experiment's name."""
    found = ((group.records[0].key.experiment, remarks_on(group)) for group in groups)
    return "; ".join(f"{name}: {', '.join(remarks)}" for name, remarks in found if remarks)


def _few_seeds(groups: Sequence[RunGroup]) -> str:
    if all(len(group.seeds) >= LEAST_SEEDS for group in groups if group.is_trained):
        return ""
    return f"fewer than {LEAST_SEEDS} seeds: their spread is not in the interval"


def _drawn(
    groups: Sequence[RunGroup], parts: Sequence[Estimate], metric: str
) -> tuple[np.ndarray, str]:
    """Difference on each resample, and whether the resamples were shared."""
    if not all(len(part.drawn) for part in parts):
        return np.empty(0), "from the records' metrics, without test examples"
    measure = parse_measure(metric)
    sides = [list(group.scores(measure.table).values()) for group in groups]
    truths = {score.ids: score.truth for score in sides[0]}
    if all(s.ids in truths and np.array_equal(s.truth, truths[s.ids]) for s in sides[1]):
        draws = draw_seeds(sides[0])
        better, worse = (
            np.mean([score.drawn(measure, BOOTSTRAPS, draws[score.ids]) for score in side], axis=0)
            for side in sides
        )
        return better - worse, "paired on the same test examples"
    shuffled = np.random.default_rng(0).permutation(parts[1].drawn)
    return parts[0].drawn - shuffled, "unpaired: the test examples differ"


def interval_of(
    difference: float, drawn: np.ndarray, trained: Sequence[np.ndarray]
) -> tuple[float, float]:
    """90 % interval from the resamples and, from 3 seeds on, the spread of what was trained.

    Parameters
    ----------
    difference : float
    drawn : (resamples,) float64
        The difference on each resample; NaN where it is not defined.
    trained : sequence of (n_seeds,) float64
        As `parts` of `widened`.
    """
    tail = (1 - CONFIDENCE) / 2
    low = high = 0.0
    seeds = min(map(len, trained), default=LEAST_SEEDS)
    defined = drawn[~np.isnan(drawn)]
    if len(defined):
        low, high = np.quantile(defined, [tail, 1 - tail]) - difference
        low, high = min(low, 0.0), max(high, 0.0)
    elif seeds < LEAST_SEEDS:
        return math.nan, math.nan
    return widened(difference, difference + low, difference + high, trained)


def widened(
    value: float, low: float, high: float, parts: Sequence[np.ndarray]
) -> tuple[float, float]:
    """An interval over test examples with the spread over training seeds added in quadrature.

    Parameters
    ----------
    value, low, high : float
        A number and its 90 % interval.
    parts : sequence of (n_seeds,) float64
        By seed, each of the quantities that the number is a sum or a difference of, without those
        that no training gave. With fewer than 3 seeds their spread is not known and the interval
        stays as it is, as it does with no part.
    """
    seeds = min(map(len, parts), default=0)
    if seeds < LEAST_SEEDS:
        return low, high
    error = math.sqrt(sum(float(np.var(part, ddof=1)) / len(part) for part in parts))
    spread = float(stats.t.ppf((1 + CONFIDENCE) / 2, seeds - 1)) * error
    return value - math.hypot(value - low, spread), value + math.hypot(high - value, spread)
