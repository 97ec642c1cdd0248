"""Losses: what is unknown has no part, weights and focus do what their formulas say."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from reproductions.deeploc.losses import MultiLabelCrossentropy, known_crossentropy
from reproductions.deeploc.report_model import balanced_weights


def test_unknown_labels_have_no_part_in_the_mean():
    truth = np.array([1.0, -1.0, 0.0, -1.0], "float32")
    predicted = np.array([[0.8], [0.01], [0.3], [0.99]], "float32")
    found = ops.convert_to_numpy(known_crossentropy(truth, ops.convert_to_tensor(predicted)))
    expected = -(np.log(0.8) + np.log(0.7)) / 2
    assert found.mean() == pytest.approx(expected, abs=1e-6)
    assert found[1] == found[3] == 0


def test_a_batch_of_unknown_labels_has_no_loss():
    predicted = ops.convert_to_tensor(np.full((3, 1), 0.7, "float32"))
    found = known_crossentropy(np.full(3, -1.0, "float32"), predicted)
    assert ops.convert_to_numpy(found).tolist() == [0, 0, 0]


@pytest.mark.parametrize("focus", [0.0, 2.0])
@pytest.mark.parametrize("weights", [None, [3.0, 0.5]])
def test_multi_label_loss_is_its_formula(focus, weights):
    truth = np.array([[1, 0], [0, 1], [1, 1]], "float32")
    predicted = np.array([[0.9, 0.2], [0.4, 0.6], [0.3, 0.1]], "float32")
    p = np.where(truth > 0, predicted, 1 - predicted).astype("float64")
    each = -np.log(p) * (1 - p) ** focus
    if weights is not None:
        each = np.where(truth > 0, each * np.array(weights), each)
    loss = MultiLabelCrossentropy(weights, focus)
    found = float(loss(ops.convert_to_tensor(truth), ops.convert_to_tensor(predicted)))
    assert found == pytest.approx(each.mean(), abs=1e-6)
    assert MultiLabelCrossentropy.from_config(loss.get_config()).get_config() == loss.get_config()


@pytest.mark.parametrize(("weight", "best"), [(1.0, 0.2), (4.0, 0.5), (36.0, 0.9)])
def test_a_weight_moves_the_best_answer_to_a_rare_label(weight, best):
    """A label of share s is best answered by w s / (w s + 1 - s): one half if s = 1 / (1 + w)."""
    truth = np.array([[1.0]] * 2 + [[0.0]] * 8, "float32")
    answers = np.linspace(0.05, 0.95, 19, dtype="float32")
    loss = MultiLabelCrossentropy([weight])
    losses = [float(loss(truth, np.full((10, 1), answer, "float32"))) for answer in answers]
    assert answers[np.argmin(losses)] == pytest.approx(best)


def test_sure_and_wrong_is_finite():
    loss = MultiLabelCrossentropy(focus=2.0)
    assert np.isfinite(float(loss(np.ones((1, 2), "float32"), np.zeros((1, 2), "float32"))))


def test_rare_locations_weigh_more_and_the_commonest_one():
    labels = np.zeros((10_000, 3))
    labels[:9000, 0], labels[:300, 1] = 1, 1
    common, rare, absent = balanced_weights(labels)
    assert common == 1 < rare < absent
    assert rare / common == pytest.approx((1 - 0.9999**9000) / (1 - 0.9999**300))
