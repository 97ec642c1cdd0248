"""Where attention lies along a transcript."""

from __future__ import annotations

import numpy as np
import pytest

from reproductions.rnatracker.attention import attention_summary, step_centres
from reproductions.rnatracker.experiments import SETTINGS


def test_steps_of_the_fixed_length_are_centred_on_what_they_see():
    settings = SETTINGS.resolve("code", "full", "fixed-length")
    centres = step_centres(440, settings)
    assert centres[0] == 22 and centres[-1] == 22 + 9 * 439 < 4000
    whole = SETTINGS.resolve("code", "full", "full-length")
    assert np.diff(step_centres(5, whole)).tolist() == [81] * 4


def test_attention_on_the_last_steps_lies_at_the_three_prime_end():
    settings = SETTINGS.resolve("code", "full", "fixed-length")
    weights = np.zeros((2, 440))
    weights[0, -1] = 1
    weights[1, 0] = 1
    read = np.full(2, 4000)
    names = np.array(["cytosol", "nuclear"])
    found = attention_summary(weights, read, np.array([3000, 200]), names, settings)
    assert found["three_prime"] == [1, 0]
    assert found["even"] == pytest.approx([400 / 3000, 1], abs=1e-5)
    assert found["profiles"]["cytosol"][0] == 1 and found["profiles"]["nuclear"][-1] == 1
