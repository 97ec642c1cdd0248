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
    scores = stretch_scores([[(0, 5), (8, 9)], [(1, 2)]], [[(4, 6), (20, 30)], []])
    assert scores == {"precision": 1 / 3, "recall": 1 / 2, "found": 3, "planted": 2}


def test_nothing_found_has_no_precision():
    scores = stretch_scores([[]], [[(1, 2)]])
    assert np.isnan(scores["precision"]) and scores["recall"] == 0
