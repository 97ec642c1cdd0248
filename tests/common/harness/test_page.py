"""Numbers as the page shows them."""

import dataclasses
import math

import pytest

from common.harness.cells import duration
from common.harness.compare import Row
from common.harness.groups import choose_group
from common.harness.page import OTHER, counts_of, lines_of, run_of, value_text
from common.harness.record import read_records
from common.harness.tables import as_table

ROW = Row(
    *("toy", "Table 1", "LA", "setHARD", "accuracy", "percent", 65.1, 0.4, "sd"),
    reproduced=64.2,
    seed_sd=0.5,
    bootstrap_low=60.25,
    bootstrap_high=68.15,
    difference=-0.9,
    ci_low=-2.5,
    ci_high=0.7,
    margin=2.0,
    n_seeds=3,
    n_test=2768,
    verdict="inconclusive",
    data="exact",
    profile="full",
    variant="paper",
)


def line_of(**changes):
    return lines_of(as_table([dataclasses.replace(ROW, **changes)], Row), ["run"])[0]


def test_texts():
    line = line_of()
    texts = {name: cell.text for name, cell in line.cells.items()}
    assert texts == {
        "reported": "65.10 ± 0.40",
        "reproduced": "64.20",
        "seed_sd": "0.50",
        "bootstrap": "60.25 … 68.15",
        "sampling_se": "",
        "difference": "−0.90",
        "ci": "−2.50 … 0.70",
        "margin": "2.00",
        "n_seeds": "3",
        "n_test": "2,768",
    }
    assert (line.where, line.metric, line.run) == (
        "LA · setHARD",
        "accuracy (percent), ± sd",
        "run",
    )


def test_sort_keys_are_numbers_or_absent():
    cells = line_of().cells
    assert cells["difference"].key == -0.9
    assert cells["ci"].key == pytest.approx(3.2)
    assert cells["sampling_se"].key is None


@pytest.mark.parametrize(
    ("difference", "unit", "text"),
    [(0.0123, "", "+0.012"), (-0.0001, "", "0.000"), (-3.0, "percent", "−3.00")],
)
def test_signs(difference, unit, text):
    changes = {"difference": difference, "unit": unit, "reported": 0.6, "reported_spread": math.nan}
    assert line_of(**changes).cells["difference"].text == text


def test_counts_are_whole_in_the_paper():
    cells = line_of(metric="proteins", unit="", reported=26.0, reported_spread=math.nan).cells
    assert (cells["reported"].text, cells["reproduced"].text) == ("26", "64.2")


def test_sizes_of_data_sets_are_whole():
    cells = line_of(metric="count", unit="", reported=99.0, reproduced=98.0, difference=-1.0).cells
    assert [cells[name].text for name in ("reproduced", "difference")] == ["98", "−1"]


def test_a_number_that_follows_from_the_data_is_no_score():
    assert line_of().part == "scores"
    assert line_of(source="Derived from the sets").part == "derived numbers"
    assert line_of(source="Derived", metric="count", unit="").part == "derived numbers"


@pytest.mark.parametrize(
    ("data", "profile"),
    [("partial data", "full"), ("stand-in", "full"), ("simulated", "full"), ("exact", "quick")],
)
def test_shortened_runs_and_other_data_are_counted_apart(data, profile):
    lines = [
        line_of(verdict="equivalent"),
        line_of(verdict="equivalent", data="reconstructed"),
        line_of(verdict="equivalent", data=data, profile=profile),
        line_of(verdict="not attempted", data=""),
    ]
    counts = counts_of(lines)
    assert (counts["equivalent"], counts[OTHER], counts["not attempted"]) == (2, 1, 1)
    assert not lines[2].is_reproduction


def test_provenance_of_a_group(run, results):
    run(1, seconds=600.0)
    run(2, seconds=4000.0, provenance={"dirty": True})
    group = choose_group(read_records(results), "a", "paper")
    shown = run_of(group, "anchor")
    facts = dict(shown.facts)
    assert facts["Seeds"] == "1, 2"
    assert facts["Data"] == "exact; SHA-256 toy.fasta abababababab"
    assert facts["Commit"] == "0123456789; 0123456789 with uncommitted changes"
    assert facts["Time a run"] == "10 min to 67 min"
    assert facts["Versions"] == "python 3.11.7, tensorflow 2.21.0"
    assert facts["Peak memory"] == "1.5 GB"
    assert facts["Padding"] == "4.0%"
    assert facts["Parameters"] == "1,234"
    assert "Left out" not in facts
    assert shown.commands[1] == (
        "reproduce run toy/a --variant paper --seed 2 --fold 0 --profile full"
    )


@pytest.mark.parametrize(
    ("seconds", "text"), [(4.4, "4 s"), (600, "10 min"), (6060, "1 h 41 min"), (7200, "2 h 00 min")]
)
def test_durations(seconds, text):
    assert duration(seconds) == text


def test_values_of_settings():
    assert value_text([1, 3, True]) == "1, 3, yes"
    assert value_text(0.5) == "0.5"
    assert value_text("") == "empty"


def test_a_run_that_is_not_the_whole_of_what_is_declared_is_no_reproduction():
    assert line_of(verdict="equivalent").is_reproduction
    assert not line_of(verdict="equivalent", shortfall="3 of 10 folds").is_reproduction
