from itertools import pairwise

import keras
import numpy as np
import pytest
from keras import ops

from common.layers import MaskedLayer, PeepholeLSTM, clip_gradient
from tests.common.layers import cases


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def reference(x, weights, h, c):
    """Lasagne's LSTM over one sequence (n, features): the states h and c at each residue."""
    kernel, recurrent, bias, peepholes = (np.asarray(w, "float64") for w in weights)
    (w_i, w_f, w_c, w_o), (u_i, u_f, u_c, u_o), (b_i, b_f, b_c, b_o) = (
        np.split(part, 4, axis=-1) for part in (kernel, recurrent, bias)
    )
    p_i, p_f, p_o = peepholes
    states = []
    for row in x.astype("float64"):
        i = sigmoid(row @ w_i + h @ u_i + b_i + c * p_i)
        f = sigmoid(row @ w_f + h @ u_f + b_f + c * p_f)
        c = f * c + i * np.tanh(row @ w_c + h @ u_c + b_c)
        o = sigmoid(row @ w_o + h @ u_o + b_o + c * p_o)
        h = o * np.tanh(c)
        states.append((h, c))
    return states


@pytest.mark.parametrize("name", [name for name in cases.CASES if name.startswith("peephole")])
def test_states_are_lasagnes(name):
    layer = cases.built(name)
    x, mask = cases.a_batch()
    y = cases.outputs_of(layer, x, mask)[0]
    h0, c0 = (ops.convert_to_numpy(state)[0] for state in (layer.h0, layer.c0))
    turn = -1 if layer.backwards else 1
    for row, length in enumerate(cases.LENGTHS):
        states = reference(x[row, :length][::turn], layer.cell.get_weights(), h0, c0)
        expected = np.array([h for h, _ in states])[::turn]
        if not layer.return_sequences:
            expected, found = expected[-1], y[row]
        else:
            found = y[row, :length]
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


def test_given_initial_state_takes_the_place_of_the_layers_own():
    layer = cases.built("peephole")
    x, mask = cases.a_batch()
    rng = np.random.default_rng(3)
    h, c = rng.normal(size=(2, 5, 3)).astype("float32")
    y = ops.convert_to_numpy(
        layer(
            ops.convert_to_tensor(x),
            mask=ops.convert_to_tensor(mask),
            initial_state=(ops.convert_to_tensor(h), ops.convert_to_tensor(c)),
        )
    )
    for row, length in enumerate(cases.LENGTHS):
        states = reference(x[row, :length], layer.cell.get_weights(), h[row], c[row])
        np.testing.assert_allclose(y[row, :length], [h for h, _ in states], rtol=0, atol=1e-5)


def test_cell_makes_one_step_and_runs_in_keras_rnn():
    layer = cases.built("peephole")
    x, _ = cases.a_batch()
    rng = np.random.default_rng(3)
    h, c = rng.normal(size=(2, 5, 3)).astype("float32")
    out, (new_h, new_c) = layer.cell(
        ops.convert_to_tensor(x[:, 0]), (ops.convert_to_tensor(h), ops.convert_to_tensor(c))
    )
    for row in range(5):
        ((expected_h, expected_c),) = reference(
            x[row, :1], layer.cell.get_weights(), h[row], c[row]
        )
        np.testing.assert_allclose(new_h[row], expected_h, rtol=0, atol=1e-5)
        np.testing.assert_allclose(new_c[row], expected_c, rtol=0, atol=1e-5)
    np.testing.assert_array_equal(ops.convert_to_numpy(out), ops.convert_to_numpy(new_h))

    for state in (layer.h0, layer.c0):
        state.assign(np.zeros((1, 3)))
    by_keras = keras.layers.RNN(layer.cell, return_sequences=True)(ops.convert_to_tensor(x))
    ours = cases.outputs_of(layer, x, None)[0]
    np.testing.assert_allclose(ops.convert_to_numpy(by_keras), ours, rtol=0, atol=1e-5)


@pytest.mark.parametrize(("learn_init", "trained"), [(False, 4), (True, 6)])
def test_initial_states_are_learnt_on_request(learn_init, trained):
    layer = PeepholeLSTM(4, learn_init=learn_init, state_initializer="orthogonal")
    layer.build((None, None, 5))
    assert len(layer.trainable_variables) == trained
    assert len(layer.weights) == 6
    for state in (layer.h0, layer.c0):
        assert np.linalg.norm(ops.convert_to_numpy(state)) == pytest.approx(1, abs=1e-5)


def test_lasagnes_starting_values():
    """Weights normal with deviation 0.1, biases zero also for the forget gate, states zero."""
    layer = PeepholeLSTM(64)
    layer.build((None, None, 64))
    for weight in (layer.cell.kernel, layer.cell.recurrent_kernel, layer.cell.peepholes):
        values = ops.convert_to_numpy(weight)
        assert abs(values.std() - 0.1) < 4 * 0.1 / np.sqrt(2 * values.size)
    for weight in (layer.cell.bias, layer.h0, layer.c0):
        assert not ops.convert_to_numpy(weight).any()


