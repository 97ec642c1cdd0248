"""The table of alignments that MMseqs2 writes."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest

from common.data.alphabet import RESIDUES
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


def test_numbered_ids_are_read_back_as_places(tmp_path):
    mmseqs.write_numbered(["MK", "AC"], tmp_path / "p.fasta")
    assert (tmp_path / "p.fasta").read_text() == ">s0\nMK\n>s1\nAC\n"
    assert mmseqs.places(pd.Series(["s1", "s0", "s12"])).tolist() == [1, 0, 12]


@pytest.mark.skipif(shutil.which("mmseqs") is None, reason="mmseqs is not installed")
def test_hits_are_places_in_each_of_the_two_lists():
    rng = np.random.default_rng(1)
    first, second = ("".join(rng.choice(list(RESIDUES), 120)) for _ in range(2))
    among = mmseqs.easy_search([second], [first, second], ("fident",), ("-s", "4"), threads=1)
    assert among.to_numpy().tolist() == [[0, 1, 1.0]]
    selves = mmseqs.easy_search([first, second], None, (), ("-s", "4"), threads=1)
    assert sorted(selves.itertuples(index=False, name=None)) == [(0, 0), (1, 1)]
