"""The temperature of a network's probabilities, and what it does to their calibration."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from common.harness.scores import SeedScores
from common.harness.tasks import MultiLabel, SingleLabel
from common.metrics.calibration import (
    expected_calibration_error,
    fit_temperature,
    scale_probabilities,
)

HALVES = "each half with the other's temperature"


@dataclass(frozen=True)
class Calibration:
    """Probabilities of the best label before and after scaling, on examples that did not choose it.

    Parameters
    ----------
    temperature : float
        The released one.
    before, after : (n, k) float64
        Probabilities; of several labels an example, yes and no for each.
    truth : (n,) int
        Position of each true label.
    examples : int
        Sequences among the rows.
    on : str
        Where the temperature comes from, and where the errors were measured.
    """

    temperature: float
    before: np.ndarray
    after: np.ndarray
    truth: np.ndarray
    examples: int
    on: str

    def summary(self) -> dict[str, Any]:
        """What a card keeps: both expected calibration errors have 15 bins."""
        return {
            "temperature": round(self.temperature, 4),
            "ece_before": round(expected_calibration_error(self.before, self.truth), 4),
            "ece_after": round(expected_calibration_error(self.after, self.truth), 4),
            "examples": self.examples,
            "on": self.on,
        }


def calibrate(
    test: SeedScores, validation: SeedScores | None = None, *, name: str = "test examples"
) -> Calibration | None:
    """Fit the temperature of some predictions.

    Parameters
    ----------
    test : SeedScores
        On which the errors are measured.
    validation : SeedScores, optional
        On which the temperature is fitted. Without it the released temperature is that of all test
        examples, and the error after scaling that of each half at the temperature of the other.
    name : str
        What the test examples are.

    Returns
    -------
    Calibration or None
        None for fractions, which are no probabilities of a label.
    """
    found = _questions(test)
    if found is None:
        return None
    rows, truth, ids = found
    if validation is not None:
        own = _questions(validation)
        if own is None:
            return None
        temperature = fit_temperature(own[0], own[1])
        after = scale_probabilities(rows, temperature)
        on = f"temperature from {validation.n:,} validation examples, errors on the {name}"
    else:
        temperature, after = fit_temperature(rows, truth), _crossed(rows, truth, ids)
        on = f"{name}, {HALVES}"
    return Calibration(temperature, rows, after, truth, test.n, on)


def _crossed(rows: np.ndarray, truth: np.ndarray, ids: Sequence[str]) -> np.ndarray:
    """Each half, told apart by the ids, at the temperature of the other."""
    after = np.empty_like(rows)
    half = np.array([hashlib.sha256(name.encode()).digest()[0] % 2 for name in ids])
    for side in (0, 1):
        other = half != side if (half != side).any() else half == side
        after[half == side] = scale_probabilities(
            rows[half == side], fit_temperature(rows[other], truth[other])
        )
    return after


def _questions(scores: SeedScores) -> tuple[np.ndarray, np.ndarray, list[str]] | None:
    """Probabilities, positions of the true label and ids; of several labels a yes or no each."""
    if isinstance(scores.task, SingleLabel):
        return scores.predicted, scores.truth, list(scores.ids)
    if not isinstance(scores.task, MultiLabel):
        return None
    yes = scores.predicted.ravel()
    ids = [name for name in scores.ids for _ in scores.labels]
    return np.stack([yes, 1 - yes], axis=1), 1 - scores.truth.ravel().astype(int), ids
