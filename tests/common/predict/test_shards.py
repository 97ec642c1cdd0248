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


def test_bad_records_are_listed_where_a_list_is_asked_for(tmp_path):
    source, listed = tmp_path / "in.fasta", tmp_path / "split.tsv"
    source.write_text(">a\nMKT\n>\nMK\n>b\n>a\nMR\n>a\nmkt\n>c\nM>K\n>d x\x0by\nMK1\n")
    parts = [tmp_path / "0.fasta", tmp_path / "1.fasta"]
    assert split_fasta(source, parts, listed) == [1, 1]
    assert [r.id for part in parts for r in read_fasta(part)] == ["a", "d"]
    lines = listed.read_text().splitlines()
    assert len(lines) == 5
    assert all(line.count("\t") == 2 for line in lines)
    with pytest.raises(DataError, match="record 2: the header is empty"):
        split_fasta(source, parts)
    tables = [tmp_path / "0.jsonl", tmp_path / "1.jsonl"]
    tables[0].write_text('{"id": "a"}\n')
    tables[1].write_text("")
    (tmp_path / "1.jsonl.rejected.tsv").write_text("record\tfault\tremedy\nd\tbad\tmend\n")
    join_tables(tables, tmp_path / "all.jsonl", listed)
    assert (tmp_path / "all.jsonl").read_text() == '{"id": "a"}\n'
    joined = (tmp_path / "all.jsonl.rejected.tsv").read_text().splitlines()
    assert joined == [*lines, "d\tbad\tmend"]


def test_no_bad_records_no_list(fasta, tmp_path):
    listed, part = tmp_path / "split.tsv", tmp_path / "0.tsv"
    split_fasta(fasta, [tmp_path / "0.fasta"], listed)
    part.write_text("id\tx\na\t1\n")
    (tmp_path / "all.tsv.rejected.tsv").write_text("of an earlier input")
    join_tables([part], tmp_path / "all.tsv", listed)
    assert not (tmp_path / "all.tsv.rejected.tsv").exists()


def test_header_comes_once_whatever_the_table_is_called(tmp_path):
    parts = [tmp_path / "0.tsv", tmp_path / "1.tsv"]
    for name, part in zip("ab", parts, strict=True):
        part.write_text(f"id\tx\n{name}\t1\n")
    join_tables(parts, tmp_path / "all.txt")
    assert (tmp_path / "all.txt").read_text() == "id\tx\na\t1\nb\t1\n"


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
