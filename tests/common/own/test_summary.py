"""Figures and page of a study."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from common.harness.scores import SeedScores
from common.own.summary import draw_figures

LABELS = ("$_$", "$^$")


def predictions(task: str) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    shares = rng.dirichlet([1, 1], 12)
    table = pd.DataFrame(shares, columns=list(LABELS))
    table.insert(0, "id", [f"P{n}" for n in range(12)])
    if task == "single":
        return table.assign(truth=rng.choice(LABELS, 12))
    truth = rng.dirichlet([1, 1], 12) if task == "distribution" else rng.integers(0, 2, (12, 2))
    return table.join(pd.DataFrame(truth, columns=[f"truth:{name}" for name in LABELS]))


@pytest.mark.parametrize("task", ["single", "several", "distribution"])
def test_dollars_in_labels_are_no_formula(task, tmp_path):
    drawn = draw_figures(SeedScores.from_tables([predictions(task)], "study"), tmp_path)
    assert len(drawn) == 2
    made = {path.name for path in (tmp_path / "figures").iterdir()}
    assert {path.rpartition("/")[2] for _, path in drawn} <= made
