"""Which simulated transcripts are scored, and the claims and tables of their scores."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from common.harness.claims import Measured, verdict
from common.harness.targets import NotAttempted
from reproductions.rnatracker import planted_tables
from reproductions.rnatracker.planted import first_with_elements
from reproductions.rnatracker.planted_tables import found_above_chance

NONE: list = []
ONE = [("C-rich element", 5, 15)]


@pytest.mark.parametrize(("most", "kept"), [(0, 6), (1, 2), (2, 4), (3, 5), (4, 6)])
def test_transcripts_without_an_element_are_scored_among_those_with_one(most, kept):
    frame = pd.DataFrame({"signals": [NONE, ONE, NONE, ONE, ONE, NONE]})
    assert first_with_elements(frame, most).index.tolist() == list(range(kept))


def scored(auc: float, low: float, high: float) -> dict:
    top = [{"share": 0.02, "precision": 0.3, "recall": 0.1, "chance": 0.05}]
    row = {"cutoff": 0.01, "precision": None, "recall": 0.0, "found": 0, "planted": 7}
    return {
        "transcripts": 40,
        "scan": {"auc": auc, "low": low, "high": high, "top": top},
        "zipcodes": [row],
    }


@pytest.fixture
def group(monkeypatch):
    """Makes the group of runs that is chosen, of these scores."""

    def choose(*planted: dict) -> None:
        records = [SimpleNamespace(content={"extra": {"planted": one}}) for one in planted]
        made = SimpleNamespace(
            records=records, data="simulated", profile="quick", name="planted/code/quick"
        )
        monkeypatch.setattr(planted_tables, "choose_group", lambda *_: made if planted else None)

    return choose


@pytest.mark.parametrize(
    ("auc", "low", "high", "said"),
    [(0.7, 0.6, 0.8, "holds"), (0.52, 0.4, 0.6, "undecided"), (0.4, 0.3, 0.45, "does not hold")],
)
def test_an_area_is_held_against_one_half(group, auc, low, high, said):
    group(scored(auc, low, high))
    found = found_above_chance("scan")([])
    assert isinstance(found, Measured)
    ends = found.difference, found.low, found.high
    assert ends == pytest.approx((auc - 0.5, low - 0.5, high - 0.5))
    assert verdict(found.low, found.high) == said and found.data == "simulated"


def test_seeds_that_differ_widen_the_interval(group):
    group(*(scored(auc, auc - 0.05, auc + 0.05) for auc in (0.55, 0.65, 0.75)))
    found = found_above_chance("scan")([])
    assert found.n_seeds == 3 and found.difference == pytest.approx(0.15)
    assert found.low < 0.1


def test_no_run_and_no_such_explanation_are_not_attempted(group):
    group()
    assert isinstance(found_above_chance("scan")([]), NotAttempted)
    group(scored(0.7, 0.6, 0.8))
    missing = found_above_chance("attention")([])
    assert isinstance(missing, NotAttempted) and "attention" in missing.reason


def test_tables_say_which_data_they_are_of(group):
    group(scored(0.7, 0.6, 0.8))
    nucleotides, stretches = planted_tables.planted_tables([])
    for table in (nucleotides, stretches):
        (row,) = (dict(zip(table.columns, row, strict=True)) for row in table.rows)
        assert (row["Data"], row["Profile"]) == ("simulated", "quick")
    shown = dict(zip(stretches.columns, stretches.rows[0], strict=True))
    assert (shown["Precision"].text, shown["Planted"].key, shown["Covered"].text) == ("", 7, "")
