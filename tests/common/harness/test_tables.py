"""Tables of results: the same input gives the same bytes, and no number is lost."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from common.errors import DataError
from common.harness.tables import as_table, number_text, read_table, write_table


@dataclass(frozen=True)
class Row:
    name: str
    value: float = math.nan


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1234564, "0.123456"),
        (np.float32(0.5), "0.5"),
        (18940224, "18940224"),
        (3.0, "3"),
        (-0.0, "0"),
        (1e-9, "1e-09"),
        (math.nan, ""),
        (None, ""),
        ("NA", "NA"),
    ],
)
def test_text_of_a_cell(value, text):
    assert number_text(value) == text


def test_round_trip(tmp_path):
    table = as_table([Row("NA", 0.25), Row("", math.nan), Row('a,"b"', 3.0)], Row)
    path = write_table(table, tmp_path / "t.csv")
    found = read_table(path, ["name"], ["value"], "reproduce compare")
    pd.testing.assert_frame_equal(found, table, check_dtype=False)
    assert path.read_bytes() == b'name,value\nNA,0.25\n,\n"a,""b""",3\n'


def test_empty_table_keeps_its_columns(tmp_path):
    path = write_table(as_table([], Row), tmp_path / "t.csv")
    found = read_table(path, ["name"], ["value"], "reproduce compare")
    assert list(found.columns) == ["name", "value"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such file"),
        ("name\nx\n", "lacks the columns value"),
        ("name,value\nx,y\n", "not a"),
    ],
)
def test_files_that_cannot_be_used(tmp_path, content, message):
    path = tmp_path / "t.csv"
    if content is not None:
        path.write_text(content)
    with pytest.raises(DataError, match=message) as caught:
        read_table(path, ["name"], ["value"], "reproduce compare")
    assert "`reproduce compare` makes it" in str(caught.value)
