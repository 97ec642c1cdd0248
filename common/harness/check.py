"""Whether anything has become worse: metrics against the baseline, verdicts against the last.

`reproduce check` prints one line for each and ends with 1 where any falls.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from common.data.registry import VARIANTS
from common.errors import UsageError
from common.harness.baseline import PLACE, Place, Row, by_experiment, by_seed, parse_folds
from common.harness.claims import VERDICTS as CLAIM_VERDICTS
from common.harness.record import Record
from common.harness.settings import PROFILES

_HIGHER_IS_BETTER = (
    *("accuracy", "mcc", "precision", "recall", "f1", "pearson", "auc", "roc auc", "pr auc"),
    "true",
)
MOST_MEMORY = 6e9
"""Bytes that a shortened run may take at its peak."""
_LOWER_IS_BETTER = ("loss", "false", "seconds", "p value", "kl")


@dataclass(frozen=True)
class Outcome:
    """One line of the check."""

    name: str
    old: str
    new: str
    tolerance: str
    fell: bool
    note: str = ""

    @property
    def line(self) -> str:
        """``FELL  quick sonderby/a-lstm paper accuracy  old 0.8 new 0.7 tolerance 0.02``."""
        word = "FELL" if self.fell else "ok"
        tolerance = f"  tolerance {self.tolerance}" if self.tolerance else ""
        note = f"  ({self.note})" if self.note else ""
        return f"{word:4}  {self.name}  old {self.old}  new {self.new}{tolerance}{note}"


def check_metrics(
    baseline: pd.DataFrame, records: Iterable[Record], profile: str | None = None
) -> list[Outcome]:
    """Compare each metric of the baseline with the records at hand.

    Parameters
    ----------
    baseline : DataFrame
        As `common.harness.baseline.read_baseline`.
    records : iterable of Record
    profile : str, optional
        Check only this one.

    Returns
    -------
    list of Outcome
        In the baseline's order. A missing record is a fall, and so is a run on a kind of data
        that the baseline does not know; a metric in neither is not looked at.
    """
    groups = by_experiment(records)
    there: dict[Place, set[str]] = {}
    for place, data in groups:
        there.setdefault(place, set()).add(data)
    outcomes: list[Outcome] = []
    done: set[tuple[Place, str]] = set()
    for line in baseline.to_dict("records"):
        row = Row(**{name: line[name] for name in Row.__dataclass_fields__})
        place = (row.profile, row.paper, row.experiment, row.variant)
        if profile not in (None, row.profile):
            continue
        if row.data in there.get(place, ()):
            group = groups[place, row.data]
            outcomes.append(_against(row, by_seed(group, row.metric, parse_folds(row.folds))))
        elif (place, row.metric) not in done and not _known(baseline, place, there.get(place, ())):
            have = " and ".join(sorted(there.get(place, ())))
            note = f"the run used {have} data, the baseline does not" if have else "no record"
            outcomes.append(_outcome(row, math.nan, note))
        done.add((place, row.metric))
    return outcomes


def check_memory(records: Iterable[Record]) -> list[Outcome]:
    """Hold the shortened run that took the most memory against what they may take.

    Returns
    -------
    list of Outcome
        One; none where no record of a shortened run tells its peak memory.
    """
    peaks = [
        (record.content["provenance"].get("peak_memory_bytes") or 0, record.key.command)
        for record in records
        if record.key.profile != "full"
    ]
    peak, command = max(peaks, default=(0, ""))
    if not peak:
        return []
    name, most = f"peak memory of {command}", f"at most {MOST_MEMORY / 1e9:.1f} GB"
    return [Outcome(name, most, f"{peak / 1e9:.1f} GB", "", peak > MOST_MEMORY)]


def check_verdicts(old: pd.DataFrame, new: pd.DataFrame) -> list[Outcome]:
    """Compare two comparison tables, the committed one first.

    Returns
    -------
    list of Outcome
        One for each row of the old table that had a number, or that is gone. A fall is a worse
        verdict (equivalent, or off to the better side; then inconclusive; then off to the worse
        side; then not attempted), a number that is gone, other data or a shorter profile than
        before, and a row that is gone.
    """
    pairs = _pairs(old, new, ("paper", "source", "row", "column", "metric"))
    return [
        _verdicts("row", ", ".join(name), before, after, _row_falls)
        for name, before, after in pairs
        if after is None or not math.isnan(before["reproduced"])
    ]


def check_claims(old: pd.DataFrame, new: pd.DataFrame) -> list[Outcome]:
    """Compare two tables of claims, the committed one first.

    Returns
    -------
    list of Outcome
        One for each claim of the old table that was tested. A fall is a worse verdict (holds, then
        undecided, then does not hold, then not attempted), other data or a shorter profile than
        before, and a claim that is gone.
    """
    tested = old[old["verdict"] != "not attempted"]
    return [
        _verdicts("claim", f"{name[0]}, claim: {name[1]}", before, after, _claim_falls)
        for name, before, after in _pairs(tested, new, ("paper", "claim"))
    ]


def report_outcomes(
    outcomes: Sequence[Outcome], write: Callable[[str], object] = print
) -> list[Outcome]:
    """Write one line for each outcome, those that fell last and counted, and return these.

    Raises
    ------
    UsageError
        There is nothing to check: that is no success.
    """
    if not outcomes:
        raise UsageError("reproduce check", "there is nothing to check", "Make a baseline first")
    fallen = [outcome for outcome in outcomes if outcome.fell]
    for outcome in sorted(outcomes, key=lambda one: one.fell):
        write(outcome.line)
    write(f"{len(fallen)} of {len(outcomes)} fell")
    return fallen


def _known(baseline: pd.DataFrame, place: Place, data: Iterable[str]) -> bool:
    """Whether the baseline has rows for one of these kinds of data."""
    same = np.ones(len(baseline), bool)
    for column, value in zip(PLACE, place, strict=True):
        same &= (baseline[column] == value).to_numpy()
    return bool(baseline["data"][same].isin(list(data)).any())


def _against(row: Row, seeds: dict[int, float]) -> Outcome:
    if not seeds:
        return _outcome(row, math.nan, "no seed has all the folds")
    return _outcome(row, float(np.mean([*seeds.values()])), f"{len(seeds)} seeds")


def _outcome(row: Row, new: float, note: str) -> Outcome:
    """Outcome of one baseline row; a value that is not there has fallen."""
    name = f"{row.profile} {row.paper}/{row.experiment} {row.variant} {row.metric} on {row.data}"
    worse = row.value - new if row.direction == "higher" else new - row.value
    fell = not worse <= row.tolerance
    text = "none" if math.isnan(new) else f"{new:.4f}"
    return Outcome(name, f"{row.value:.4f}", text, f"{row.tolerance:.4f}", fell, note)


def _pairs(
    old: pd.DataFrame, new: pd.DataFrame, names: Sequence[str]
) -> Iterator[tuple[tuple[str, ...], pd.Series, pd.Series | None]]:
    """Each row of an old table with the new row of the same names, None where it is gone."""
    found = {tuple(row[name] for name in names): row for _, row in new.iterrows()}
    for _, row in old.iterrows():
        identity = tuple(row[name] for name in names)
        yield identity, row, found.get(identity)


def _verdicts(
    kind: str,
    name: str,
    before: pd.Series,
    after: pd.Series | None,
    falls: Callable[[pd.Series, pd.Series], list[str]],
) -> Outcome:
    """Outcome of a row or a claim that is in both tables, or no longer in the new one."""
    if after is None:
        return Outcome(name, before["verdict"], "no row", "", True, f"the {kind} is gone")
    notes = falls(before, after)
    return Outcome(name, before["verdict"], after["verdict"], "", bool(notes), "; ".join(notes))


def _row_falls(before: pd.Series, after: pd.Series) -> list[str]:
    """What has become worse between two versions of a printed number's row."""
    notes = []
    if _rank(after) < _rank(before):
        notes.append("the verdict is worse")
    if math.isnan(after["reproduced"]):
        return [*notes, "the number is gone"]
    return notes + _less(before, after)


