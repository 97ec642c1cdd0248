"""The page that answers "does it reproduce?": `results/report/index.html`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from common.data.registry import VARIANTS
from common.files import written_whole
from common.harness.cells import Cell, ResultTable, fixed, signed
from common.harness.claims import Claim, read_claims
from common.harness.compare import read_comparison
from common.harness.forest import ticks
from common.harness.groups import RunGroup, named_group
from common.harness.page import (
    GLYPHS,
    OTHER,
    PARTS,
    Line,
    Run,
    counts_of,
    lines_of,
    run_of,
    value_text,
)
from common.harness.record import read_records
from common.harness.shortfall import is_reproduction
from common.harness.targets import PaperTables, Target, printed_numbers, target_of
from common.harness.verdict import VERDICTS
from common.paths import results_folder


@dataclass(frozen=True)
class FigureInfo:
    """A figure beside the paper's own description of it.

    Parameters
    ----------
    name : str
        File under `results/figures/<paper>/`, without its ending.
    title : str
        Such as ``"Figure 5: attention by location"``.
    paper_says : str
        What the paper says that its figure shows.
    shows : str
        What ours shows; it is the picture's alternative text too.
    """

    name: str
    title: str
    paper_says: str
    shows: str


class PaperPage(PaperTables, Protocol):
    """What the report needs of a paper."""

    @property
    def title(self) -> str: ...
    @property
    def citation(self) -> str: ...
    @property
    def claims(self) -> Sequence[Claim]: ...
    @property
    def figures(self) -> Sequence[FigureInfo]: ...
    @property
    def tabulate(self) -> Callable[[Path], Sequence[ResultTable]] | None: ...


def write_report(papers: Sequence[PaperPage], results: Path | None = None) -> Path:
    """Write the page from `comparison.csv`, `claims.csv`, the records, settings and figures.

    Parameters
    ----------
    papers : sequence
        In the page's order; rows of other papers are left out.
    results : Path, optional
        Folder that holds the tables; by default the project's.

    Returns
    -------
    Path
        ``report/index.html`` under `results`. The same input gives the same bytes.

    Raises
    ------
    DataError
        A table is missing: make the comparison first.
    StorageError
        A read-only folder or a full disk.
    """
    results = Path(results) if results is not None else results_folder()
    page = render(
        papers,
        read_comparison(results / "comparison.csv"),
        read_claims(results / "claims.csv"),
        results,
    )
    path = results / "report" / "index.html"
    with written_whole(path) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return path


def render(
    papers: Sequence[PaperPage], comparison: pd.DataFrame, claims: pd.DataFrame, results: Path
) -> str:
    """HTML of the page; every text in it is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"value": value_text, "fixed": fixed, "signed": signed}
    views = [_view(paper, comparison, claims, results) for paper in papers]
    lines = [line for view in views for line in view["numbers"]]
    tried = [line for line in lines if line.verdict != "not attempted"]
    simulated = sum(line.data == "simulated" for line in tried)
    return environment.get_template("report.html").render(
        papers=views,
        counts=counts_of(lines),
        parts=_parts(lines),
        other=OTHER,
        shortened=sum(line.profile != "full" for line in tried),
        verdicts=[v for v in VERDICTS if any(line.verdict == v for line in lines)],
        data=[d for d in VARIANTS if any(line.data == d for line in lines)],
        simulated=simulated,
        stale=any(view["stale"] for view in views),
        glyphs=GLYPHS,
        ticks=ticks(),
    )


def _view(
    paper: PaperPage, comparison: pd.DataFrame, claims: pd.DataFrame, results: Path
) -> dict[str, Any]:
    """Everything that the template shows of one paper."""
    rows = comparison[comparison["paper"] == paper.name]
    runs = _Runs(paper.name, results)
    anchors, stale = _answering(paper, rows, runs)
    lines = sorted(lines_of(rows, anchors), key=lambda line: line.verdict == "not attempted")
    marked = [line for line in lines if line.mark]
    claimed = claims[claims["paper"] == paper.name]
    stale = stale or set(claimed["claim"]) != {claim.name for claim in paper.claims}
    tested = [_claim(row, runs) for row in claimed.to_dict("records")]
    tables = [_table(one, runs) for one in (paper.tabulate(results) if paper.tabulate else ())]
    return {
        "name": paper.name,
        "title": paper.title,
        "citation": paper.citation,
        "numbers": lines,
        "counts": counts_of(lines),
        "forests": _forests(marked),
        "claims": tested,
        "tables": tables,
        "deviations": paper.settings.deviations(),
        "figures": [(figure, *_picture(paper.name, figure, results)) for figure in paper.figures],
        "runs": runs.shown,
        "stale": stale or runs.missing,
    }


