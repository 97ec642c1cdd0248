"""One filter alone, on a small convolution."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from common.interpret.isolation import isolate_filters, only_filter


@pytest.fixture()
def network():
    """A convolution whose filters 0 and 1 make the two shares; filter 2 is never heard."""
    layer = keras.layers.Conv1D(3, 2, activation="relu")
    layer.build((None, None, 4))
    rng = np.random.default_rng(0)
    layer.set_weights([rng.normal(size=(2, 4, 3)), np.array([0.1, -0.2, 0.3])])
    x = rng.normal(size=(50, 12, 4)).astype("float32")

    def predict() -> np.ndarray:
        heard = np.array(layer(x)).mean(axis=1)[:, :2] + 0.1
        return heard / heard.sum(axis=1, keepdims=True)

    return layer, predict


def test_the_others_are_silent_and_the_weights_come_back(network):
    layer, _ = network
    before = layer.get_weights()
    x = np.ones((1, 5, 4), "float32")
    whole = np.array(layer(x))
    with only_filter(layer, 1):
        alone = np.array(layer(x))
    assert not alone[..., [0, 2]].any()
    np.testing.assert_array_equal(alone[..., 1], whole[..., 1])
    for kept, now in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, now)


def test_weights_come_back_after_an_error(network):
    layer, _ = network
    before = layer.get_weights()
    with pytest.raises(KeyboardInterrupt), only_filter(layer, 0):
        raise KeyboardInterrupt
    np.testing.assert_array_equal(before[0], layer.get_weights()[0])


def test_correlations_tell_which_filter_is_heard(network):
    layer, predict = network
    table = isolate_filters(layer, predict, ["one", "two"])
    assert table.shape == (3, 2)
    assert (table.loc[[0, 1]].to_numpy() > 0.3).all()
    assert table.loc[2].isna().all()
