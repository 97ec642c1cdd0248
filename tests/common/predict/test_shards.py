"""Parts of a file, and their tables in one."""

from __future__ import annotations

import gzip

import pytest

from common.data.fasta import Record, read_fasta, write_fasta
from common.errors import DataError, UsageError
from common.predict.shards import join_tables, split_fasta


@pytest.fixture
def fasta(tmp_path):
    path = tmp_path / "in.fasta"
    write_fasta([Record(f"P{i}", "about", "MKT" * (i + 1)) for i in range(10)], path)
    return path


def test_parts_hold_every_record_once_in_order(fasta, tmp_path):
    parts = [tmp_path / f"{i}.fasta.gz" for i in range(4)]
    assert split_fasta(fasta, parts) == [2, 3, 2, 3]
    found = [record for part in parts for record in read_fasta(part)]
    assert found == list(read_fasta(fasta))


def test_more_parts_than_records(fasta, tmp_path):
    with pytest.raises(UsageError, match="11 parts of 10 records"):
        split_fasta(fasta, [tmp_path / f"{i}.fasta" for i in range(11)])
    with pytest.raises(UsageError, match="0 parts"):
        split_fasta(fasta, [])


def test_tables_are_joined_with_one_header(tmp_path):
    first, second = tmp_path / "0.tsv", tmp_path / "1.tsv"
    first.write_text("id\tx\na\t1\n")
    second.write_text("id\tx\nb\t2\n")
    (tmp_path / "1.tsv.rejected.tsv").write_text("record\tfault\tremedy\nz\tbad\tmend\n")
    join_tables([first, second], tmp_path / "all.tsv")
    assert (tmp_path / "all.tsv").read_text() == "id\tx\na\t1\nb\t2\n"
    listed = (tmp_path / "all.tsv.rejected.tsv").read_text()
    assert listed == "record\tfault\tremedy\nz\tbad\tmend\n"
    join_tables([first, second], tmp_path / "all.tsv.gz")
    assert gzip.decompress((tmp_path / "all.tsv.gz").read_bytes()) == b"id\tx\na\t1\nb\t2\n"


def test_json_lines_have_no_header(tmp_path):
    parts = [tmp_path / "0.jsonl", tmp_path / "1.jsonl"]
    for number, part in enumerate(parts):
        part.write_text(f'{{"id": "{number}"}}\n')
    join_tables(parts, tmp_path / "all.jsonl")
    assert (tmp_path / "all.jsonl").read_text() == '{"id": "0"}\n{"id": "1"}\n'


def test_other_columns_are_refused(tmp_path):
    first, second = tmp_path / "0.tsv", tmp_path / "1.tsv"
    first.write_text("id\tx\na\t1\n")
    second.write_text("id\ty\nb\t2\n")
    with pytest.raises(DataError, match=r"1.tsv: has other columns"):
        join_tables([first, second], tmp_path / "all.tsv")
    assert not (tmp_path / "all.tsv").exists()
