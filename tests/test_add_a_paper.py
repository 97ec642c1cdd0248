"""The worked example of docs/add-a-paper.md, executed in a copy of the project."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from common.harness.claims import read_claims
from common.harness.compare import read_comparison
from tests.mutations.run import copy_tree

PAGE = Path(__file__).parents[1] / "docs" / "add-a-paper.md"
BLOCK = re.compile(
    r"(?:^`(?P<path>[^`\n]+)`:\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.M | re.S
)


def blocks() -> list[tuple[str, str, str]]:
    """Path, language and text of every block of code."""
    return [(m["path"] or "", m["kind"], m["text"]) for m in BLOCK.finditer(PAGE.read_text())]


def apply_diff(path: Path, diff: str) -> None:
    """Replace the one line with a minus by the one with a plus."""
    old, new = (next(x[1:] for x in diff.splitlines() if x[0] == sign) for sign in "-+")
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Path:
    """A copy of the project with the example's files in it."""
    tree = tmp_path_factory.mktemp("project")
    copy_tree(tree)
    for name, kind, text in blocks():
        if kind == "diff":
            apply_diff(tree / name, text)
        elif name:
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_text(text)
    return tree


def run(tree: Path, line: str) -> str:
    """Run one command of the page in the copy."""
    words = shlex.split(line)
    program = {"python": [], "reproduce": ["-m", "reproductions.cli"]}[words[0]]
    places = {
        "PYTHONPATH": str(tree), "REPRODUCE_RESULTS": str(tree / "results"),
        "REPRODUCE_RUNS": str(tree / "runs"), "COLUMNS": "200",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, *program, *words[1:]], cwd=tree, env=os.environ | places,
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.long
def test_worked_example(tree):
    (commands,) = (text.splitlines() for _, kind, text in blocks() if kind == "sh")
    printed = [run(tree, line) for line in commands]
    assert "reinhardt/composition" in printed[1]
    table = read_comparison(tree / "results" / "comparison.csv").set_index("column")
    assert table.loc["prokaryotic", "verdict"] == "not attempted"
    assert table.loc["eukaryotic", "data"] == "simulated"
    assert table.loc["eukaryotic", "n_test"] == 40
    assert 0 < table.loc["eukaryotic", "reproduced"] <= 100
    claims = read_claims(tree / "results" / "claims.csv").groupby("paper")["claim"].unique()
    assert list(claims["reinhardt"]) == ["better than chance"]
    assert len(claims) > 1, "the tables hold all papers"
    assert "Reinhardt A" in (tree / "results" / "report" / "index.html").read_text()


def test_example_has_the_style_of_the_project(tree):
    names = ["reproductions/reinhardt", "tests/reproductions/reinhardt"]
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *names],
            cwd=tree,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout


def test_page_is_linked_from_the_readme():
    assert "docs/add-a-paper.md" in PAGE.parents[1].joinpath("README.md").read_text()
