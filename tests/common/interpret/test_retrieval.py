"""Precision and recall of explanations."""

from __future__ import annotations

import numpy as np
import pytest

from common.errors import DataError
from common.interpret.retrieval import stretch_scores, top_share_scores


def test_weights_on_the_element_are_right():
    weights = np.zeros(20)
    weights[5:9] = [1, 2, 3, 4]
    table = top_share_scores([weights], [[(5, 9)]], [0.1, 0.2, 0.4])
    assert table["precision"].tolist() == pytest.approx([1, 1, 0.5])
    assert table["recall"].tolist() == pytest.approx([0.5, 1, 1])
    assert table["chance"].tolist() == pytest.approx([0.2] * 3)


def test_random_weights_are_right_by_chance():
    rng = np.random.default_rng(0)
    rows = [rng.random(200) for _ in range(200)]
    table = top_share_scores(rows, [[(20, 40)]] * 200, [0.25])
    assert table.loc[0, "precision"] == pytest.approx(0.1, abs=0.01)
    assert table.loc[0, "recall"] == pytest.approx(0.25, abs=0.03)


def test_sequences_without_an_element_are_left_out():
    table = top_share_scores([np.ones(5), np.arange(5)], [[], [(4, 5)]], [0.2])
    assert table.loc[0, ["precision", "sequences"]].tolist() == [1, 1]
    with pytest.raises(DataError, match="there are none"):
        top_share_scores([np.ones(5)], [[]], [0.2])


def test_stretches_that_overlap_are_right():
    found, planted = [[(0, 5), (8, 9)], [(1, 2)]], [[(4, 6), (20, 30)], []]
    scores = stretch_scores(found, planted, [40, 10])
    assert (scores["precision"], scores["recall"]) == (1 / 3, 1 / 2)
    assert (scores["found"], scores["planted"], scores["elsewhere"]) == (3, 2, 1)
    assert scores["covered"] == pytest.approx(7 / 50)


def test_a_stretch_over_everything_is_no_better_than_chance():
    scores = stretch_scores([[(0, 60)]], [[(4, 6), (20, 30)]], [60])
    assert scores["precision"] == scores["recall"] == scores["covered"] == 1
    assert scores["chance_precision"] == scores["chance_recall"] == 1


def test_chance_is_what_stretches_at_random_places_have():
    rng = np.random.default_rng(0)
    planted = [[(4, 6), (20, 30)], [(0, 3)], []]
    lengths, sizes = [40, 25, 30], [(5, 12), (3,), (8,)]
    found = [[(0, n) for n in own] for own in sizes]
    expected = stretch_scores(found, planted, lengths)
    drawn = []
    for _ in range(4000):
        starts = [
            [rng.integers(0, length - n + 1) for n in own]
            for own, length in zip(sizes, lengths, strict=True)
        ]
        placed = [
            [(a, a + n) for a, n in zip(*pair, strict=True)]
            for pair in zip(starts, sizes, strict=True)
        ]
        scores = stretch_scores(placed, planted, lengths)
        drawn.append((scores["precision"], scores["recall"]))
    chance = expected["chance_precision"], expected["chance_recall"]
    assert chance == pytest.approx(np.mean(drawn, axis=0), abs=0.015)
    assert expected["chance_precision"] < 0.5


def test_nothing_found_has_no_precision():
    scores = stretch_scores([[]], [[(1, 2)]], [5])
    assert np.isnan(scores["precision"]) and np.isnan(scores["chance_precision"])
    assert scores["recall"] == scores["chance_recall"] == scores["covered"] == 0


def test_a_stretch_outside_its_sequence_is_refused():
    with pytest.raises(DataError, match="0..5"):
        stretch_scores([[(3, 9)]], [[(1, 2)]], [5])
