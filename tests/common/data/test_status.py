"""The table of what is here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from common.data.status import COLUMNS, status_table

FASTA = b">a x\nMK\n"
PINS = f'sha256 = "{hashlib.sha256(FASTA).hexdigest()}"'
FILES = ", ".join(f'{{ name = "{n}", mirror = "{n}", {PINS}, origin = {{}} }}' for n in "ab")


@pytest.fixture
def toy(project: Any, entry: Callable[..., str]) -> Any:
    """A data set of two files whose originals have no checksum."""
    text = entry(FILES, 'origin_variant = "exact"', "records = 2")
    project.register(text.replace('variant = "exact"', 'variant = "reconstructed"', 1))
    return project


def put(path: Path, content: bytes = FASTA) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def row(**options: bool) -> dict[str, object]:
    table = status_table(**options)
    assert tuple(table.columns) == COLUMNS and len(table) == 1
    return table.iloc[0].to_dict()


def test_nothing_is_here(toy: Any) -> None:
    assert row() == {
        "dataset": "toy",
        "variant": "exact",
        "here": "no",
        "origin": "",
        "files": "0 of 2",
        "bytes": 0,
        "verified": "",
    }
    assert not toy.data.exists()


def test_some_is_here(toy: Any) -> None:
    put(toy.mirror / "a")
    found = row()
    assert (found["here"], found["files"], found["bytes"]) == ("partly", "1 of 2", 8)
    assert (found["origin"], found["verified"]) == ("mirror", "checksum")


def test_all_is_here_from_two_places(toy: Any) -> None:
    put(toy.mirror / "a")
    put(toy.data / "toy" / "b")
    found = row()
    assert (found["here"], found["origin"]) == ("yes", "mirror + data folder")
    assert (found["variant"], found["bytes"]) == ("reconstructed", 16)


def test_damage_is_named_and_left_alone(toy: Any) -> None:
    put(toy.mirror / "a")
    put(toy.mirror / "b", b"other")
    found = row()
    assert (found["here"], found["files"], found["verified"]) == ("partly", "1 of 2", "damaged: b")
    assert (toy.mirror / "b").read_bytes() == b"other"


def test_content_is_read_where_no_checksum_is_known(toy: Any) -> None:
    put(toy.data / "toy" / "a", b">q y\nMM\n")
    put(toy.data / "toy" / "b")
    assert row()["verified"] == "content"
    put(toy.data / "toy" / "a", b">q y\nMM\n>r\nM\n")
    assert row()["verified"] == "content differs: toy (a, b): records 3, expected 2"
    assert (toy.data / "toy" / "a").exists()


def test_content_is_read_on_request(toy: Any) -> None:
    put(toy.mirror / "a")
    put(toy.mirror / "b")
    assert row()["verified"] == "checksum"
    assert row(content=True)["verified"] == "checksum and content"
