"""The table: what becomes an input, the split, and the simulated stand-in."""

from __future__ import annotations

import pandas as pd
import pytest

from common.errors import DataError, UsageError
from common.harness.reported import read_reported
from common.paths import mirror_folder
from reproductions.sonderby import data

needs_mirror = pytest.mark.skipif(mirror_folder() is None, reason="the real data are not here")


def test_test_counts_are_the_row_sums_of_table_2():
    rows = [
        r for r in read_reported(data.SPLIT_FILE.with_name("reported.csv")) if r.source == "Table 2"
    ]
    totals = pd.Series([r.value for r in rows], [r.row.removeprefix("true ") for r in rows])
    assert totals.groupby(level=0).sum().to_dict() == data.TEST_COUNTS
    assert sum(data.TEST_COUNTS.values()) == 1192


@pytest.mark.mirror
@needs_mirror
def test_multiloc_is_whole_and_split_as_the_paper_says():
    table = data.load_multiloc()
    assert table.variant == "exact"
    assert len(table.frame) == 5959
    assert table.frame["split"].value_counts().to_dict() == {"train": 4767, "test": 1192}
    test = table.frame[table.frame["split"] == "test"]
    assert test["location"].value_counts().to_dict() == data.TEST_COUNTS
    assert len(table.sha256) == 11


@pytest.mark.mirror
@needs_mirror
def test_signal_fields_of_the_headers_never_become_inputs():
    table = data.load_multiloc()
    assert list(table.frame.columns) == ["id", "sequence", "location", "split"]
    assert table.frame["id"].str.fullmatch(r"\S+").all()
    assert not table.frame["sequence"].str.contains(r"[^A-Z]").any()


def test_simulated_table_has_the_same_form():
    table = data.load_table("simulated", n=110)
    assert table.variant == "simulated"
    assert set(table.frame["location"]) == set(data.LOCATIONS)
    assert set(table.frame["split"]) == {"train", "test"}
    assert {"id", "sequence", "signals"} <= set(table.frame)


def test_simulation_stands_in_only_where_it_may(monkeypatch, tmp_path):
    monkeypatch.setenv("REPRODUCE_MIRROR", "")
    monkeypatch.setenv("REPRODUCE_DATA", str(tmp_path))
    assert data.load_table("multiloc", n=110, simulate=True).variant == "simulated"
    with pytest.raises(DataError, match="REPRODUCE_MIRROR"):
        data.load_table("multiloc", n=110)


def test_unknown_table_is_refused():
    with pytest.raises(UsageError, match="multiloc or simulated"):
        data.load_table("multilog", n=1)


def test_targets_are_the_places_of_the_columns_that_predictions_have():
    """Networks are trained on numbers, predictions are named by `LOCATIONS`: one order for both."""
    from reproductions.sonderby.training import make_examples

    frame = pd.DataFrame({"id": data.LOCATIONS, "sequence": "MKT", "location": data.LOCATIONS})
    examples = make_examples(frame, {"max_length": 10})
    assert [data.LOCATIONS[place] for place in examples.targets] == list(examples.ids)
