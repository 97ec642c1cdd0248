"""The list of mistakes fits the code, and its table is of the same list."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutations.run import HEAD, ROOT, TABLE, Mutation, load, rows_of

MUTATIONS = load()


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.name)
def test_mistake_can_still_be_made(mutation: Mutation):
    assert (ROOT / mutation.file).read_text().count(mutation.find) == 1
    assert mutation.find != mutation.replace
    assert all((ROOT / name).exists() for name in mutation.tests)


def test_table_is_of_this_list():
    lines = TABLE.read_text().splitlines()
    names = [line.split(" | ")[0].removeprefix("| ") for line in lines if line.startswith("| ")]
    assert [name for name in names if name in {one.name for one in MUTATIONS}] == [
        one.name for one in MUTATIONS
    ]
    assert "**none**" not in "".join(lines)


def test_another_number_of_places_is_refused(tmp_path: Path):
    (tmp_path / "a.py").write_text("x = 1\nx = 1\n")
    with pytest.raises(ValueError, match="2 places in a.py"):
        Mutation("twice", "a.py", "x = 1", "x = 2", ()).apply(tmp_path)
    with pytest.raises(ValueError, match="0 places"):
        Mutation("nowhere", "a.py", "y = 1", "y = 2", ()).apply(tmp_path)


def test_rows_of_a_table_are_found_by_their_mistake(tmp_path: Path):
    table = tmp_path / "mutations.md"
    assert rows_of(table) == {}
    row = "| MCC is wrong | `a.py` | `test_a.py::test_mcc` |  |"
    table.write_text(f"{HEAD}{row}\n")
    assert rows_of(table) == {"MCC is wrong": row}
