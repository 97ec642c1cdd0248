"""Tables of predictions and the metrics that a record holds of them."""

import numpy as np
import pytest

from common.harness.outcome import prediction_table, scores

LABELS = ("ER", "Golgi")


def test_one_label_an_example():
    table = prediction_table(
        ["a", "b"], ["ER", "Golgi"], np.array([[0.9, 0.1], [0.8, 0.2]]), LABELS
    )
    assert list(table.columns) == ["id", "truth", "ER", "Golgi"]
    found = scores(table)
    assert found["accuracy"] == 0.5
    assert found["f1:ER"] == pytest.approx(2 / 3)
    assert set(found) == {"accuracy", "mcc", "f1_weighted", "f1:ER", "f1:Golgi"}


def test_several_labels_an_example():
    truth = np.array([[1, 1], [0, 1], [1, 0]])
    table = prediction_table(["a", "b", "c"], truth, np.array([[0.9, 0.2]] * 3), LABELS)
    assert list(table.columns) == ["id", "truth:ER", "truth:Golgi", "ER", "Golgi"]
    found = scores(table, "HPA")
    assert found["HPA/f1_micro"] == pytest.approx(2 * 2 / (2 * 2 + 1 + 2))
    assert found["HPA/accuracy"] == pytest.approx(1 / 3)
    assert all(name.startswith("HPA/") for name in found)


def test_fractions():
    truth = np.array([[0.2, 0.8], [0.5, 0.5], [0.9, 0.1]])
    found = scores(prediction_table(["a", "b", "c"], truth, truth[:, ::-1], LABELS))
    assert found["pearson:ER"] == pytest.approx(-1)
    assert set(found) == {"kl", "pearson:ER", "pearson:Golgi"}
