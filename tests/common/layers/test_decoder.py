import numpy as np
import pytest
from keras import ops

from common.layers import AttentionDecoder
from tests.common.layers import cases


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(scores):
    shares = np.exp(scores - scores.max())
    return shares / shares.sum()


def reference(states, layer):
    """One sequence in float64, step by step: the contexts and the attention of all steps."""
    kernel, recurrent, bias, peepholes, align, project, vector, c, h = (
        np.asarray(ops.convert_to_numpy(weight), "float64")
        for weight in (
            *layer.cell.weights[:4],
            layer.align_kernel,
            layer.state_kernel,
            layer.vector,
            layer.c0,
            layer.h0,
        )
    )
    c, h = c[0], h[0]
    contexts, looks = [], []
    for _ in range(layer.steps):
        alpha = softmax((np.tanh(h @ align + states @ project) @ vector)[:, 0])
        context = alpha @ states
        z_i, z_f, z_c, z_o = np.split(context @ kernel + h @ recurrent + bias, 4)
        new = sigmoid(z_f + peepholes[1] * c) * c + sigmoid(z_i + peepholes[0] * c) * np.tanh(z_c)
        c = new
        h = sigmoid(z_o + peepholes[2] * c) * np.tanh(c)
        contexts.append(context)
        looks.append(alpha)
    return contexts, np.array(looks).T


def test_every_step_is_fed_its_own_context():
    layer = cases.built("decoder")
    x, mask = cases.a_batch()
    context, weights = cases.outputs_of(layer, x, mask)
    for row, length in enumerate(cases.LENGTHS):
        contexts, looks = reference(x[row, :length].astype("float64"), layer)
        np.testing.assert_allclose(context[row], contexts[-1], rtol=0, atol=1e-5)
        np.testing.assert_allclose(weights[row, :length], looks, rtol=0, atol=1e-5)
        assert not weights[row, length:].any()
    np.testing.assert_allclose(weights.sum(1), 1, rtol=0, atol=1e-5)
    assert np.abs(np.diff(weights[0], axis=-1)).max() > 1e-3


def test_one_step_never_calls_the_cell():
    x, mask = cases.a_batch()
    layer = AttentionDecoder(3, 5, steps=1, return_weights=True)
    context, weights = cases.outputs_of(layer, x, mask)
    expected = np.einsum("bls,bld->bd", weights, x)
    np.testing.assert_allclose(context, expected, rtol=0, atol=1e-5)
    assert weights.shape == (5, cases.PADDED, 1)
    layer.cell.set_weights([np.full(w.shape, np.nan) for w in layer.cell.get_weights()])
    np.testing.assert_array_equal(context, cases.outputs_of(layer, x, mask)[0])


@pytest.mark.parametrize("steps", [1, 10])
def test_the_encoder_states_are_projected_once(steps, monkeypatch):
    x, mask = cases.a_batch()
    layer = AttentionDecoder(3, 5, steps=steps)
    layer(x, mask=mask)
    products, matmul = [], ops.matmul
    monkeypatch.setattr(ops, "matmul", lambda a, b: products.append(b) or matmul(a, b))
    layer(x, mask=mask)
    assert sum(one is layer.state_kernel for one in products) == 1
    assert sum(one is layer.vector for one in products) == steps


def test_without_a_mask_padding_takes_part():
    layer = cases.built("decoder")
    x, _ = cases.a_batch()
    _, weights = cases.outputs_of(layer, x, None)
    assert (weights[1, 1:] > 0).all()


def test_deeploc_parameter_count():
    """The decoder of DeepLoc and of the group's example, without the fixed c0 and h0."""
    layer = AttentionDecoder(512, 256, 10)
    layer.build((None, None, 512))
    assert sum(int(np.prod(w.shape)) for w in layer.trainable_variables) == 2_363_136


def test_lasagnes_arrays_find_their_places():
    """Order: four W_hid with b, four W_ctx, three peepholes, W_align, U_align, v, c0, h0."""
    rng = np.random.default_rng(5)
    shapes = [(3, 3), (3,)] * 4 + [(4, 3)] * 4 + [(3,)] * 3
    shapes += [(3, 5), (4, 5), (5, 1), (1, 3), (1, 3)]
    arrays = [rng.normal(size=shape) for shape in shapes]
    layer = AttentionDecoder(3, 5, 2, return_weights=True)
    layer.build((None, None, 4))
    layer.set_lasagne_weights(arrays)
    x, mask = cases.a_batch(np.array([6]), 6)
    context, weights = cases.outputs_of(layer, x, mask)

    states = x[0].astype("float64")
    align, project, vector, c, h = arrays[15:]
    alpha = softmax((np.tanh(h @ align + states @ project) @ vector)[:, 0])
    first = alpha @ states
    z = [first @ arrays[8 + g] + h @ arrays[2 * g] + arrays[2 * g + 1] for g in range(4)]
    p_i, p_f, p_o = arrays[12:15]
    c = sigmoid(z[1] + p_f * c) * c + sigmoid(z[0] + p_i * c) * np.tanh(z[2])
    h = sigmoid(z[3] + p_o * c) * np.tanh(c)
    alpha = softmax((np.tanh(h @ align + states @ project) @ vector)[:, 0])
    np.testing.assert_allclose(weights[0, :, 1], alpha, rtol=0, atol=1e-5)
    np.testing.assert_allclose(context[0], alpha @ states, rtol=0, atol=1e-5)


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="at least 1, not 0"):
        AttentionDecoder(3, 5, steps=0)
    with pytest.raises(ValueError, match="needs the cell with peepholes"):
        AttentionDecoder(3, 5, peepholes=False, grad_clipping=2.0)
    layer = cases.built("decoder")
    with pytest.raises(ValueError, match="20 arrays, not 3"):
        layer.set_lasagne_weights([np.zeros(3)] * 3)
