"""The numbers that a paper prints, as its `reported.csv` holds them."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from common.errors import DataError

COLUMNS = (
    *("paper", "source", "row", "column", "metric", "value"),
    *("spread", "spread_kind", "n", "unit", "note"),
)
SEED_SPREAD = "sd over training seeds"
UNITS = {"": 1.0, "percent": 100.0, "s": 1.0, "count": 1.0}


@dataclass(frozen=True)
class Reported:
    """One printed number.

    Parameters
    ----------
    paper, source, row, column, metric : str
        Where it stands: the last four name it within the paper.
    value : float
        In `unit`.
    spread : float
        What the paper prints behind its ±, in `unit`; NaN where it prints none.
    spread_kind : str
        What that is, such as `SEED_SPREAD`.
    n : int or None
        Test examples.
    unit : str
        A key of `UNITS`.
    note : str
    """

    paper: str
    source: str
    row: str
    column: str
    metric: str
    value: float
    spread: float = math.nan
    spread_kind: str = ""
    n: int | None = None
    unit: str = ""
    note: str = ""

    @property
    def scale(self) -> float:
        """Factor from a fraction to the unit: 100 for percent."""
        return UNITS[self.unit]

    @property
    def seed_sd(self) -> float:
        """Spread over training seeds as a fraction; NaN where the paper prints none."""
        return self.spread / self.scale if self.spread_kind == SEED_SPREAD else math.nan

    @property
    def name(self) -> str:
        """What an error calls it."""
        return f"{self.paper}: {self.source}, {self.row}, {self.column}, {self.metric}"

    def as_row(self) -> dict[str, Any]:
        """Mapping with the file's columns, for a paper's choice of a target."""
        return asdict(self)


def read_reported(path: Path) -> list[Reported]:
    """Read a `reported.csv` in its own order.

    Raises
    ------
    DataError
        The file is missing or empty, lacks a column, mixes papers, holds something that is no
        number, an unknown unit, or two rows for one number; the line is named.
    """
    path = Path(path)
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(_parse(path, csv.DictReader(lines)))
    except FileNotFoundError as error:
        raise DataError(str(path), "no such file", "Every paper has a reported.csv") from error
    if not rows:
        raise DataError(str(path), "holds no number", "List every number that the paper prints")
    seen: set[str] = set()
    for row in rows:
        if row.name in seen:
            raise DataError(str(path), f"two rows for {row.name}", "Keep one of them")
        seen.add(row.name)
    papers = sorted({row.paper for row in rows})
    if len(papers) > 1:
        raise DataError(str(path), f"rows of {', '.join(papers)}", "Give each paper its own file")
    return rows


def class_totals(rows: list[Reported]) -> dict[tuple[str, str, str], float]:
    """Sum of each row of a printed confusion matrix: the examples of each true class.

    Returns
    -------
    dict
        From (source, row, metric) to the sum of the values; a number that stands alone in its
        row is no confusion matrix and has none.
    """
    values: dict[tuple[str, str, str], list[float]] = {}
    for row in rows:
        values.setdefault((row.source, row.row, row.metric), []).append(row.value)
    return {place: sum(several) for place, several in values.items() if len(several) > 1}


def _parse(path: Path, lines: csv.DictReader) -> Iterator[Reported]:
    missing = [name for name in COLUMNS if name not in (lines.fieldnames or ())]
    if missing:
        raise DataError(str(path), f"lacks the columns {', '.join(missing)}", "Add them")
    for line in lines:
        place = f"{path}, line {lines.line_num}"
        if None in line or None in line.values():
            raise DataError(place, f"has not {len(COLUMNS)} fields", "Quote a field with commas")
        if line["unit"] not in UNITS:
            known = ", ".join(filter(None, UNITS))
            raise DataError(place, f"unit {line['unit']!r} is unknown", f"Known: {known}, or none")
        text = {name: line[name].strip() for name in COLUMNS}
        yield Reported(
            text["paper"],
            text["source"],
            text["row"],
            text["column"],
            text["metric"],
            value=_number(place, "value", text["value"]),
            spread=_number(place, "spread", text["spread"], math.nan),
            spread_kind=text["spread_kind"],
            n=int(_number(place, "n", text["n"])) if text["n"] else None,
            unit=text["unit"],
            note=text["note"],
        )


def _number(place: str, column: str, text: str, absent: float | None = None) -> float:
    """Finite number in `text`; `absent` for an empty field where that is allowed."""
    if not text and absent is not None:
        return absent
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise DataError(
            place, f"{column} {text!r} is not a number", "Write it with a decimal point"
        )
    return value
