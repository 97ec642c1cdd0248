"""Tables of the second task and of annotation transfer's confidence, on records made by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from common.harness.record import RunKey, RunResult, read_records, write_record
from reproductions.light_attention.data import LOCATIONS, MEMBRANE
from reproductions.light_attention.distance_table import by_quarter, tabulate_distances
from reproductions.light_attention.experiments import PAPER
from reproductions.light_attention.membrane_table import tabulate_membrane

NAME = "light_attention"


def table(labels: tuple[str, ...], truth: list[int], guessed: list[int]) -> pd.DataFrame:
    found = pd.DataFrame(np.eye(len(labels))[guessed], columns=list(labels))
    names = [labels[place] for place in truth]
    return found.assign(id=[f"P{n}" for n in range(len(truth))], truth=names)


@pytest.fixture
def write(tmp_path):
    """Write a full run; gives all records back."""

    def record(name: str, seed: int, first: pd.DataFrame, trained: int = 1000, **more):
        key = RunKey("full", NAME, name, "paper", seed)
        result = RunResult({}, first, len(first), len(first), "exact", {}, trained, **more)
        settings = PAPER.experiment(name).resolve(PAPER.settings, key)
        write_record(key, result, settings, {}, tmp_path)
        return read_records(tmp_path)

    return record


def test_membrane_table_has_the_methods_that_were_run_and_the_more_common_label(write):
    truth = [0, 1, 1, 1, 0, 1, 1, 1]
    write("at-membrane-unirep256", 1, table(MEMBRANE, truth, [0] * 8), 0)
    for seed, wrong in ((1, 0), (2, 2)):
        guessed = [1 - one if place < wrong else one for place, one in enumerate(truth)]
        records = write("membrane-unirep256", seed, table(MEMBRANE, truth, guessed))
    shown = tabulate_membrane(records)
    rows = {row[0]: row[1:] for row in shown.rows}
    assert list(rows) == ["majority class", "AT", "LA"]
    assert (rows["majority class"][0].text, rows["AT"][0].text) == ("75.00", "25.00")
    assert rows["LA"][0].text == "87.50 ± 17.68" and rows["LA"][3] == "2"
    assert rows["AT"][3] == "" and rows["LA"][-1] == "exact"
    assert shown.runs == [
        [],
        ["at-membrane-unirep256/paper/full"],
        ["membrane-unirep256/paper/full"],
    ]
    assert not tabulate_membrane([]).rows


def test_quarters_are_of_the_distances_and_keep_every_protein():
    distance = np.array([8.0, 1, 2, 3, 4, 5, 6, 7, 9])
    right = distance < 4.5
    found = list(by_quarter(distance, right))
    assert [part[:3] for part in found] == [(1, 3, 3), (4, 5, 2), (6, 7, 2), (8, 9, 2)]
    assert [part[3] for part in found] == [1, 0.5, 0, 0]


def test_accuracy_falls_with_the_distance_of_each_set(write):
    truth = [0, 1, 2, 3, 4, 5, 6, 7]
    near, far = truth[:4], [9] * 4
    hard = table(LOCATIONS, truth, far + truth[4:])
    distances = {
        "setDeepLoc": [float(n) for n in range(8)],
        "setHARD": [float(8 - n) for n in range(8)],
    }
    records = write(
        *("at-unirep256", 1, table(LOCATIONS, truth, near + far), 0),
        tables={"setHARD": hard},
        extra={"distance": distances},
    )
    shown = tabulate_distances(records)
    rows = [dict(zip(shown.columns, row, strict=True)) for row in shown.rows]
    for name in ("setDeepLoc", "setHARD"):
        own = [row["Accuracy"].key for row in rows if row["Test set"] == name]
        assert own == [100, 100, 0, 0]
    assert rows[0]["Distance"] == "0 … 1" and rows[0]["Proteins"].key == 2
    assert shown.runs == [["at-unirep256/paper/full"]] * 8
    assert not tabulate_distances([]).rows
