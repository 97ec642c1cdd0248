"""Numbers as the report writes them, and tables of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """A number as the page shows it, and the number that it is sorted by."""

    text: str
    key: float | None = None


@dataclass(frozen=True)
class ResultTable:
    """Numbers that no table of the paper prints, beside the runs that they come from.

    Parameters
    ----------
    name : str
        Short and unique within the paper.
    title : str
    caption : str
        What the rows are and how they were measured.
    columns : sequence of str
        Heads; a row's first cell names it.
    rows : sequence of sequence of str or Cell
        Cells with a key are numbers, and a column that has one is sorted by them.
    runs : sequence of sequence of str
        Of each row, the groups of runs by `common.harness.groups.RunGroup.name`.
    """

    name: str
    title: str
    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | Cell]]
    runs: Sequence[Sequence[str]]


def duration(seconds: float) -> str:
    """``45 s``, ``12 min`` or ``1 h 20 min``."""
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02d} min"


def fixed(value: float, digits: int) -> str:
    """Number with a true minus sign, and no negative zero."""
    text = f"{value:.{digits}f}"
    return text.replace("-", "" if float(text) == 0 else "−")


def signed(value: float, digits: int) -> str:
    """As `fixed`, with a plus sign above 0."""
    text = fixed(value, digits)
    return f"+{text}" if value > 0 else text


def number_cell(value: float, digits: int, write: Callable[[float, int], str] = fixed) -> Cell:
    """Cell of a number; empty for NaN."""
    return Cell("", None) if math.isnan(value) else Cell(write(value, digits), value)
