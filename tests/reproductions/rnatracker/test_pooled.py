"""Reweighting, pooled curves and the attention's geometry."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from common.metrics.distribution import pearson
from reproductions.rnatracker.attention import attention_summary, step_centres
from reproductions.rnatracker.experiments import SETTINGS
from reproductions.rnatracker.pooled import (
    compare_curves,
    reweighted,
    sampling_errors,
    weighted_pearson,
)


def predictions(n: int = 200, noise: float = 0.1, seed: int = 0) -> pd.DataFrame:
    truth = np.random.default_rng(0).dirichlet(np.ones(2), n)
    guess = np.clip(truth + np.random.default_rng(seed).normal(0, noise, truth.shape), 0.01, 1)
    guess /= guess.sum(axis=1, keepdims=True)
    table = pd.DataFrame({"id": [f"T{i}" for i in range(n)]})
    for column, name in enumerate(("cytosol", "nuclear")):
        table[f"truth:{name}"], table[name] = truth[:, column], guess[:, column]
    return table


def test_even_weights_change_nothing():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=50), rng.normal(size=50)
    assert weighted_pearson(x, y, np.full(50, 3.0)) == pytest.approx(pearson(x, y))
    doubled = weighted_pearson(x, y, np.r_[np.full(10, 2.0), np.ones(40)])
    assert doubled == pytest.approx(pearson(np.r_[x, x[:10]], np.r_[y, y[:10]]))


def test_weights_to_ones_own_predominance_change_nothing():
    table = predictions()
    own = table[["truth:cytosol", "truth:nuclear"]].to_numpy().argmax(axis=1).mean()
    found = reweighted(table, {"cytosol": 1 - own, "nuclear": own})
    assert found["cytosol"] == pytest.approx(pearson(table["truth:cytosol"], table["cytosol"]))
    other = reweighted(table, {"cytosol": 0.9, "nuclear": 0.1})
    assert other["cytosol"] != pytest.approx(found["cytosol"], abs=1e-4)
    assert reweighted(table, {}) == {}


def test_a_less_noisy_network_has_the_higher_curve():
    test = compare_curves(predictions(noise=0.05), predictions(noise=0.6, seed=1))
    assert test.difference > 0 and test.p_value < 1e-3


def test_errors_of_the_areas_shrink_with_the_transcripts():
    few, many = (sampling_errors(predictions(n, 0.4), ["cytosol"]) for n in (100, 1600))
    assert few.keys() == {"auc:cytosol", "auc:precision-recall cytosol"}
    for name in few:
        assert few[name] / many[name] == pytest.approx(4, rel=0.4)


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
