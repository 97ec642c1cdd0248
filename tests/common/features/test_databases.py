"""The stand-in database."""

from __future__ import annotations

import pytest

from common.data.fasta import read_fasta
from common.features.databases import DATASETS, benchmark_database, write_database
from common.paths import mirror_folder


def test_distinct_sequences_are_numbered_as_they_appear(tmp_path):
    out = tmp_path / "database.fasta"
    assert write_database(["MKV", "mkv", "MKV*", "ACDE"], out) == 2
    assert [(r.id, r.sequence) for r in read_fasta(out)] == [
        ("S000000", "MKV"),
        ("S000001", "ACDE"),
    ]


def test_same_sequences_give_the_same_bytes(tmp_path):
    for name in ("a.fasta", "b.fasta"):
        write_database(["MKV" * 50, "ACDE"], tmp_path / name)
    assert (tmp_path / "a.fasta").read_bytes() == (tmp_path / "b.fasta").read_bytes()


@pytest.mark.mirror
def test_benchmark_database_holds_every_protein_once(tmp_path):
    if mirror_folder() is None:
        pytest.skip("the mirror with the benchmark data sets is not here")
    out = tmp_path / "database.fasta"
    assert benchmark_database(out) == 35880
    assert benchmark_database(tmp_path / "multiloc.fasta", DATASETS[:1]) == 5959
    assert len({record.sequence for record in read_fasta(out)}) == 35880
