import keras
import numpy as np
import pytest
from keras import ops

from common.layers import MaskedBiLSTM, old_hard_sigmoid
from tests.common.layers import cases


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def old_gates(z):
    return np.clip(0.2 * z + 0.5, 0, 1)


def reference(x, weights, gate=sigmoid):
    """Equations 1 to 6 for one sequence (n, features), gates input, forget, cell, output."""
    kernel, recurrent, bias = (np.asarray(w, "float64") for w in weights)
    h = c = np.zeros(len(recurrent))
    states = []
    for row in x.astype("float64"):
        i, f, g, o = np.split(row @ kernel + h @ recurrent + bias, 4)
        c = gate(f) * c + gate(i) * np.tanh(g)
        h = gate(o) * np.tanh(c)
        states.append(h)
    return np.array(states)


@pytest.mark.parametrize("name", ["lstm", "lstm, backwards", "lstm, old gates"])
def test_states_are_those_of_the_equations(name):
    layer = cases.built(name)
    x, mask = cases.a_batch()
    y = cases.outputs_of(layer, x, mask)[0]
    gate = old_gates if name == "lstm, old gates" else sigmoid
    turn = -1 if layer.backwards else 1
    for row, length in enumerate(cases.LENGTHS):
        expected = reference(x[row, :length][::turn], layer.get_weights(), gate)[::turn]
        np.testing.assert_allclose(y[row, :length], expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("backwards", [False, True])
def test_last_state_is_the_one_after_the_last_residue_read(backwards):
    layer = cases.built("lstm, backwards, last" if backwards else "lstm, last")
    x, mask = cases.a_batch()
    y = cases.outputs_of(layer, x, mask)[0]
    for row, length in enumerate(cases.LENGTHS):
        read = x[row, :length][:: -1 if backwards else 1]
        expected = reference(read, layer.get_weights())[-1]
        np.testing.assert_allclose(y[row], expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", ["bilstm", "bilstm, last"])
def test_both_directions_equal_masked_keras(name):
    ours = cases.built(name)
    x, mask = cases.a_batch()
    theirs = keras.layers.Bidirectional(
        keras.layers.LSTM(3, return_sequences=ours.return_sequences)
    )
    theirs.build((None, None, 4))
    theirs.set_weights(ours.get_weights())
    expected = ops.convert_to_numpy(
        theirs(ops.convert_to_tensor(x), mask=ops.convert_to_tensor(mask))
    )
    if ours.return_sequences:
        expected = expected * mask[..., None]
    np.testing.assert_allclose(cases.outputs_of(ours, x, mask)[0], expected, rtol=0, atol=1e-5)


def test_old_hard_sigmoid_has_slope_a_fifth():
    z = np.array([-9, -2.5, -1, 0, 1, 2.5, 9], "float32")
    y = ops.convert_to_numpy(old_hard_sigmoid(ops.convert_to_tensor(z)))
    np.testing.assert_allclose(y, [0, 0, 0.3, 0.5, 0.7, 1, 1], rtol=0, atol=1e-6)


@pytest.mark.parametrize(("unit_forget_bias", "forget"), [(True, 1.0), (False, 0.0)])
def test_forget_bias(unit_forget_bias, forget):
    layer = MaskedBiLSTM(2, unit_forget_bias=unit_forget_bias)
    layer.build((None, None, 4))
    for direction in (layer.forward_layer, layer.backward_layer):
        bias = direction.get_weights()[2]
        np.testing.assert_array_equal(bias, [0, 0, forget, forget, 0, 0, 0, 0])


def test_one_initializer_draws_afresh_for_each_direction():
    layer = MaskedBiLSTM(3, kernel_initializer=keras.initializers.RandomUniform(-0.05, 0.05))
    layer.build((None, None, 4))
    forward, backward = layer.forward_layer.get_weights()[0], layer.backward_layer.get_weights()[0]
    assert np.abs(forward).max() <= 0.05
    assert not np.array_equal(forward, backward)


def test_dropout_acts_in_training_only():
    layer = MaskedBiLSTM(3, dropout=0.5, seed=2)
    x, mask = (ops.convert_to_tensor(part) for part in cases.a_batch())
    calm = [ops.convert_to_numpy(layer(x, mask=mask)) for _ in range(2)]
    np.testing.assert_array_equal(*calm)
    assert np.abs(ops.convert_to_numpy(layer(x, mask=mask, training=True)) - calm[0]).max() > 1e-3


def test_options_survive_the_configuration():
    layer = MaskedBiLSTM(
        3, dropout=0.1, recurrent_activation=old_hard_sigmoid, unit_forget_bias=False
    )
    twin = MaskedBiLSTM.from_config(layer.get_config())
    assert twin.backward_layer.backwards and not twin.forward_layer.backwards
    for direction in (twin.forward_layer.lstm, twin.backward_layer.lstm):
        assert direction.dropout == 0.1
        assert direction.recurrent_activation is old_hard_sigmoid
        assert not direction.unit_forget_bias
