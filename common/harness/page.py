"""What the report shows, ready for the template: numbers as text, runs, counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from common.harness.cells import Cell, duration, fixed, number_cell, signed
from common.harness.forest import Mark, mark_of
from common.harness.groups import RunGroup
from common.harness.record import Record
from common.harness.shortfall import is_reproduction
from common.harness.verdict import EXACT, VERDICTS

GLYPHS = {
    "equivalent": "=",
    "inconclusive": "?",
    "higher": "▲",
    "lower": "▼",
    "not attempted": "–",
    "holds": "✓",
    "undecided": "?",
    "does not hold": "✗",
}


OTHER = "partial runs or other data"
SCORES, SIZES, CELLS, DERIVED = PARTS = (
    *("scores", "counts and sizes", "cells of confusion matrices"),
    "derived numbers",
)
"""Kinds of printed numbers that the page counts apart; papers do not print the derived ones."""


@dataclass(frozen=True)
class Line:
    """One printed number beside ours."""

    source: str
    where: str
    metric: str
    cells: Mapping[str, Cell]
    verdict: str
    data: str
    profile: str
    variant: str
    shortfall: str
    reason: str
    run: str
    mark: Mark | None
    part: str

    @property
    def is_reproduction(self) -> bool:
        """Whether it may be called one: a full run as declared, on exact or reconstructed data."""
        return is_reproduction(self.data, self.profile, self.shortfall)

    @property
    def search(self) -> str:
        """Text that the page's search looks in."""
        return f"{self.source} {self.where} {self.metric} {self.variant} {self.reason}".lower()


@dataclass(frozen=True)
class Run:
    """Provenance of the numbers of one group of runs, as pairs of a name and a text."""

    anchor: str
    title: str
    data: str
    facts: tuple[tuple[str, str], ...]
    commands: tuple[str, ...]


def lines_of(rows: pd.DataFrame, runs: Sequence[str]) -> list[Line]:
    """Lines of one paper's part of `comparison.csv`.

    Parameters
    ----------
    rows : DataFrame
        As `common.harness.compare.Row`.
    runs : sequence of str
        The anchor of each row's runs; empty where there are none.
    """
    return [_line(row, run) for row, run in zip(rows.to_dict("records"), runs, strict=True)]


def _line(row: Mapping[str, Any], run: str) -> Line:
    digits = _digits(row)

    def cell(name: str, digits: int = digits, write: Callable[..., str] = fixed) -> Cell:
        return number_cell(row[name], digits, write)

    def interval(low: str, high: str) -> Cell:
        if math.isnan(row[low]) or math.isnan(row[high]):
            return Cell("", None)
        text = f"{fixed(row[low], digits)} … {fixed(row[high], digits)}"
        return Cell(text, row[high] - row[low])

    spread = cell("reported_spread").text
    reported = cell("reported", 0 if _is_count(row) else digits)
    cells = {
        "reported": Cell(f"{reported.text} ± {spread}" if spread else reported.text, reported.key),
        "reproduced": cell("reproduced"),
        "seed_sd": cell("seed_sd"),
        "bootstrap": interval("bootstrap_low", "bootstrap_high"),
        "sampling_se": cell("sampling_se"),
        "difference": cell("difference", write=signed),
        "ci": interval("ci_low", "ci_high"),
        "margin": cell("margin"),
        "n_seeds": _count(row["n_seeds"]),
        "n_test": _count(row["n_test"]),
    }
    unit = f" ({row['unit']})" if row["unit"] else ""
    unit += f", ± {row['spread_kind']}" if spread and row["spread_kind"] else ""
    return Line(
        row["source"],
        f"{row['row']} · {row['column']}",
        f"{row['metric']}{unit}",
        cells,
        row["verdict"],
        row["data"],
        row["profile"],
        row["variant"],
        row["shortfall"],
        row["reason"],
        run,
        mark_of(row["difference"], row["ci_low"], row["ci_high"], row["margin"]),
        _part(row),
    )


