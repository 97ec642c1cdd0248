"""The sampler of the random search."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from reproductions.light_attention.experiments import PAPER
from reproductions.light_attention.search import (
    CHANNELS,
    FFN_UNITS,
    FILTER_SIZES,
    LEARNING_RATES,
    draw_settings,
    search_table,
)


def test_draws_lie_in_the_papers_spaces_and_repeat_by_seed():
    draws = [draw_settings("la", seed) for seed in range(300)]
    assert draws[7] == draw_settings("la", 7)
    rates = np.array([draw["learning_rate"] for draw in draws])
    assert rates.min() >= LEARNING_RATES[0] * 0.99 and rates.max() <= LEARNING_RATES[1] * 1.01
    assert 0.4 < (rates < np.sqrt(np.prod(LEARNING_RATES))).mean() < 0.6
    assert {size for draw in draws for size in draw["kernel_sizes"]} == set(FILTER_SIZES)
    single = [draw for draw in draws if len(draw["kernel_sizes"]) == 1]
    assert 0.65 < len(single) / len(draws) < 0.85
    assert {draw["channels"] for draw in single} == set(CHANNELS)


def test_two_filter_sizes_share_the_channels():
    several = [
        d for d in (draw_settings("la", s) for s in range(100)) if len(d["kernel_sizes"]) > 1
    ]
    assert {2 * draw["channels"] for draw in several} <= set(CHANNELS)


def test_two_filter_sizes_are_shown_with_the_d_out_that_was_drawn():
    shown = []
    for seed in range(20):
        drawn = draw_settings("la", seed)
        content = {"extra": {"drawn": drawn, "val_accuracy": 0, "val_loss": 0}, "n_parameters": 1}
        key = SimpleNamespace(experiment="search-la", profile="full", seed=seed)
        record = SimpleNamespace(key=key, content=content, metrics={"accuracy": 0})
        shown.append(search_table([record]).iloc[0])
    assert {row["d_out"] for row in shown} <= set(CHANNELS)
    assert {row["d_out"] // row["channels"] for row in shown} == {1, 2}


def test_draws_of_the_ffn_have_its_widths():
    draws = [draw_settings("ffn", seed) for seed in range(100)]
    assert {draw["hidden_units"] for draw in draws} == set(FFN_UNITS)
    assert all(set(draw) == {"learning_rate", "hidden_units"} for draw in draws)


def test_draws_are_values_of_the_settings():
    for network, experiment in (("la", "search-la"), ("ffn", "search-ffn")):
        resolved = PAPER.settings.resolve("paper", "full", experiment, draw_settings(network, 3))
        assert resolved["network"] == network
