"""Claims that are no plain ordering: falling to setHARD, and staying within a margin."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from common.harness.claims import evaluate_claims
from common.harness.record import RunKey, RunResult, write_record
from reproductions.light_attention.claims import CLAIMS
from reproductions.light_attention.data import LOCATIONS
from reproductions.light_attention.experiments import EXPERIMENTS, PAPER

NAME = "light_attention"
SAME = "la-bfloat16-unirep64 within 2 points of la-unirep64 on setDeepLoc"
N, NONE = 2000, np.array([], int)


def predictions(wrong: np.ndarray, n: int = N) -> pd.DataFrame:
    """Proteins whose locations take turns; those in `wrong` are taken for the next location."""
    truth = np.arange(n) % len(LOCATIONS)
    guessed = (truth + np.isin(np.arange(n), wrong)) % len(LOCATIONS)
    table = pd.DataFrame(np.eye(len(LOCATIONS))[guessed], columns=list(LOCATIONS))
    return table.assign(id=[f"P{place}" for place in range(n)], truth=np.array(LOCATIONS)[truth])


@pytest.fixture
def run(tmp_path):
    """Write a full run: `run(experiment, seed, wrong)`, the places of its wrong answers."""

    def write(
        experiment: str,
        seed: int,
        wrong: np.ndarray,
        hard: np.ndarray = NONE,
        variant: str = "paper",
    ):
        key = RunKey("full", NAME, experiment, variant, seed)
        table = predictions(wrong)
        further = {"setHARD": predictions(hard, 490)}
        result = RunResult({}, table, N, N, "reconstructed", {}, 1000, tables=further)
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


@pytest.mark.parametrize(
    ("hard", "verdict"), [(200, "holds"), (147, "undecided"), (60, "does not hold")]
)
@pytest.mark.parametrize(
    ("name", "variant"), [("ffn-unirep1900", "paper"), ("la-prott5-u50", "code")]
)
def test_a_fall_is_the_difference_between_the_two_sets(run, tmp_path, name, variant, hard, verdict):
    """30 % wrong on setDeepLoc, and 147 of 490 would be as many on setHARD."""
    for seed in (1, 2, 3):
        run(name, seed, np.arange(600), np.arange(hard), variant)
    row = claim(tmp_path, f"{name} falls from setDeepLoc to setHARD")
    assert row["difference"] == pytest.approx(hard / 490 - 0.3)
    assert row["verdict"] == verdict


def test_every_embedder_of_tables_1_and_2_has_its_orderings_and_its_falls():
    names = {one.name for one in CLAIMS}
    assert len(names) == len(CLAIMS)
    for model in ("unirep64", "unirep256", "unirep1900", "protbert", "prott5"):
        for table in ("setDeepLoc", "setHARD"):
            assert f"la-{model} above ffn-{model} on {table}" in names
        for head in ("at", "ffn", "la"):
            assert f"{head}-{model} falls from setDeepLoc to setHARD" in names
    later = [one for one in CLAIMS if "u50" in one.name and not one.measure]
    assert [one.variant for one in later] == ["code", "code"]


def test_claims_are_about_experiments_that_there_are():
    known = {one.name: one for one in EXPERIMENTS}
    for one in CLAIMS:
        if one.measure is None:
            for name in (one.better, one.worse):
                assert one.variant in known[name].variants_of("full"), name
