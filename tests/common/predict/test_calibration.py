"""Temperatures of predictions, the errors that cards print, and the diagrams."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from common.harness.outcome import prediction_table
from common.harness.scores import SeedScores
from common.metrics.calibration import scale_probabilities
from common.predict.calibration import calibrate
from common.predict.reliability import draw_reliability

LABELS = ("a", "b", "c")


def confident(n: int, seed: int, sharpness: float = 3.0) -> SeedScores:
    """Predictions whose labels are drawn from them, made `sharpness` times too sure."""
    rng = np.random.default_rng(seed)
    honest = rng.dirichlet([1, 1, 1], n)
    truth = [LABELS[rng.choice(3, p=row)] for row in honest]
    told = scale_probabilities(honest, 1 / sharpness)
    table = prediction_table([f"P{i}" for i in range(n)], np.array(truth), told, LABELS)
    return SeedScores.from_tables([table], "made")


def fractions(n: int) -> SeedScores:
    rows = np.random.default_rng(0).dirichlet([1, 1, 1], n)
    table = prediction_table([f"P{i}" for i in range(n)], rows, rows[:, ::-1], LABELS)
    return SeedScores.from_tables([table], "made")


def test_temperature_from_validation_mends_the_test_examples():
    found = calibrate(confident(3000, 1), confident(3000, 2))
    assert found.temperature == pytest.approx(3, rel=0.1)
    told = found.summary()
    assert told["ece_before"] > 0.1
    assert told["ece_after"] < 0.03
    assert told["examples"] == 3000
    assert told["on"].startswith("temperature from 3,000 validation examples")


def test_without_validation_each_half_has_the_temperature_of_the_other():
    found = calibrate(confident(3000, 1))
    assert found.temperature == pytest.approx(3, rel=0.1)
    assert found.summary()["ece_after"] < 0.03
    ratio = np.log(found.before[:, 0] / found.before[:, 1])
    after = np.log(found.after[:, 0] / found.after[:, 1])
    some = (found.before.min(axis=1) > 1e-9) & (np.abs(after) > 0.01)
    temperatures = np.unique((ratio / after)[some].round(3))
    assert len(temperatures) == 2


def test_fractions_have_no_temperature_and_a_diagram(tmp_path):
    scores = fractions(40)
    assert calibrate(scores) is None
    paths = draw_reliability(scores, None, "title", tmp_path, "fractions")
    assert [path.name for path in paths] == ["fractions.png", "fractions.svg"]


def test_diagram_tells_both_errors(tmp_path):
    scores = confident(200, 1)
    found = calibrate(scores)
    svg = draw_reliability(scores, found, "deeploc", tmp_path, "reliability-deeploc")[1].read_text()
    assert svg.startswith("<?xml")
    for path in tmp_path.iterdir():
        assert path.stat().st_size > 5000


def test_several_labels_are_a_yes_or_no_each():
    rng = np.random.default_rng(3)
    probabilities = rng.uniform(0.05, 0.95, (400, 3))
    truth = (rng.uniform(size=probabilities.shape) < probabilities).astype(int)
    table = prediction_table([f"P{i}" for i in range(400)], truth, probabilities, LABELS)
    found = calibrate(SeedScores.from_tables([pd.DataFrame(table)], "made"))
    assert found.temperature == pytest.approx(1, abs=0.25)
    assert (found.examples, len(found.before)) == (400, 1200)
