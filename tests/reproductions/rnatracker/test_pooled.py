"""All folds of a seed in one table."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd

from reproductions.rnatracker.pooled import pool, predominant, truth_of


def record(seed: int, *ids: str) -> SimpleNamespace:
    table = pd.DataFrame({"id": ids, "truth:er": 0.2, "truth:nuclear": 0.8, "er": 0.6})
    return SimpleNamespace(
        key=SimpleNamespace(seed=seed), predictions=table.assign(nuclear=0.4, seed=seed)
    )


def test_the_folds_of_the_first_seed_are_pooled_and_sorted():
    table = pool([record(2, "T1"), record(1, "T3"), record(1, "T2")])
    assert table["id"].tolist() == ["T2", "T3"] and table.index.tolist() == [0, 1]
    assert set(table["seed"]) == {1}


def test_the_predominant_fraction_is_the_observed_one():
    table = pool([record(1, "T1", "T2")]).drop(columns="seed")
    assert truth_of(table).tolist() == [[0.2, 0.8]] * 2
    assert predominant(table).tolist() == ["nuclear", "nuclear"]