@pytest.mark.parametrize("seed", [None, 3])
def test_each_gate_is_drawn_on_its_own(seed):
    """A gate's recurrent matrix is orthogonal itself, and no two are the same."""
    start = keras.initializers.Orthogonal(seed=seed)
    layer = PeepholeLSTM(16, recurrent_initializer=start)
    layer.build((None, None, 16))
    gates = np.split(ops.convert_to_numpy(layer.cell.recurrent_kernel), 4, axis=1)
    for gate in gates:
        np.testing.assert_allclose(gate @ gate.T, np.eye(16), rtol=0, atol=1e-5)
    for one, two in pairwise(gates):
        assert np.abs(one - two).max() > 0.1


def test_deeploc_parameter_count():
    """Both directions of DeepLoc's encoder with their fixed c0, h0: 658,944 + 4 * 256."""
    layers = [PeepholeLSTM(256, backwards=backwards) for backwards in (False, True)]
    for layer in layers:
        layer.build((None, None, 64))
    trained = sum(
        int(np.prod(weight.shape)) for layer in layers for weight in layer.trainable_variables
    )
    assert trained == 658_944


def test_clipping_changes_the_gradient_and_nothing_else():
    class Clip(MaskedLayer):
        def call(self, x, mask=None):
            return clip_gradient(x, 0.5)

    x, mask = cases.a_batch()
    layer = Clip()
    np.testing.assert_array_equal(cases.outputs_of(layer, x, mask)[0], x)
    (by_input,) = cases.gradients(layer, x, mask)
    free = np.random.default_rng(7).normal(size=x.shape)
    np.testing.assert_allclose(by_input, np.clip(free, -0.5, 0.5), rtol=0, atol=1e-6)
    assert np.abs(free).max() > 1


@pytest.mark.parametrize("bound", [0.0, 0.01])
def test_gradients_are_clipped_at_the_gates(bound):
    """One residue: the bias's gradient is that of z, worked out by hand and clipped."""
    layer = PeepholeLSTM(3, grad_clipping=bound)
    layer.build((None, None, 4))
    rng = np.random.default_rng(4)
    layer.set_weights([rng.normal(size=w.shape) for w in layer.weights])
    x, mask = cases.a_batch(np.array([1]), 1)
    by_kernel, by_recurrent, by_bias, *_ = cases.gradients(layer, x, mask)

    kernel, recurrent, bias, (p_i, p_f, p_o) = (
        np.asarray(w, "float64") for w in layer.cell.get_weights()
    )
    h0, c0 = (np.asarray(ops.convert_to_numpy(s), "float64")[0] for s in (layer.h0, layer.c0))
    z_i, z_f, z_c, z_o = np.split(x[0, 0] @ kernel + h0 @ recurrent + bias, 4)
    i, f, g = sigmoid(z_i + p_i * c0), sigmoid(z_f + p_f * c0), np.tanh(z_c)
    c = f * c0 + i * g
    o = sigmoid(z_o + p_o * c)
    d_h = np.random.default_rng(7).normal(size=(1, 1, 3))[0, 0]
    d_zo = d_h * np.tanh(c) * o * (1 - o)
    d_c = d_h * o * (1 - np.tanh(c) ** 2) + d_zo * p_o
    d_z = np.concatenate(
        [d_c * g * i * (1 - i), d_c * c0 * f * (1 - f), d_c * i * (1 - g**2), d_zo]
    )
    assert np.abs(d_z).max() > 0.01
    if bound:
        d_z = np.clip(d_z, -bound, bound)
    np.testing.assert_allclose(by_bias, d_z, rtol=0, atol=1e-6)
    np.testing.assert_allclose(by_kernel, np.outer(x[0, 0], d_z), rtol=0, atol=1e-6)
    np.testing.assert_allclose(by_recurrent, np.outer(h0, d_z), rtol=0, atol=1e-6)


def test_lasagnes_arrays_find_their_gates():
    """W, U, b of input, forget, cell and output, three peepholes, c0, h0: used gate by gate."""
    rng = np.random.default_rng(6)
    shapes = [(4, 3), (3, 3), (3,)] * 4 + [(3,)] * 3 + [(1, 3)] * 2
    arrays = [rng.normal(size=shape) for shape in shapes]
    layer = PeepholeLSTM(3)
    layer.build((None, None, 4))
    layer.set_lasagne_weights(arrays)
    x, mask = cases.a_batch(np.array([5]), 5)
    found = cases.outputs_of(layer, x, mask)[0][0]

    w_i, u_i, b_i, w_f, u_f, b_f, w_c, u_c, b_c, w_o, u_o, b_o, p_i, p_f, p_o, c, h = arrays
    for row, state in zip(x[0].astype("float64"), found, strict=True):
        i = sigmoid(row @ w_i + h @ u_i + b_i + p_i * c)
        f = sigmoid(row @ w_f + h @ u_f + b_f + p_f * c)
        c = f * c + i * np.tanh(row @ w_c + h @ u_c + b_c)
        h = sigmoid(row @ w_o + h @ u_o + b_o + p_o * c) * np.tanh(c)
        np.testing.assert_allclose(state, h[0], rtol=0, atol=1e-5)


def test_wrong_numbers_of_arrays_are_refused():
    layer = cases.built("peephole")
    with pytest.raises(ValueError, match="17 arrays, not 3"):
        layer.set_lasagne_weights([np.zeros(3)] * 3)
    with pytest.raises(ValueError, match="15 arrays, not 3"):
        layer.cell.set_gates([np.zeros(3)] * 3)
