"""The LSTM that skips blank steps, against Keras's own masked LSTM."""

from collections.abc import Callable

import keras
import numpy as np
import pytest
from keras import ops

from common.layers import SkippingBiLSTM, old_hard_sigmoid

UNITS, FEATURES = 3, 4


def blanked(pattern: str, batch: int = 1, seed: int = 0) -> np.ndarray:
    """Random steps, all zero where the pattern has a dot."""
    used = np.array([letter != "." for letter in pattern])
    values = np.random.default_rng(seed).normal(size=(batch, len(pattern), FEATURES))
    return (values * used[:, None]).astype("float32")


def pair(gate) -> tuple[SkippingBiLSTM, Callable[[np.ndarray], np.ndarray]]:
    """Our layer, and two masked LSTMs of Keras's own side by side with the same weights."""
    ours = SkippingBiLSTM(UNITS, recurrent_activation=gate)
    ours.build((None, None, FEATURES))
    ours.built = True
    theirs = [
        keras.layers.LSTM(
            UNITS, return_sequences=True, recurrent_activation=gate, go_backwards=backwards
        )
        for backwards in (False, True)
    ]
    rng = np.random.default_rng(1)
    for layer in theirs:
        layer.build((None, None, FEATURES))
    weights = [rng.normal(size=w.shape, scale=0.7) for w in ours.trainable_weights]
    ours.set_weights([*weights])
    theirs[0].set_weights(weights[:3])
    theirs[1].set_weights(weights[3:])

    def masked(x: np.ndarray) -> np.ndarray:
        mask = ops.convert_to_tensor((x != 0).any(axis=-1))
        forward, backward = (layer(ops.convert_to_tensor(x), mask=mask) for layer in theirs)
        return ops.convert_to_numpy(ops.concatenate([forward, ops.flip(backward, axis=1)], -1))

    return ours, masked


@pytest.mark.parametrize("gate", ["sigmoid", old_hard_sigmoid])
@pytest.mark.parametrize(
    "pattern", ["....xxxxx", "xxxxx....", "..xx.x..xx", "x", ".....x", "xxxxxx"]
)
def test_equal_to_keras_with_a_mask(pattern, gate):
    ours, theirs = pair(gate)
    x = blanked(pattern)
    states = ops.convert_to_numpy(ours(ops.convert_to_tensor(x)))
    np.testing.assert_allclose(states, theirs(x), rtol=0, atol=1e-6)


def test_rows_of_a_batch_are_blank_at_different_places():
    ours, theirs = pair("sigmoid")
    rows = [blanked(pattern, seed=n)[0] for n, pattern in enumerate(["...xxx", "xx..xx", "x....."])]
    x = np.stack(rows)
    states = ops.convert_to_numpy(ours(ops.convert_to_tensor(x)))
    np.testing.assert_allclose(states, theirs(x), rtol=0, atol=1e-6)


def test_padding_on_the_left_carries_the_last_backward_state():
    ours, _ = pair("sigmoid")
    states = ops.convert_to_numpy(ours(ops.convert_to_tensor(blanked("...xxxx"))))[0]
    assert not states[:3, :UNITS].any()
    for step in range(3):
        np.testing.assert_array_equal(states[step, UNITS:], states[3, UNITS:])
    assert np.abs(states[3, UNITS:]).max() > 0


def test_wholly_blank_rows_give_zeros():
    ours, _ = pair("sigmoid")
    assert not ops.convert_to_numpy(ours(ops.convert_to_tensor(blanked("....")))).any()
