"""Every printed number beside ours: `results/comparison.csv`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pandas as pd

from common.errors import DataError
from common.harness.groups import Estimate, RunGroup, choose_group
from common.harness.measures import AVERAGED, COUNTS, PROPORTIONS, parse_measure
from common.harness.record import read_records
from common.harness.reported import Reported, class_totals
from common.harness.shortfall import shortfalls
from common.harness.tables import as_table, read_table, write_table
from common.harness.targets import (
    NotAttempted,
    PaperTables,
    Target,
    printed_numbers,
    run_command,
    target_of,
)
from common.harness.verdict import (
    EXACT,
    LEAST_SEEDS,
    REPRODUCTIONS,
    Side,
    adjusted_se,
    half_width,
    margin_of,
    verdict,
)
from common.metrics.spread import binomial_se, fisher_z_se
from common.paths import results_folder


@dataclass(frozen=True)
class Row:
    """One row of `comparison.csv`; every number in the unit of the printed one.

    `bootstrap_low` and `bootstrap_high` are the 95 % percentile interval over our test examples,
    `sampling_se` is the binomial or Fisher-z standard error of our number (for other metrics the
    bootstrap's), `ci_low` and `ci_high` are the 90 % interval of `difference`, ours minus theirs.
    `shortfall` is what keeps our runs from being the whole of what is declared.
    """

    paper: str
    source: str
    row: str
    column: str
    metric: str
    unit: str
    reported: float
    reported_spread: float
    spread_kind: str
    reproduced: float = math.nan
    seed_sd: float = math.nan
    bootstrap_low: float = math.nan
    bootstrap_high: float = math.nan
    sampling_se: float = math.nan
    n_seeds: float = math.nan
    n_test: float = math.nan
    difference: float = math.nan
    ci_low: float = math.nan
    ci_high: float = math.nan
    margin: float = math.nan
    verdict: str = "not attempted"
    data: str = ""
    profile: str = ""
    variant: str = ""
    shortfall: str = ""
    reason: str = ""


TEXT = (
    *("paper", "source", "row", "column", "metric", "unit", "spread_kind"),
    *("verdict", "data", "profile", "variant", "shortfall", "reason"),
)
COLUMNS = tuple(Row.__dataclass_fields__)
NUMBERS = tuple(name for name in COLUMNS if name not in TEXT)


def compare(
    papers: Sequence[PaperTables], results: Path | None = None, profile: str | None = None
) -> pd.DataFrame:
    """Compare every number of every paper's `reported.csv` with the records.

    Parameters
    ----------
    papers : sequence
        In the order of the table.
    results : Path, optional
        Folder with the records; by default the project's.
    profile : str, optional
        Use only these records; by default the best there are for each number.

    Returns
    -------
    DataFrame
        The columns of `Row`.

    Raises
    ------
    DataError
        A printed number with neither target nor reason; a record that cannot be used.
    UsageError
        A metric without a margin.
    """
    rows = [row for paper in papers for row in _rows_of(paper, results, profile)]
    return as_table(rows, Row)


def write_comparison(table: pd.DataFrame, results: Path | None = None) -> Path:
    """Write `comparison.csv`; the same table gives the same bytes."""
    return write_table(table, (results or results_folder()) / "comparison.csv")


def read_comparison(path: Path | BinaryIO) -> pd.DataFrame:
    """Read a `comparison.csv`; `DataError` where it cannot be used."""
    return read_table(path, TEXT, NUMBERS, "reproduce compare")


def _rows_of(paper: PaperTables, results: Path | None, profile: str | None) -> Iterable[Row]:
    printed = printed_numbers(paper)
    totals = class_totals(printed)
    records = read_records(results, profile=profile, paper=paper.name)
    groups: dict[tuple[str, tuple[str, ...], int | None], RunGroup | None] = {}
    for one in printed:
        target = target_of(paper, one)
        if isinstance(target, NotAttempted):
            command = f"; the command would be: {target.command}" if target.command else ""
            yield _row(one, reason=target.reason + command)
            continue
        place = (target.experiment, (target.variant, *target.instead), target.folds)
        if place not in groups:
            groups[place] = choose_group(records, *place[:2], profile, target.folds)
        group = groups[place]
        if group is None:
            yield _row(one, variant=target.variant, reason=_no_run(paper, target, profile))
        elif lacking := _not_measured(group, target.metric):
            yield _row(one, variant=group.variant, reason=lacking)
        else:
            total = totals.get((one.source, one.row, one.metric))
            yield _compared(one, target, group, total, "; ".join(shortfalls(paper, group)))


def _not_measured(group: RunGroup, metric: str) -> str:
    """Why a run could not measure a number, where its record says so."""
    reasons = (record.content["extra"].get("not_measured", {}) for record in group.records)
    return next((told[metric] for told in reasons if metric in told), "")


def _no_run(paper: PaperTables, target: Target, profile: str | None) -> str:
    command = run_command(paper.name, target.experiment, target.variant, profile or "full")
    if target.before:
        return f"no finished run; the commands would be: {target.before}; {command}"
    return f"no finished run; the command would be: {command}"


def _row(one: Reported, **ours: object) -> Row:
    """Row of a printed number, with what is known of ours."""
    theirs = (one.paper, one.source, one.row, one.column, one.metric, one.unit)
    return Row(*theirs, one.value, one.spread, one.spread_kind, **ours)  # type: ignore[arg-type]


def _compared(
    one: Reported, target: Target, group: RunGroup, class_total: float | None, shortfall: str
) -> Row:
    """Row of a printed number that a group of runs answers."""
    kind = parse_measure(target.metric).kind
    estimate = group.estimate(target.metric)
    scale = one.scale if kind not in COUNTS else target.total or class_total
    if not scale:
        fault = "a count needs the number of examples that it is a share of"
        raise DataError(one.name, fault, "Give the target its `total`")
    if kind in (*PROPORTIONS, "pearson") and not -1 <= one.value / scale <= 1:
        fault = f"{one.value:g} is no {kind} out of {scale:g}"
        raise DataError(one.name, fault, "Mend its unit, its value or its total in reported.csv")
    shared, remarks = _shares_test_set(one, target, group, estimate)
    ours = Side(
        _seed_sd(kind, estimate),
        len(group.seeds),
        _interval_se(kind, estimate),
        trained=group.is_trained,
    )
    n = scale if kind in COUNTS else _size_there(one, estimate)
    theirs = Side(
        one.seed_sd, target.reported_runs, _their_se(kind, one.value / scale, n, estimate)
    )
    if kind not in EXACT:
        half = scale * half_width(ours, theirs, shared_test_set=shared)
    elif kind == "parameters" or (group.data in REPRODUCTIONS and not group.is_trained):
        half = 0.0
    else:
        half = math.nan
    difference, margin = estimate.value * scale - one.value, margin_of(kind) * scale
    low, high = estimate.bootstrap
    if math.isnan(difference):
        remarks.append("not defined on these predictions")
    elif math.isnan(half) and kind in EXACT:
        why = "of a trained network" if group.data in REPRODUCTIONS else "on other data"
        remarks.append(f"a count {why} cannot be held against the printed one")
    elif math.isnan(half):
        remarks.append("neither seed spread nor sampling error is known")
    elif group.is_trained and len(group.seeds) < LEAST_SEEDS and kind not in EXACT:
        remarks.append(f"{len(group.seeds)} of {LEAST_SEEDS} seeds: sampling error of both sides")
    return _row(
        one,
        reproduced=estimate.value * scale,
        seed_sd=estimate.seed_sd * scale,
        bootstrap_low=low * scale,
        bootstrap_high=high * scale,
        sampling_se=_plain_se(kind, estimate) * scale,
        n_seeds=len(group.seeds),
        n_test=estimate.n_test,
        difference=difference,
        ci_low=difference - half,
        ci_high=difference + half,
        margin=margin,
        verdict=verdict(difference, half, margin),
        data=group.data,
        profile=group.profile,
        variant=group.variant,
        shortfall=shortfall,
        reason="; ".join(filter(None, [shortfall, *remarks, *group.told("remark"), group.note])),
    )


def _shares_test_set(
    one: Reported, target: Target, group: RunGroup, estimate: Estimate
) -> tuple[bool, list[str]]:
    """Whether both numbers were measured on the same examples, and remarks for the reader."""
    remarks = []
    shared = target.same_test_set and group.data in REPRODUCTIONS
    if group.data not in REPRODUCTIONS:
        remarks.append(f"on {group.data}: no reproduction")
    elif shared and one.n not in (None, estimate.n_test):
        remarks.append(f"{estimate.n_test} test examples, in the paper {one.n}")
        shared = False
    if group.profile != "full":
        remarks.append(f"shortened run ({group.profile})")
    return shared, remarks


def _seed_sd(kind: str, estimate: Estimate) -> float:
    """Spread over seeds, for what counts examples no less than that of rounding to whole ones.

    Three seeds that happen to get the same count do not show that every run gets it.
    """
    if kind not in (*PROPORTIONS, *AVERAGED, "f1", "mcc"):
        return estimate.seed_sd
    size = estimate.support if estimate.support > 0 else estimate.n_test
    return max(estimate.seed_sd, 1 / (size * math.sqrt(12)))


def _plain_se(kind: str, estimate: Estimate) -> float:
    """Binomial or Fisher-z standard error of our number; the bootstrap's for other metrics."""
    if kind in PROPORTIONS and estimate.support >= 1 and 0 <= estimate.value <= 1:
        return binomial_se(estimate.value, round(estimate.support))
    if kind == "pearson" and estimate.n_test > 3 and abs(estimate.value) < 1:
        return fisher_z_se(estimate.value, estimate.n_test)
    return estimate.bootstrap_se


def _interval_se(kind: str, estimate: Estimate) -> float:
    """Sampling error of our number for the interval: `adjusted_se` for a proportion."""
    if kind in PROPORTIONS:
        return adjusted_se(estimate.value, estimate.support)
    return _plain_se(kind, estimate)


def _size_there(one: Reported, estimate: Estimate) -> float:
    """Examples behind the printed number: as many of its class, by share, as there are of ours."""
    size = one.n or estimate.n_test
    whole = math.isnan(estimate.support)
    return size if whole else size * estimate.support / estimate.n_test


def _their_se(kind: str, value: float, n: float, estimate: Estimate) -> float:
    """Sampling error of the printed number, a fraction over `n` examples."""
    if kind in PROPORTIONS:
        return adjusted_se(value, n)
    if kind == "pearson" and n > 3:
        return fisher_z_se(value, round(n))
    return estimate.bootstrap_se * math.sqrt(estimate.n_test / n)
