"""The sampler of the random search."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from common.errors import DataError
from common.harness.groups import check_alike
from common.harness.record import Record
from common.harness.run_key import RunKey
from common.harness.shortfall import other_settings
from reproductions.light_attention.experiments import PAPER
from reproductions.light_attention.search import (
    CHANNELS,
    FFN_UNITS,
    FILTER_SIZES,
    LEARNING_RATES,
    draw_settings,
    fullest_draws,
    kept_scores,
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
        extra = {"drawn": drawn, "best_epoch": 1, "val_accuracy": 0, "val_loss": 0}
        content = {"extra": extra, "n_parameters": 1}
        key = SimpleNamespace(experiment="search-la", profile="full", seed=seed)
        record = SimpleNamespace(key=key, content=content, metrics={"accuracy": 0})
        shown.append(search_table([record]).iloc[0])
    assert {row["d_out"] for row in shown} <= set(CHANNELS)
    assert {row["d_out"] // row["channels"] for row in shown} == {1, 2}


def test_draws_of_the_ffn_have_its_widths():
    draws = [draw_settings("ffn", seed) for seed in range(100)]
    assert {draw["hidden_units"] for draw in draws} == set(FFN_UNITS)
    assert all(set(draw) == {"learning_rate", "hidden_units"} for draw in draws)


def record_of(seed: int, profile: str = "full", **changes) -> Record:
    """A draw's record without its files."""
    key = RunKey(profile, "light_attention", "search-la", "paper", seed)
    settings = PAPER.experiment("search-la").resolve(PAPER.settings, key) | changes
    drawn = {name: settings[name] for name in draw_settings("la", seed)}
    extra = {"drawn": drawn, "best_epoch": 2, "val_accuracy": 0.5, "val_loss": 1.0}
    content = {"settings": settings, "extra": extra, "data_sha256": {}}
    return Record(key, Path(f"seed{seed}.json"), content)


def test_each_seed_has_the_settings_that_it_draws_and_a_user_has_the_last_word():
    experiment = PAPER.experiment("search-la")
    for seed in (1, 2):
        key = RunKey("full", "light_attention", "search-la", "paper", seed)
        plain = PAPER.settings.resolve("paper", "full", "search-la")
        assert experiment.resolve(PAPER.settings, key) == plain | draw_settings("la", seed)
        mine = experiment.resolve(PAPER.settings, key, {"learning_rate": 0.5})
        assert mine == plain | draw_settings("la", seed) | {"learning_rate": 0.5}


def test_draws_differ_in_what_they_drew_and_in_nothing_else():
    check_alike([record_of(1), record_of(2)])
    assert other_settings(PAPER.settings, record_of(1)) == []
    with pytest.raises(DataError, match="differs from seed1-fold0 in epochs"):
        check_alike([record_of(1), record_of(2, epochs=7)])
    assert other_settings(PAPER.settings, record_of(1, epochs=7)) == ["epochs"]


def test_scores_are_those_of_the_epoch_that_is_kept():
    history = pd.DataFrame(
        {"epoch": [1, 2, 3], "val_accuracy": [0.4, 0.5, 0.6], "val_loss": [1.2, 1.0, 1.1]}
    )
    assert kept_scores(history, 2) == {"val_accuracy": 0.5, "val_loss": 1.0}


def test_draws_of_the_fullest_profile_are_shown():
    mixed = [record_of(1, "smoke"), record_of(2), record_of(3)]
    assert [one.key.seed for one in fullest_draws(mixed)] == [2, 3]
    assert [one.key.seed for one in fullest_draws(mixed[:1])] == [1]
    assert fullest_draws([]) == []


def test_draws_are_values_of_the_settings():
    for network, experiment in (("la", "search-la"), ("ffn", "search-ffn")):
        resolved = PAPER.settings.resolve("paper", "full", experiment, draw_settings(network, 3))
        assert resolved["network"] == network
