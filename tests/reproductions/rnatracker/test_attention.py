"""Where attention lies along a transcript."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from reproductions.rnatracker import attention
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
    assert found["chance"] == pytest.approx([42 / 440] * 2, abs=1e-5)
    masked = SETTINGS.resolve("best", "full", "fixed-length")
    assert (
        attention_summary(weights, read, np.array([3000, 200]), names, masked)["chance"]
        == (found["even"])
    )
    assert found["profiles"]["cytosol"][0] == 1 and found["profiles"]["nuclear"][-1] == 1


def group_of(*shares: list[float], even: float = 0.2) -> SimpleNamespace:
    """Runs with the share of the attention at the 3' end, one list a fold."""
    found = [
        {"three_prime": one, "even": [even] * len(one), "chance": [0.1] * len(one)}
        for one in shares
    ]
    records = [SimpleNamespace(content={"extra": {"attention": one}}) for one in found]
    return SimpleNamespace(records=records, seeds={1: ()})


def claimed(monkeypatch, group):
    monkeypatch.setattr(attention, "choose_group", lambda *_: group)
    return attention.three_prime_claim([])


def test_attention_at_the_end_is_held_against_one_half(monkeypatch):
    found = claimed(monkeypatch, group_of([0.9, 0.8, 0.7], [0.9, 0.7]))
    assert found.difference == pytest.approx(0.3)
    assert 0 < found.low < 0.3 < found.high
    assert "80.0% of the weight of 5 transcripts" in found.detail and "10.0%" in found.detail
    below = claimed(monkeypatch, group_of([0.1, 0.3, 0.2]))
    assert below.difference == pytest.approx(-0.3) and below.high < 0


def test_transcripts_that_end_soon_anyway_do_not_count(monkeypatch):
    group = group_of([0.9, 0.1])
    group.records[0].content["extra"]["attention"]["even"] = [0.6, 0.2]
    found = claimed(monkeypatch, group)
    assert found.difference == pytest.approx(-0.4)
    short = claimed(monkeypatch, group_of([0.9], even=0.5))
    assert "more than 800 nucleotides" in short.reason


def test_without_a_run_the_claim_is_not_attempted(monkeypatch):
    assert "fixed-length" in claimed(monkeypatch, None).command
