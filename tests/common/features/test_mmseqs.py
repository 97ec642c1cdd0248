"""The table of alignments that MMseqs2 writes."""

from __future__ import annotations

import pytest

from common.errors import DataError
from common.features import mmseqs
from common.features.frequencies import AlignedPair


def test_alignments_are_grouped_by_query_and_counted_from_zero(tmp_path):
    table = tmp_path / "alignments.tsv"
    table.write_text("q0\t1\tAC-D\tACWD\nq0\t3\tDE\tDF\nq7\t2\tKK\tKR\n")
    assert list(mmseqs.alignments(table)) == [
        ("q0", [AlignedPair(0, "AC-D", "ACWD"), AlignedPair(2, "DE", "DF")]),
        ("q7", [AlignedPair(1, "KK", "KR")]),
    ]


def test_lines_of_a_query_that_do_not_stand_together_are_an_error(tmp_path):
    table = tmp_path / "alignments.tsv"
    table.write_text("q0\t1\tA\tA\nq1\t1\tA\tA\nq0\t1\tA\tA\n")
    with pytest.raises(DataError, match=r"alignments\.tsv: q0: lines out of order"):
        list(mmseqs.alignments(table))


def test_no_hits_at_all_is_an_empty_table(tmp_path):
    table = tmp_path / "alignments.tsv"
    table.touch()
    assert list(mmseqs.alignments(table)) == []
