"""The verdicts as Markdown."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace

import pytest

from common.errors import StorageError
from common.harness import claims
from common.harness.cells import Cell, ResultTable
from common.harness.compare import Row, read_comparison
from common.harness.summary import summary, write_summary
from common.harness.tables import as_table
from common.paths import project_root
from reproductions.papers import load_papers

PAPERS = [
    SimpleNamespace(name="a", title="First | paper", tabulate=None),
    SimpleNamespace(name="b", title="Second", tabulate=None),
]


def number(paper, row, metric, verdict, **fields):
    unit = "count" if metric == "proteins" else ""
    known = (paper, "Table 1", row, "all", metric, unit, 0.5, math.nan, "")
    return Row(*known, verdict=verdict, **fields)


def text_of(rows, tested=()):
    return summary(PAPERS, as_table(rows, Row), as_table(list(tested), claims.Row), Path())


FULL = {"reproduced": 0.45, "ci_low": -0.08, "ci_high": -0.02, "n_seeds": 3, "profile": "full"}


def test_a_score_stands_with_its_interval_data_and_verdict():
    text = text_of([number("a", "net", "accuracy", "lower", data="exact", **FULL)])
    row = (
        "| Table 1: net · all | accuracy | 0.500 | 0.450 | −0.080 … −0.020 | 3 | exact | ▼ lower |"
    )
    assert row in text.splitlines()
    assert "## Second" not in text


def test_a_bar_in_a_text_does_not_break_the_table():
    text = text_of([number("a", "x|<y>", "accuracy", "lower", data="exact", **FULL)])
    assert r"| Table 1: x\|&lt;y> · all |" in text
    assert r"| First \| paper |" in text


def test_verdicts_are_counted_and_other_data_apart():
    rows = [
        number("a", "net", "accuracy", "lower", data="exact", **FULL),
        number("a", "net", "mcc", "equivalent", data="partial data", **FULL),
        number("a", "old", "accuracy", "not attempted"),
        number("b", "old", "accuracy", "not attempted"),
    ]
    lines = text_of(rows).splitlines()
    assert r"| First \| paper |  |  |  | 1 | 1 | 1 |" in lines
    assert "| Second |  |  |  |  | 1 |  |" in lines
    assert not any(line.startswith("| Table 1: old") for line in lines)


def test_counts_as_printed_are_one_sentence_and_others_are_listed():
    rows = [
        number("a", "n1", "proteins", "equivalent", data="exact", **FULL),
        number("a", "n2", "proteins", "equivalent", data="exact", **FULL),
        number("a", "n3", "proteins", "lower", data="exact", **FULL),
    ]
    text = text_of(rows)
    assert "As printed, and not listed: 2 cells of confusion matrices." in text
    assert "Table 1: n3" in text and "Table 1: n1" not in text


def test_a_claim_stands_with_its_verdict_and_a_shortened_run_says_so():
    held = claims.Row("b", "x above y", "s", 0.02, -0.01, 0.05, "undecided", 2, "exact", "quick")
    never = claims.Row("b", "z above y", "s")
    text = text_of([number("b", "old", "accuracy", "not attempted")], [held, never])
    assert "| x above y | +0.020 | −0.010 … 0.050 | 2 | exact, quick | ? undecided |" in text
    assert "z above y" not in text


def test_a_claim_without_an_interval_or_with_other_settings_says_so():
    nan = math.nan
    row = claims.Row(
        *("b", "x above y", "s", 0.02, nan, nan, "undecided"), *(2, "exact", "full", "2 folds")
    )
    text = text_of([number("b", "old", "accuracy", "not attempted")], [row])
    assert "| x above y | +0.020 |  | 2 | exact, not as declared | ? undecided |" in text


def test_tables_of_our_own_stand_with_their_paper():
    cells = ["net", Cell("0.5 (0.4 … 0.6)", 0.5), "exact"]
    own = ResultTable("t", "Title", "What it is.", ["Network", "Score", "Data"], [cells], [["r"]])
    papers = [SimpleNamespace(name="a", title="First", tabulate=lambda results: [own])]
    text = summary(papers, as_table([], Row), as_table([], claims.Row), Path())
    assert "## First\n\nTitle. What it is.\n\n| Network | Score | Data |\n" in text
    assert "| net | 0.5 (0.4 … 0.6) | exact |" in text


def test_a_read_only_folder_is_named(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "denied")

    monkeypatch.setattr("pathlib.Path.write_text", refuse)
    with pytest.raises(StorageError, match="README.md"):
        write_summary(PAPERS, as_table([], Row), as_table([], claims.Row), tmp_path)


def test_the_committed_page_is_that_of_the_committed_tables():
    results = project_root() / "results"
    tables = (
        read_comparison(results / "comparison.csv"),
        claims.read_claims(results / "claims.csv"),
    )
    written = (results / "README.md").read_text(encoding="utf-8")
    assert written == summary(list(load_papers().values()), *tables, results)


def marked(path: str, mark: str) -> str:
    """The table behind a mark of a page."""
    text = (project_root() / path).read_text(encoding="utf-8")
    return text.split(f"<!-- {mark} -->\n")[1].split("\n\n")[0]


def test_the_results_in_the_readme_are_rows_of_that_page():
    rows = marked("README.md", "results").splitlines()
    assert len(rows) > 3
    page = project_root() / "results" / "README.md"
    assert set(rows) <= set(page.read_text(encoding="utf-8").splitlines())


def test_the_ablations_in_deeploc_s_readme_are_the_table_of_that_page():
    table = marked("reproductions/deeploc/README.md", "ablations")
    assert table.startswith("| Change |")
    page = project_root() / "results" / "README.md"
    assert f"\n\n{table}\n\n" in page.read_text(encoding="utf-8")
