"""Ids that came before."""

from __future__ import annotations

from common.data.fasta import Record
from common.predict.seen import SeenIds


def test_new_copy_and_other():
    seen = SeenIds()
    assert seen.meet(Record("a", "", "MKT")) == "new"
    assert seen.meet(Record("a", "again", "mkt")) == "copy"
    assert seen.meet(Record("a", "", "MKV")) == "other"
    assert seen.meet(Record("b", "", "MKT")) == "new"


def test_many_are_remembered_in_sixteen_bytes_each():
    seen = SeenIds()
    for number in range(200_000):
        assert seen.meet(Record(f"P{number}", "", "MKT")) == "new"
    assert len(seen) == 200_000
    assert seen._ids.nbytes + seen._sequences.nbytes <= 16 * 200_000
    assert len(seen._recent) < 70_000
    for number in (0, 1, 65_535, 65_536, 131_073, 199_999):
        assert seen.meet(Record(f"P{number}", "", "MKT")) == "copy"
        assert seen.meet(Record(f"P{number}", "", "MKV")) == "other"
