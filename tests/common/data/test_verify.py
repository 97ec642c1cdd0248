"""Checksums and content."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from common.data.registry import DataFile, Dataset, Integrity
from common.data.verify import check_content, git_blob, identify, matches, sha256

FASTA = b">a Nucleus-U test\nMKX\n>b Cell.membrane-M\nMKXXB\n>c Cytoplasm-Nucleus-U\nM\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "x").write_bytes(b"hello\n")
    return tmp_path / "x"


def test_checksums_are_those_of_coreutils_and_git(path: Path) -> None:
    """`sha256sum` and `git hash-object` of a file with the line hello."""
    assert sha256(path) == "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
    assert git_blob(path) == "ce013625030ba8dba906f756967f9e9ca394464a"


def test_git_blob_of_a_file_longer_than_a_chunk(tmp_path: Path) -> None:
    """`git hash-object` of three million zero bytes."""
    (tmp_path / "x").write_bytes(bytes(3_000_000))
    assert git_blob(tmp_path / "x") == "73e77f405a9ff5ab6f54695cf10e7be6d23c9a4b"


def test_every_known_value_must_match(path: Path) -> None:
    good = {"sha256": sha256(path), "git_blob": git_blob(path), "size": 6}
    assert matches(Integrity(**good), path)
    for key, wrong in {"sha256": "0" * 64, "git_blob": "0" * 40, "size": 7}.items():
        assert not matches(Integrity(**(good | {key: wrong})), path)
    assert not matches(Integrity(size=6), path)


def test_identify_tells_copy_from_original(path: Path) -> None:
    here, other = Integrity(sha256=sha256(path)), Integrity(git_blob="0" * 40)
    forms = {
        "original": (here, here),
        "copy": (here, other),
        None: (other, other),
        "unpinned": (other, Integrity()),
    }
    for form, (copy, origin) in forms.items():
        assert identify(DataFile("x", "x", "http://x", copy, origin), path) == form
    assert identify(DataFile("x", "x", "http://x", other, here), path) == "original"


def problems(tmp_path: Path, content: bytes, check: dict[str, Any], name: str) -> list[str]:
    (tmp_path / name).write_bytes(content)
    file = DataFile(name, name, None, Integrity(), Integrity())
    dataset = Dataset("toy", "Toy", "exact", "exact", (file,), "", (), checks=(check,))
    return check_content(dataset, {name: tmp_path / name})


GOOD = {
    "kind": "fasta",
    "records": 3,
    "shortest": 1,
    "longest": 5,
    "letters": {"X": 3, "B": 1, "Z": 0},
    "words": {"test": 1},
    "classes_from": "header",
    "classes": {"Nucleus": 1, "Cell.membrane": 1, "Cytoplasm-Nucleus": 1},
}


@pytest.mark.parametrize("packed", [False, True])
def test_fasta_content(tmp_path: Path, packed: bool) -> None:
    content = gzip.compress(FASTA) if packed else FASTA
    assert problems(tmp_path, content, GOOD, "x.fasta") == []


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        ("records", 4, "toy (x.fasta): records 3, expected 4"),
        ("shortest", 2, "toy (x.fasta): shortest 1, expected 2"),
        ("longest", 6, "toy (x.fasta): longest 5, expected 6"),
        ("letters", {"X": 2, "B": 1}, "toy (x.fasta): letters {'X': 3}, expected {'X': 2}"),
        ("words", {"test": 2}, "toy (x.fasta): words {'test': 1}, expected {'test': 2}"),
        (
            "classes",
            {"Nucleus": 2, "Cell.membrane": 1},
            "toy (x.fasta): classes {'Nucleus': 1, 'Cytoplasm-Nucleus': 1}, "
            "expected {'Nucleus': 2, 'Cytoplasm-Nucleus': 0}",
        ),
    ],
)
def test_what_differs_is_named(tmp_path: Path, key: str, value: object, line: str) -> None:
    assert problems(tmp_path, FASTA, GOOD | {key: value}, "x.fasta") == [line]


def test_classes_by_file_name(tmp_path: Path) -> None:
    check = {"kind": "fasta", "classes_from": "file", "classes": {"ER": 3}}
    assert problems(tmp_path, FASTA, check, "ER.fasta") == []
    assert problems(tmp_path, FASTA, check, "nuclear.fasta") != []


TABLE = b"id\tlabel\tx\ty\na\tA|B\t.1\t.9\nb\tB\t.8\t.2\nc\tA b\t.7\t.3\n"


@pytest.mark.parametrize(
    ("check", "line"),
    [
        ({"records": 3, "columns": ["id", "x"]}, None),
        ({"records": 2}, "records 3, expected 2"),
        ({"columns": ["id", "z"]}, "columns ['id'], expected ['id', 'z']"),
        ({"classes_from": "column:label", "classes": {"A": 1, "B": 2, "A b": 1}}, None),
        (
            {"classes_from": "column:label", "classes": {"A": 2, "B": 2}},
            "classes {'A': 1, 'A b': 1}, expected {'A': 2, 'A b': 0}",
        ),
        ({"classes_from": "largest:x,y", "classes": {"x": 2, "y": 1}}, None),
        (
            {"classes_from": "largest:x,y", "classes": {"x": 1, "y": 2}},
            "classes {'x': 2, 'y': 1}, expected {'x': 1, 'y': 2}",
        ),
        ({"classes_from": "column:none", "classes": {}}, "x.tsv: no column none"),
    ],
)
def test_table_content(tmp_path: Path, check: dict[str, Any], line: str | None) -> None:
    found = problems(tmp_path, TABLE, {"kind": "table"} | check, "x.tsv")
    assert (found == []) if line is None else (len(found) == 1 and line in found[0])


def test_csv_is_told_by_its_name(tmp_path: Path) -> None:
    check = {"kind": "table", "columns": ["id", "label", "x", "y"]}
    content = gzip.compress(TABLE.replace(b"\t", b","))
    assert problems(tmp_path, content, check, "x.csv.gz") == []


def test_array_content(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.zeros((2, 3)), y=np.zeros(4))
    content = (tmp_path / "a.npz").read_bytes()
    good = {"kind": "arrays", "shapes": {"x": [2, 3]}}
    assert problems(tmp_path, content, good, "x.npz") == []
    wrong = {"kind": "arrays", "shapes": {"x": [3, 2], "z": [1]}}
    assert problems(tmp_path, content, wrong, "x.npz") == [
        "toy (x.npz): shapes {'x': [2, 3], 'z': 0}, expected {'x': [3, 2], 'z': [1]}"
    ]


def test_pickled_arrays_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.array([{}], dtype=object))
    check = {"kind": "arrays", "shapes": {"x": [1]}}
    found = problems(tmp_path, (tmp_path / "a.npz").read_bytes(), check, "x.npz")
    assert len(found) == 1 and "not an NPZ file" in found[0]


def test_truncated_arrays_are_a_problem(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.zeros((2, 3)))
    content = (tmp_path / "a.npz").read_bytes()[:-20]
    check = {"kind": "arrays", "shapes": {"x": [2, 3]}}
    found = problems(tmp_path, content, check, "x.npz")
    assert len(found) == 1 and "not an NPZ file" in found[0]


def test_motif_content(tmp_path: Path) -> None:
    content = b"MEME version 4\n\nMOTIF A a\nx\nMOTIF B b\n"
    assert problems(tmp_path, content, {"kind": "motifs", "records": 2}, "x.meme") == []
    assert problems(tmp_path, content, {"kind": "motifs", "records": 3}, "x.meme") != []


@pytest.mark.parametrize(
    ("kind", "name"),
    [("fasta", "x.fasta"), ("table", "x.tsv.gz"), ("arrays", "x.npz"), ("motifs", "x.meme")],
)
def test_rubbish_is_a_problem_not_a_crash(tmp_path: Path, kind: str, name: str) -> None:
    rubbish = b"\xff\xfe\x00\x01" * 100
    check = {"kind": kind, "records": 1, "shapes": {}}
    assert len(problems(tmp_path, rubbish, check, name)) == 1


def test_truncated_gzip_is_a_problem(tmp_path: Path) -> None:
    content = gzip.compress(TABLE)[:-10]
    found = problems(tmp_path, content, {"kind": "table", "records": 3}, "x.tsv.gz")
    assert len(found) == 1 and "not a readable table" in found[0]


def test_checks_of_absent_files_are_left_out(tmp_path: Path) -> None:
    files = tuple(DataFile(n, n, None, Integrity(), Integrity()) for n in ("a", "b"))
    checks = ({"kind": "fasta", "files": ["b"], "records": 9},)
    dataset = Dataset("toy", "Toy", "exact", "exact", files, "", (), checks=checks)
    assert check_content(dataset, {"a": tmp_path / "a"}) == []