def counts_of(lines: Iterable[Line]) -> dict[str, int]:
    """Printed numbers by verdict; shortened runs and runs on other data are counted apart."""
    counts = dict.fromkeys((*VERDICTS, OTHER), 0)
    for line in lines:
        tried = line.verdict != "not attempted"
        counts[OTHER if tried and not line.is_reproduction else line.verdict] += 1
    return counts


def run_of(group: RunGroup, anchor: str) -> Run:
    """Provenance of a group of runs, without anything that names a machine."""
    records, key = group.records, group.records[0].key
    content = [record.content for record in records]
    origins = [one["provenance"] for one in content]
    seeds = ", ".join(str(seed) for seed in group.seeds)
    folds = max(len(each) for each in group.seeds.values())
    hashes = [f"{name} {digest[:12]}" for name, digest in content[0]["data_sha256"].items()]
    facts = {
        "Seeds": f"{seeds} ({folds} folds each)" if folds > 1 else seeds,
        "Data": f"{group.data}; SHA-256 {', '.join(hashes)}" if hashes else group.data,
        "Test examples": _each(one.get("n_effective") for one in content),
        "Commit": _each(map(_commit, origins)),
        "Begun under": _each(c[:10] for o in origins for c in o.get("commits", [])[:-1]),
        "Versions": _each(map(_versions, origins)),
        "Backend": _each(origin.get("backend") for origin in origins),
        "Device": _each(origin.get("device") for origin in origins),
        "Arithmetic": _each(origin.get("dtype") for origin in origins),
        "Parameters": _each(f"{one.get('n_parameters', 0):,}" for one in content),
        "Epochs": _each(one.get("epochs") for one in content),
        "Time a run": _span([one.get("seconds") for one in content], duration),
        "Peak memory": _span([o.get("peak_memory_bytes") for o in origins], _gigabytes),
        "Padding": _span([one.get("padding_share") for one in content], "{:.1%}".format),
        "Left out": group.note,
    }
    title = f"{key.experiment}, variant {key.variant}, profile {key.profile}"
    shown = tuple((name, text) for name, text in facts.items() if text)
    return Run(anchor, title, group.data, shown, tuple(map(_command, records)))


def _command(record: Record) -> str:
    """What repeats a run."""
    hours = record.content["extra"].get("hours")
    return record.key.command + (f" --hours {hours:g}" if hours is not None else "")


def value_text(value: Any) -> str:
    """A setting's value as the deviations show it."""
    if isinstance(value, list | tuple):
        return ", ".join(value_text(item) for item in value)
    if value == "":
        return "empty"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _part(row: Mapping[str, Any]) -> str:
    """One of `PARTS`; the source of a number that follows from the data begins with ``Derived``."""
    if row["source"].startswith("Derived"):
        return DERIVED
    if _is_count(row):
        return CELLS
    return SIZES if row["metric"] in EXACT else SCORES


def _is_count(row: Mapping[str, Any]) -> bool:
    """Whether a printed number counts examples."""
    return row["metric"] == "proteins" or row["unit"] == "count"


def _digits(row: Mapping[str, Any]) -> int:
    """Decimals: two in percent, one for counts, three for fractions."""
    if row["unit"] == "percent":
        return 2
    if row["metric"] == "count":
        return 0
    return 1 if _is_count(row) else 0 if abs(row["reported"]) >= 100 else 3


def _count(value: float) -> Cell:
    return Cell("", None) if math.isnan(value) else Cell(f"{int(value):,}", value)


def _each(values: Iterable[Any]) -> str:
    """Different values once each, in their first order."""
    return "; ".join(dict.fromkeys(str(value) for value in values if value not in (None, "")))


def _span(values: Sequence[float | None], text: Any) -> str:
    """One value, or the least and the greatest."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return ""
    low, high = text(known[0]), text(known[-1])
    return low if low == high else f"{low} to {high}"


def _gigabytes(size: float) -> str:
    return f"{size / 1e9:.1f} GB"


def _commit(origin: Mapping[str, Any]) -> str:
    changed = " with uncommitted changes" if origin.get("dirty") else ""
    return f"{str(origin.get('commit', 'unknown'))[:10]}{changed}"


def _versions(origin: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {number}" for name, number in origin.get("versions", {}).items())
