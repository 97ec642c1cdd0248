"""The page that answers "does it reproduce?": `results/report/index.html`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from common.data.registry import VARIANTS
from common.files import written_whole
from common.harness.claims import Claim, ran_on, read_claims
from common.harness.compare import read_comparison
from common.harness.forest import ticks
from common.harness.groups import RunGroup, choose_group
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
from common.harness.targets import PaperTables, Target, printed_numbers, target_of
from common.harness.verdict import REPRODUCTIONS, VERDICTS
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
    environment.filters["value"] = value_text
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
    anchors, runs, stale = _runs(paper, rows, results)
    lines = sorted(lines_of(rows, anchors), key=lambda line: line.verdict == "not attempted")
    marked = [line for line in lines if line.mark]
    return {
        "name": paper.name,
        "title": paper.title,
        "citation": paper.citation,
        "numbers": lines,
        "counts": counts_of(lines),
        "forests": _forests(marked),
        "claims": _claims(claims[claims["paper"] == paper.name]),
        "deviations": paper.settings.deviations(),
        "figures": [(figure, *_picture(paper.name, figure, results)) for figure in paper.figures],
        "runs": runs,
        "stale": stale,
    }


def _claims(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of one paper's claims, each with whether full runs as declared tested it."""
    return [
        {**row, "is_reproduction": ran_on(row) in REPRODUCTIONS} for row in rows.to_dict("records")
    ]


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


def _runs(paper: PaperPage, rows: pd.DataFrame, results: Path) -> tuple[list[str], list[Run], bool]:
    """Anchor of each row's runs, the runs, and whether the table is older than the records."""
    records = read_records(results, paper=paper.name)
    printed = {(one.source, one.row, one.column, one.metric): one for one in printed_numbers(paper)}
    found: dict[str, RunGroup | None] = {}
    anchors, stale = [], False
    for row in rows.to_dict("records"):
        one = printed.get((row["source"], row["row"], row["column"], row["metric"]))
        target = target_of(paper, one) if one else None
        if not isinstance(target, Target) or not row["profile"]:
            stale = stale or one is None
            anchors.append("")
            continue
        name = f"{paper.name}-{target.experiment}-{target.variant}-{row['profile']}"
        anchor = re.sub(r"[^A-Za-z0-9-]", "-", name)
        if anchor not in found:
            found[anchor] = choose_group(
                records, target.experiment, target.variant, row["profile"], target.folds
            )
        group = found[anchor]
        stale = stale or group is None or len(group.seeds) != row["n_seeds"]
        stale = stale or (group is not None and group.data != row["data"])
        anchors.append(anchor if group else "")
    runs = [run_of(group, anchor) for anchor, group in found.items() if group]
    return anchors, runs, stale


def _picture(paper: str, figure: FigureInfo, results: Path) -> tuple[str, str]:
    """Paths of a figure's PNG and SVG as seen from the page; empty where there is none."""
    stem = f"figures/{paper}/{figure.name}"
    return tuple(  # type: ignore[return-value]
        f"../{stem}.{ending}" if (results / f"{stem}.{ending}").is_file() else ""
        for ending in ("png", "svg")
    )
