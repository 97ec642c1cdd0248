"""FASTA files: what is read, and what is refused with its record."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest

from common.data.fasta import BGZF_END, Record, parse_fasta, read_fasta, write_fasta
from common.errors import DataError, StorageError

PLAIN = b">a first one\nMKT\nAYI\n>b\nGG\n"
RECORDS = [Record("a", "first one", "MKTAYI"), Record("b", "", "GG")]


def put(folder: Path, content: bytes, name: str = "x.fasta") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def bgzf_block(content: bytes) -> bytes:
    """One bgzip block: a gzip member with the extra field BC that holds its size."""
    member = gzip.compress(content, mtime=0)
    size = len(member) + 8 - 1
    extra = b"\x06\x00BC\x02\x00" + size.to_bytes(2, "little")
    return member[:3] + b"\x04" + member[4:10] + extra + member[10:]


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        PLAIN.replace(b"\n", b"\r\n"),
        PLAIN.replace(b"\n", b"\r"),
        PLAIN.rstrip(b"\n"),
        b"\n\n" + PLAIN.replace(b"\n", b"\n\n") + b"  \n",
        b"\xef\xbb\xbf" + PLAIN,
        b"> a  first one\nMK T\n AYI \n>\tb\nGG",
        b">a\tfirst one\nMKTAYI\n>b\nGG",
        gzip.compress(PLAIN, mtime=0),
        gzip.compress(PLAIN[:20], mtime=0) + gzip.compress(PLAIN[20:], mtime=0),
        bgzf_block(PLAIN[:9]) + bgzf_block(PLAIN[9:]) + BGZF_END,
    ],
    ids=["unix", "dos", "mac", "no end", "blank", "bom", "space", "tab", "gz", "members", "bgzip"],
)
def test_all_forms_give_the_same_records(tmp_path: Path, content: bytes) -> None:
    assert list(read_fasta(put(tmp_path, content))) == RECORDS


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "the file is empty"),
        (b"\n \n", "the file is empty"),
        (gzip.compress(b"", mtime=0), "the file is empty"),
        (b"MKTAYI\n>a\nMK\n", "the first line starts with 'MKTAYI', not with `>`"),
        (b">a\nMK\n>b\n>c\nGG\n", r"record 2 \(b\): the sequence is empty"),
        (b">a\nMK\n>b\n \n", r"record 2 \(b\): the sequence is empty"),
        (b">a\nMK\n> \nGG\n", "record 2: the header is empty"),
        (b">a\nMK\n>b\nGG\n>a x\nMR\n", "a: records 1 and 3 have this id and different sequences"),
        (gzip.compress(PLAIN, mtime=0)[:-12], "the gzip file is truncated or damaged"),
        (gzip.compress(PLAIN, mtime=0)[:-8] + b"\0" * 8, "the gzip file is truncated or damaged"),
        (gzip.compress(PLAIN, mtime=0) + b"rubbish", "the gzip file is truncated or damaged"),
        (gzip.compress(PLAIN, mtime=0)[:5], "the gzip file is truncated or damaged"),
        (bgzf_block(PLAIN), "the bgzip file is truncated: no end block"),
        (b">a\nMK\0\0\n", "not text"),
        (b">a\xff\xfe\nMK\n", "not text: byte 0xff is not UTF-8"),
        (bytes(range(1, 256)), "not text"),
        (b"PK\x03\x04rest", "this is a zip archive"),
        ("\ufeff>a\nMK\n".encode("utf-16-le"), "this is text in UTF-16"),
    ],
)
def test_faults_name_the_file_and_the_record(tmp_path: Path, content: bytes, fault: str) -> None:
    path = put(tmp_path, content)
    with pytest.raises(DataError, match=fault) as caught:
        list(read_fasta(path))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_text_is_read_as_a_file_of_it_is(tmp_path: Path) -> None:
    text = "\ufeff>a\tsome words\r\nMK\r\n\r\n>b\rGG\n>a\nmk\n"
    from_file = list(read_fasta(put(tmp_path, text.encode())))
    assert list(parse_fasta(text)) == from_file
    assert [record.sequence for record in from_file] == ["MK", "GG"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("MKT\n", "pasted: the first line starts with 'MKT'"),
        (">a\nMK\n>b\n", r"pasted, record 2 \(b\): the sequence is empty"),
        (">a\nMK\n>a\nMR\n", "pasted, a: records 1 and 2 have this id"),
        (">a\nM\0\n", "pasted: not text"),
    ],
)
def test_faults_of_a_text_name_it_and_the_record(text: str, fault: str) -> None:
    with pytest.raises(DataError, match=fault):
        list(parse_fasta(text, "pasted"))


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        list(read_fasta(tmp_path / "none.fasta"))
    with pytest.raises(DataError, match="cannot be read: is a directory"):
        list(read_fasta(tmp_path))


def test_same_record_again_is_kept_once_and_counted(tmp_path: Path) -> None:
    path = put(tmp_path, PLAIN + b">a other words\nmkta\nyi\n>a\nMKTAYI\n")
    repeated: Counter[str] = Counter()
    assert list(read_fasta(path, repeated)) == RECORDS
    assert repeated == {"a": 2}


def test_35000_residues_on_one_line(tmp_path: Path) -> None:
    titin = "MKTAYIAKQR" * 3500
    path = put(tmp_path, f">titin\n{titin}\n".encode())
    assert [record.sequence for record in read_fasta(path)] == [titin]


@pytest.mark.parametrize("name", ["out.fasta", "out.fasta.gz"])
def test_written_records_are_read_back(tmp_path: Path, name: str) -> None:
    records = [*RECORDS, Record("c", "x", "A" * 60), Record("d", "", "A" * 61)]
    write_fasta(records, tmp_path / name)
    assert list(read_fasta(tmp_path / name)) == records
    first = (tmp_path / name).read_bytes()
    packed = name.endswith(".gz")
    assert first.startswith(b"\x1f\x8b") == packed
    assert (first[4:8] == bytes(4)) == packed, "the time stamp of a gzip file is 0"
    write_fasta(records, tmp_path / name)
    assert (tmp_path / name).read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_lines_are_cut_at_the_width(tmp_path: Path) -> None:
    write_fasta([Record("a", "x", "MKTAYIA")], tmp_path / "a.fasta", width=3)
    assert (tmp_path / "a.fasta").read_text() == ">a x\nMKT\nAYI\nA\n"


@pytest.mark.parametrize(
    "record",
    [
        Record("", "", "MK"),
        Record("a b", "", "MK"),
        Record("a", "", ""),
        Record("a", "", "M K"),
        Record("a", "x\ny", "MK"),
        Record("a", "", "M>K"),
    ],
)
def test_nothing_is_written_that_could_not_be_read(tmp_path: Path, record: Record) -> None:
    with pytest.raises(DataError, match="record 2"):
        write_fasta([RECORDS[0], record], tmp_path / "a.fasta")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("code", "fault"), [(28, "no space left"), (30, "read-only")])
def test_no_space_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, fault: str
) -> None:
    def fail(*args: object) -> str:
        raise OSError(code, "failed")

    monkeypatch.setattr("common.data.fasta._format", fail)
    with pytest.raises(StorageError, match=fault):
        write_fasta(RECORDS, tmp_path / "a.fasta")
    assert list(tmp_path.iterdir()) == []
