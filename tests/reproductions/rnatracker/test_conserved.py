"""Tables of exons, and which transcripts have them; a trained network's scan is in `test_runs`."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from common.errors import DataError
from common.interpret.conservation import Exons
from reproductions.rnatracker import conserved
from reproductions.rnatracker.conserved import read_exons, rows_with_exons
from reproductions.rnatracker.data import Table

COLUMNS = "id\tchromosome\tstrand\tstart\tend\n"


def test_exons_of_a_transcript_stand_in_the_order_of_the_chromosome(tmp_path):
    path = tmp_path / "exons.tsv"
    path.write_text(f"{COLUMNS}T1\tchr2\t-\t50\t60\nT2\tchrX\t+\t0\t9\nT1\tchr2\t-\t10\t20\n")
    found = read_exons(path)
    assert found["T1"].blocks == [(10, 20), (50, 60)] and found["T1"].strand == "-"
    assert (found["T2"].chromosome, found["T2"].length) == ("chrX", 9)


def test_a_missing_column_and_a_place_that_is_no_number_are_named(tmp_path):
    path = tmp_path / "exons.tsv"
    path.write_text("id\tchromosome\tstart\tend\nT1\tchr2\t1\t9\n")
    with pytest.raises(DataError, match="no column strand"):
        read_exons(path)
    path.write_text(f"{COLUMNS}T1\tchr2\t-\t1\t9\nT2\tchr2\t-\tx\t9\n")
    with pytest.raises(DataError, match=r"exons\.tsv, T2: a start or end that is no number"):
        read_exons(path)


def table_of(*lengths: int) -> Table:
    frame = pd.DataFrame({"id": [f"T{n}" for n in lengths], "sequence": ["A" * n for n in lengths]})
    return Table(frame.assign(nuclear=1.0), ("nuclear",), "simulated", {})


def test_transcripts_without_exons_and_of_another_length_are_counted():
    exons = {
        "T10": Exons("chr1", "+", [(0, 4), (6, 12)]),
        "T20": Exons("chr1", "+", [(0, 19)]),
        "T40": Exons("chr1", "-", [(0, 41)]),
    }
    rows, without, other = rows_with_exons(table_of(10, 20, 30, 40), np.arange(4), exons)
    assert (rows.tolist(), without, other) == ([0], 1, 2)
    rows, without, other = rows_with_exons(table_of(10, 20, 30, 40), np.array([0, 2]), exons)
    assert (rows.tolist(), without, other) == ([0], 1, 0)


def test_exons_are_looked_for_before_anything_is_predicted_or_scanned(monkeypatch, tmp_path):
    record = SimpleNamespace(settings={"strong_share": 0.5})
    for name, stand_in in (
        ("fullest_network", lambda _: record),
        ("table_of", lambda _: table_of(5, 6)),
        ("load_network", lambda *_: pytest.fail("a network was loaded")),
    ):
        monkeypatch.setattr(conserved, name, stand_in)
    with pytest.raises(DataError, match="of 2 strongly localised .* 1 have none at all"):
        exons = {"T5": Exons("chr1", "+", [(0, 9)])}
        conserved.scored_scans(tmp_path / "none.bw", exons, tmp_path)
