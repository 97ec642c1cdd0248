"""Claims that are no plain ordering: falling to setHARD, and staying within a margin."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from common.harness.claims import evaluate_claims
from common.harness.record import RunKey, RunResult, write_record
from reproductions.light_attention.data import LOCATIONS
from reproductions.light_attention.experiments import PAPER

NAME = "light_attention"
SAME = "la-bfloat16-unirep64 within 2 points of la-unirep64 on setDeepLoc"
N = 2000


def predictions(wrong: np.ndarray, n: int = N) -> pd.DataFrame:
    """Proteins whose locations take turns; those in `wrong` are taken for the next location."""
    truth = np.arange(n) % len(LOCATIONS)
    guessed = (truth + np.isin(np.arange(n), wrong)) % len(LOCATIONS)
    table = pd.DataFrame(np.eye(len(LOCATIONS))[guessed], columns=list(LOCATIONS))
    return table.assign(id=[f"P{place}" for place in range(n)], truth=np.array(LOCATIONS)[truth])


@pytest.fixture
def run(tmp_path):
    """Write a full run: `run(experiment, seed, wrong)`, the places of its wrong answers."""

    def write(experiment: str, seed: int, wrong: np.ndarray, hard: np.ndarray | None = None):
        key = RunKey("full", NAME, experiment, "paper", seed)
        table = predictions(wrong)
        tables = {} if hard is None else {"setHARD": predictions(hard, 490)}
        result = RunResult({}, table, N, N, "reconstructed", {}, 1000, tables=tables)
        settings = PAPER.experiment(experiment).resolve(PAPER.settings, key)
        write_record(key, result, settings, {}, tmp_path)

    return write


def claim(results, name: str):
    return evaluate_claims([PAPER], results).set_index("claim").loc[name]


@pytest.mark.parametrize(
    ("more", "verdict"),
    [((0, 4, -4), "holds"), ((35, 40, 45), "undecided"), ((100, 100, 100), "does not hold")],
)
def test_half_the_bits_must_cost_less_than_two_points(run, tmp_path, more, verdict):
    """2 points of 2,000 proteins are 40."""
    for seed in (1, 2, 3):
        run("la-unirep64", seed, np.arange(600))
        run("la-bfloat16-unirep64", seed, np.arange(600 + more[seed - 1]))
    row = claim(tmp_path, SAME)
    assert row["verdict"] == verdict
    assert row["difference"] == pytest.approx(0.02 - abs(np.mean(more)) / N)
    assert row["low"] <= row["difference"] <= row["high"] <= 0.02
    assert "paired on the same test examples" in row["detail"]


def test_a_gain_of_more_than_two_points_is_no_equality_either(run, tmp_path):
    for seed in (1, 2, 3):
        run("la-unirep64", seed, np.arange(600))
        run("la-bfloat16-unirep64", seed, np.arange(480))
    assert claim(tmp_path, SAME)["verdict"] == "does not hold"


def test_one_of_the_pair_alone_is_not_compared(run, tmp_path):
    run("la-unirep64", 1, np.arange(600))
    row = claim(tmp_path, SAME)
    assert row["verdict"] == "not attempted" and "la-bfloat16-unirep64" in row["detail"]


def test_the_pair_differs_in_its_arithmetic_alone():
    plain, half = (
        PAPER.settings.resolve("paper", "full", name)
        for name in ("la-unirep64", "la-bfloat16-unirep64")
    )
    assert half == plain | {"dtype": "mixed_bfloat16"} != plain
