"""The verdicts as one page of Markdown, `results/README.md`: for readers of the repository."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

import pandas as pd

from common.files import written_whole
from common.harness.cells import Cell, ResultTable, fixed, signed
from common.harness.page import GLYPHS, OTHER, SCORES, Line, counts_of, lines_of
from common.harness.shortfall import ran_on
from common.harness.verdict import VERDICTS

HEAD = """# What came out

Every number that was tried, and what came out. `reproduce compare` writes this page.
[comparison.csv](comparison.csv) has every row with intervals and reasons, [claims.csv](claims.csv)
the statements, and `reproduce report` makes the whole page with figures. Full runs on `exact` or
`reconstructed` data count as reproductions, all others are counted apart:
[what the verdicts mean](../docs/decisions/verdicts.md).
"""


class PaperSummary(Protocol):
    """What is needed of a paper."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def tabulate(self) -> Callable[[Path], Sequence[ResultTable]] | None: ...


def write_summary(
    papers: Sequence[PaperSummary], comparison: pd.DataFrame, claims: pd.DataFrame, results: Path
) -> Path:
    """Write `README.md` in the folder of results.

    Parameters
    ----------
    papers : sequence
        In the page's order.
    comparison, claims : DataFrame
        As `comparison.csv` and `claims.csv`.
    results : Path

    Returns
    -------
    Path

    Raises
    ------
    StorageError
        A read-only folder or a full disk.
    """
    path = Path(results) / "README.md"
    with written_whole(path) as temporary:
        temporary.write_text(summary(papers, comparison, claims, Path(results)), encoding="utf-8")
    return path


def summary(
    papers: Sequence[PaperSummary], comparison: pd.DataFrame, claims: pd.DataFrame, results: Path
) -> str:
    """Markdown: numbers by verdict, then each paper's numbers and claims that were tried.

    The tables that no paper prints follow those.
    """
    lines = {}
    for paper in papers:
        rows = comparison[comparison["paper"] == paper.name]
        lines[paper.name] = lines_of(rows, [""] * len(rows))
    shown = [paper for paper in papers if lines[paper.name]]
    parts = [HEAD, _counts(shown, lines)]
    for paper in papers:
        tried = claims[(claims["paper"] == paper.name) & (claims["verdict"] != "not attempted")]
        own = [_own(table) for table in (paper.tabulate(results) if paper.tabulate else ())]
        found = [part for part in (_numbers(lines[paper.name]), _claims(tried), *own) if part]
        if found:
            parts += [f"## {paper.title}\n", *found]
    return "\n".join(part for part in parts if part)


def _counts(papers: Sequence[PaperSummary], lines: dict[str, list[Line]]) -> str:
    columns = (*VERDICTS, OTHER)
    rows = []
    for paper in papers:
        counts = counts_of(lines[paper.name])
        rows.append([paper.title, *(str(counts[column] or "") for column in columns)])
    return _table(["paper", *columns], rows)


def _numbers(lines: Iterable[Line]) -> str:
    """Every score that was tried, and how many other numbers are as printed."""
    tried = [line for line in lines if line.verdict != "not attempted"]
    same = [line for line in tried if _is_as_printed(line)]
    rows = [
        [
            f"{line.source}: {line.where}",
            line.metric,
            line.cells["reported"].text,
            line.cells["reproduced"].text,
            line.cells["ci"].text,
            line.cells["n_seeds"].text,
            ran_on(line.data, line.profile, line.shortfall),
            f"{GLYPHS[line.verdict]} {line.verdict}",
        ]
        for line in tried
        if not _is_as_printed(line)
    ]
    heads = ("number", "metric", "printed", "here", "difference, 90 %", "seeds", "data", "verdict")
    parts = Counter(line.part for line in same)
    counted = ", ".join(f"{number} {part}" for part, number in sorted(parts.items()))
    rest = f"As printed, and not listed: {counted}.\n" if same else ""
    return "\n".join(filter(None, [_table(heads, rows), rest]))


def _is_as_printed(line: Line) -> bool:
    """Whether it is told with others in one sentence: no score, and equivalent."""
    return line.part != SCORES and line.verdict == "equivalent"


def _claims(claims: pd.DataFrame) -> str:
    rows = [
        [
            row["claim"],
            signed(row["difference"], 3),
            _interval(row["low"], row["high"]),
            str(int(row["n_seeds"])),
            ran_on(row["data"], row["profile"], row["shortfall"]),
            f"{GLYPHS[row['verdict']]} {row['verdict']}",
        ]
        for row in claims.to_dict("records")
    ]
    return _table(("claim", "difference", "90 %", "seeds", "data", "verdict"), rows)


def _interval(low: float, high: float) -> str:
    """Empty where it is not known."""
    if math.isnan(low) or math.isnan(high):
        return ""
    return f"{fixed(low, 3)} … {fixed(high, 3)}"


def _own(table: ResultTable) -> str:
    rows = [[cell.text if isinstance(cell, Cell) else cell for cell in row] for row in table.rows]
    return "\n".join([f"{table.title}. {table.caption}\n", _table(table.columns, rows)])


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; empty without rows."""
    if not rows:
        return ""
    cells = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(map(_escaped, row))} |\n" for row in cells)


def _escaped(text: str) -> str:
    """Text that stays in its cell."""
    return " ".join(text.replace("|", r"\|").replace("<", "&lt;").split())
