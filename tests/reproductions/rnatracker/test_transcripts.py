"""Transcripts of a file, with and without their poly(A) tails."""

from __future__ import annotations

import pytest

from common.errors import DataError
from reproductions.rnatracker.transcripts import read_transcripts, without_tail


def test_transcripts_are_read_in_their_order_and_cut(tmp_path):
    path = tmp_path / "t.fa"
    path.write_text(f">T2 x\nacgu{'a' * 10}\n>T1\nACGTX\n")
    with pytest.raises(DataError, match="T1: 1 letter outside"):
        read_transcripts(path)
    path.write_text(path.read_text().replace("X", "N"))
    found = read_transcripts(path, tail=10)
    assert found.to_numpy().tolist() == [["T2", "ACGT"], ["T1", "ACGTN"]]


@pytest.mark.parametrize(
    ("sequence", "least", "kept"),
    [
        ("ACG" + "A" * 10, 10, "ACG"),
        ("ACG" + "A" * 9, 10, "ACG" + "A" * 9),
        ("ACG" + "A" * 20, 0, "ACG" + "A" * 20),
        ("ACGT", 10, "ACGT"),
    ],
)
def test_tails_are_cut_off(sequence, least, kept):
    assert without_tail(sequence, least) == kept
