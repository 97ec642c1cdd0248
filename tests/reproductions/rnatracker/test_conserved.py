"""Tables of exons; the comparison itself is in `test_runs`, with a trained network."""

from __future__ import annotations

import pytest

from common.errors import DataError
from reproductions.rnatracker.conserved import read_exons

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
