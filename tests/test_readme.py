"""The README's example runs as it stands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def example(name: str) -> list[str]:
    """Lines of the block behind a mark."""
    text = (ROOT / "README.md").read_text()
    block = text.split(f"<!-- example: {name} -->\n", 1)[1]
    return [line[4:] for line in re.match(r"(?:    .*\n)+", block).group().splitlines()]


def test_example_has_five_lines():
    assert len(example("train")) == 5


@pytest.mark.long
def test_example_of_training(tmp_path):
    command = tmp_path / "bin" / "reproduce"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m reproductions.cli "$@"\n')
    command.chmod(0o755)
    work = tmp_path / "work"
    (work / "docs").mkdir(parents=True)
    shutil.copy(ROOT / "docs" / "example.fasta", work / "docs")
    environment = os.environ | {
        "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    script = "\n".join(["set -eu", *example("train")])
    done = subprocess.run(
        ["bash", "-c", script], cwd=work, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "network" in done.stdout and "majority" in done.stdout
    assert "id\tlength\tlocation" in done.stdout
    assert "SIM00001.png" in done.stdout
    assert "mine/report/index.html" in done.stdout


@pytest.mark.long
def test_python_of_the_page_on_predicting(tmp_path):
    text = (ROOT / "docs" / "predict.md").read_text()
    block = re.search(r"## In Python\n\n((?:    .*\n|\n)+)", text)[1]
    script = "\n".join(line[4:] for line in block.splitlines())
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert sorted(p.name for p in (tmp_path / "plots").iterdir()) == ["scan.png", "scan.svg"]
