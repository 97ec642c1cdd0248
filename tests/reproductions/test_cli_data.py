"""The commands of the data sets: nothing is cut in a narrow terminal."""

from __future__ import annotations

import pandas as pd
import pytest
from processes import reproduce
from typer.testing import CliRunner

from common.data.registry import VARIANTS, load_registry
from common.data.status import COLUMNS
from reproductions.cli_data import data

DAMAGED = "damaged: GSE106493_Mito-APEX2.gene_exp.diff, ER.fasta"


def status(monkeypatch, *rows):
    """Output lines of `reproduce data status` at 80 columns for these rows of the table."""
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    monkeypatch.setattr("common.data.status.status_table", lambda: frame)
    monkeypatch.setenv("COLUMNS", "80")
    done = CliRunner().invoke(data, ["status"])
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()


@pytest.mark.parametrize("verified", ["checksum", "content", "content differs: 3 records", DAMAGED])
@pytest.mark.parametrize("variant", VARIANTS)
def test_status_cuts_no_word_at_80_columns(monkeypatch, variant, verified):
    rows = [
        (name, variant, "partly", "data folder + mirror", "10 of 11", 123_456_789, verified)
        for name in load_registry()
    ]
    lines = status(monkeypatch, *rows)
    assert max(map(len, lines)) <= 80
    words = set(" ".join(lines).split())
    for name, *_ in rows:
        assert name in words
    wanted = f"{variant} 10 of 11 data folder + mirror 123.457 {verified.partition(':')[0]}"
    assert words >= {*wanted.split()}


def test_status_names_the_fault_of_a_data_set_below_the_table(monkeypatch):
    good = ("multiloc", "exact", "yes", "mirror", "11 of 11", 3_054_227, "checksum")
    bad = ("apex-rip", "exact", "partly", "data folder", "5 of 6", 1_000_000, DAMAGED)
    lines = status(monkeypatch, good, bad)
    assert " ".join(lines[2].split()) == "multiloc exact 11 of 11 mirror 3.054 checksum"
    assert lines[-1] == f"apex-rip: {DAMAGED}"
    assert sum("multiloc" in line for line in lines) == 1


def test_piped_status_has_whole_words(tmp_path):
    done = reproduce(
        "data", "status", COLUMNS="80", REPRODUCE_MIRROR="", REPRODUCE_DATA=str(tmp_path)
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines[2:]] == list(load_registry())
    assert max(map(len, lines)) <= 80
    assert "…" not in done.stdout


def test_help_has_an_example():
    assert "Example: reproduce data status" in reproduce("data", "--help").stdout