def _claim_falls(before: pd.Series, after: pd.Series) -> list[str]:
    """What has become worse between two versions of a claim."""
    notes = []
    if CLAIM_VERDICTS.index(after["verdict"]) > CLAIM_VERDICTS.index(before["verdict"]):
        notes.append("the verdict is worse")
    return notes if after["verdict"] == "not attempted" else notes + _less(before, after)


def _less(before: pd.Series, after: pd.Series) -> list[str]:
    """Data less exact than before, or a shorter profile."""
    notes = []
    if VARIANTS.index(after["data"]) > VARIANTS.index(before["data"]):
        notes.append(f"{before['data']} data before, {after['data']} now")
    if PROFILES.index(after["profile"]) < PROFILES.index(before["profile"]):
        notes.append(f"profile {before['profile']} before, {after['profile']} now")
    return notes


def _rank(row: pd.Series) -> int:
    """How good a verdict is: off to the better side, where one is known, equals equivalent."""
    ranks = {"not attempted": 0, "lower": 1, "higher": 1, "inconclusive": 2, "equivalent": 3}
    for side, metrics in (("higher", _HIGHER_IS_BETTER), ("lower", _LOWER_IS_BETTER)):
        if str(row["metric"]).startswith(metrics):
            ranks[side] = 3
    return ranks[row["verdict"]]