class _Runs:
    """The groups of runs that one paper's part of the page leads to, each once."""

    def __init__(self, paper: str, results: Path) -> None:
        self.paper = paper
        self.records = read_records(results, paper=paper)
        self.found: dict[str, RunGroup | None] = {}

    def group(self, name: str, folds: int | None = None) -> RunGroup | None:
        """Group of a name; the page shows it."""
        if name not in self.found:
            self.found[name] = named_group(self.records, name, folds)
        return self.found[name]

    def links(self, names: Iterable[str]) -> list[tuple[str, str]]:
        """Experiment and anchor of each group that is there."""
        return [(name.split("/")[0], self.anchor(name)) for name in names if self.group(name)]

    def anchor(self, name: str) -> str:
        return re.sub(r"[^A-Za-z0-9.-]", "_", f"{self.paper}/{name}")

    @property
    def shown(self) -> list[Run]:
        """Provenance of every group, in the order in which they were asked for."""
        return [run_of(group, self.anchor(name)) for name, group in self.found.items() if group]

    @property
    def missing(self) -> bool:
        """Whether the tables speak of runs that are not there."""
        return None in self.found.values()


def _claim(row: dict[str, Any], runs: _Runs) -> dict[str, Any]:
    """A claim with its runs and whether full runs as declared tested it."""
    reproduced = is_reproduction(row["data"], row["profile"], row["shortfall"])
    return {**row, "is_reproduction": reproduced, "links": runs.links(row["runs"].split())}


def _table(table: ResultTable, runs: _Runs) -> dict[str, Any]:
    """A table of our own with the runs of each row."""
    rows = [[cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in table.rows]
    columns = zip(*rows, strict=True)
    kinds = ["text" if all(cell.key is None for cell in one) else "number" for one in columns]
    return {
        "name": table.name,
        "title": table.title,
        "caption": table.caption,
        "columns": list(zip(table.columns, kinds, strict=True)),
        "rows": list(zip(rows, map(runs.links, table.runs), strict=True)),
    }


def _parts(lines: Sequence[Line]) -> dict[str, dict[str, int]]:
    """Counts by verdict of the scores, and apart from them those of the other kinds of numbers.

    Most cells of a matrix hold no protein, and a data set's sizes need no training: they would
    drown the scores.
    """
    parts = {part: counts_of(line for line in lines if line.part == part) for part in PARTS}
    return {name: part for name, part in parts.items() if sum(part.values())}


def _forests(lines: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """Scores first; sizes and the many cells of a confusion matrix apart from them."""
    parts = {part: [line for line in lines if line.part == part] for part in PARTS}
    return [(part.capitalize(), found) for part, found in parts.items() if found]


def _answering(paper: PaperPage, rows: pd.DataFrame, runs: _Runs) -> tuple[list[str], bool]:
    """Anchor of each row's runs, and whether the table is older than the records."""
    printed = {(one.source, one.row, one.column, one.metric): one for one in printed_numbers(paper)}
    identities = rows[["source", "row", "column", "metric"]].itertuples(index=False, name=None)
    anchors, stale = [], set(identities) != set(printed)
    for row in rows.to_dict("records"):
        one = printed.get((row["source"], row["row"], row["column"], row["metric"]))
        target = target_of(paper, one) if one else None
        if not isinstance(target, Target) or not row["profile"]:
            anchors.append("")
            continue
        name = f"{target.experiment}/{row['variant']}/{row['profile']}"
        group = runs.group(name, target.folds)
        stale = stale or group is None or len(group.seeds) != row["n_seeds"]
        stale = stale or (group is not None and group.data != row["data"])
        anchors.append(runs.anchor(name) if group else "")
    return anchors, stale


def _picture(paper: str, figure: FigureInfo, results: Path) -> tuple[str, str]:
    """Paths of a figure's PNG and SVG as seen from the page; empty where there is none."""
    stem = f"figures/{paper}/{figure.name}"
    return tuple(  # type: ignore[return-value]
        f"../{stem}.{ending}" if (results / f"{stem}.{ending}").is_file() else ""
        for ending in ("png", "svg")
    )
