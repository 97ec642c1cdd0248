"""Tables of zipcodes by fraction and of single filters."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from reproductions.rnatracker import explanation_tables
from reproductions.rnatracker.explanation_tables import filters_table, zipcodes_table


@pytest.fixture
def group(monkeypatch):
    """Makes the chosen group of runs of one record with this ``extra``."""

    def choose(extra: dict | None) -> None:
        predictions = pd.DataFrame(columns=["id", "truth:a", "truth:b", "a", "b"])
        record = SimpleNamespace(content={"extra": extra}, predictions=predictions)
        made = SimpleNamespace(
            records=[record], data="partial data", profile="full", name="some/code/full"
        )
        found = made if extra is not None else None
        monkeypatch.setattr(explanation_tables, "choose_group", lambda *_: found)

    return choose


def rows(table) -> list[dict]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def test_zipcodes_stand_by_cutoff_and_fraction(group):
    counts = {"transcripts": 2000, "enhancing": 5, "repressive": 1}
    merged = {"merged_enhancing": 3, "merged_repressive": 1}
    group({"by_fraction": [{"cutoff": 0.0075, "fraction": "nuclear", **counts, **merged}]})
    table = zipcodes_table([])
    (row,) = rows(table)
    assert (row["Cutoff"], row["Fraction"], row["Transcripts"].text) == (
        "0.0075 nats",
        "nuclear",
        "2,000",
    )
    assert (row["Enhancing"].key, row["Merged enhancing"].key) == (5, 3)
    assert (row["Data"], row["Profile"]) == ("partial data", "full")
    assert table.runs == [["some/code/full"]]


def test_without_a_run_or_with_an_older_one_there_are_no_rows(group):
    for extra in (None, {}):
        group(extra)
        assert zipcodes_table([]).rows == []
    group(None)
    assert filters_table([]).rows == []


def test_each_filter_stands_with_its_own_r_and_its_match(group):
    match = {"filter": 1, "motif": "RBP1", "q_value": 0.04}
    extra = {"isolated": [[None, None], [0.5, -0.25]], "sites": {"1": 1200}, "matches": [match]}
    group(extra)
    silent, second = rows(filters_table([]))
    assert (silent["Filter"], silent["a"].text, silent["Best match"]) == ("filter 1", "", "")
    assert (second["a"].key, second["b"].key, second["Sites"].text) == (0.5, -0.25, "1,200")
    assert (second["Best match"], second["q"].key, second["Data"]) == ("RBP1", 0.04, "partial data")
