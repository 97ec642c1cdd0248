"""Titles of the report's figures, without drawing them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from common.harness.groups import RunGroup
from common.harness.record import Record
from common.harness.run_key import RunKey
from reproductions.deeploc import report_figures
from reproductions.deeploc.report_data import TEST_LABELS


@pytest.fixture
def drawn(monkeypatch, tmp_path):
    """Every figure in place of its files."""
    found = []

    def keep(figure, folder, name):
        found.append(figure)
        return [tmp_path / f"{name}.png"]

    monkeypatch.setattr(report_figures, "save_figure", keep)
    return found


def record(profile: str, data: str, **extra: str) -> Record:
    content = {"data_variant": data, "extra": extra}
    one = Record(RunKey(profile, "deeploc", "report", "paper", 1), Path("r.json"), content)
    shares = pd.DataFrame(np.eye(len(TEST_LABELS)), columns=list(TEST_LABELS))
    several = shares.join(shares.add_prefix("truth:"))
    one.__dict__["predictions"] = several
    one.__dict__["tables"] = {"": several, "argmax": shares.assign(truth=TEST_LABELS)}
    return one


@pytest.mark.parametrize(("profile", "data"), [("smoke", "simulated"), ("full", "exact")])
def test_titles_name_profile_and_data(drawn, tmp_path, profile, data):
    report_figures.draw_cells(record(profile, data), tmp_path)
    report_figures.draw_matrices(record(profile, data), tmp_path)
    cells, matrix = drawn
    about = f"({profile} run on {data} data)"
    assert cells.get_suptitle() == f"The report's network on 8 proteins {about}"
    assert matrix.axes[0].get_title() == f"First true and most likely location {about}"


def test_a_title_says_that_training_was_ended_early(drawn, tmp_path):
    report_figures.draw_cells(record("full", "exact", cut_short="4 of at most 50 epochs"), tmp_path)
    assert drawn[0].get_suptitle().endswith("(full run, cut short, on exact data)")


def test_each_ablation_names_its_runs(drawn, tmp_path):
    row = {"title": "focal loss", "metric": "f1_macro", "difference": 0.1, "low": 0, "high": 0.2}
    shortened = RunGroup({1: (record("smoke", "simulated"),)})
    cut = RunGroup({1: (record("full", "exact", cut_short="4 of at most 50 epochs"),)})
    table = pd.DataFrame(
        [{**row, "groups": (shortened, shortened)}, {**row, "groups": (cut, shortened)}]
    )
    report_figures.draw_ablations(table, tmp_path)
    labels = [label.get_text() for label in drawn[0].axes[0].get_yticklabels()]
    assert labels == [
        "focal loss\nf1_macro, smoke run on simulated data",
        "focal loss\nf1_macro, full run, cut short, on exact data / smoke run on simulated data",
    ]
