import numpy as np
import pytest
from keras import ops

from common.layers import AttentionPooling, ChannelAttention, masked_softmax
from tests.common.layers import cases


def softmax(scores):
    shares = np.exp(scores - scores.max())
    return shares / shares.sum()


@pytest.mark.parametrize("name", ["attention", "attention, bias"])
def test_equations_11_to_13(name):
    """Each sequence against the equations in float64, written out for one sequence."""
    layer = cases.built(name)
    kernel, vector, *bias = (np.asarray(w, "float64") for w in layer.get_weights())
    x, mask = cases.a_batch()
    context, weights = cases.outputs_of(layer, x, mask)
    for row, length in enumerate(cases.LENGTHS):
        h = x[row, :length].astype("float64")
        alpha = softmax((np.tanh(h @ kernel + (bias[0] if bias else 0)) @ vector)[:, 0])
        np.testing.assert_allclose(weights[row, :length], alpha, rtol=0, atol=1e-6)
        np.testing.assert_allclose(context[row], (alpha[:, None] * h).sum(0), rtol=0, atol=1e-6)
        assert not weights[row, length:].any()
    np.testing.assert_allclose(weights.sum(1), 1, rtol=0, atol=1e-6)


def test_without_a_mask_padding_takes_part():
    """RNATracker's released code softmaxes over all 440 steps."""
    layer = cases.built("attention")
    x, _ = cases.a_batch()
    _, weights = cases.outputs_of(layer, x, None)
    assert (weights[1, 1:] > 0).all()
    np.testing.assert_allclose(weights.sum(1), 1, rtol=0, atol=1e-6)


def test_sharp_scores_stay_finite_in_float16():
    layer = AttentionPooling(6, dtype="mixed_float16")
    x, mask = cases.a_batch()
    layer(ops.convert_to_tensor(x))
    layer.set_weights([np.full((4, 6), 100.0), np.full((6, 1), 1e4)])
    context, weights = cases.outputs_of(layer, x, mask)
    assert np.isfinite(context).all() and np.isfinite(weights).all()
    np.testing.assert_allclose(weights.sum(1), 1, rtol=0, atol=1e-6)
    assert not weights[~mask].any()


def test_long_sequences_keep_a_sum_of_one_in_bfloat16():
    layer = AttentionPooling(6, dtype="mixed_bfloat16")
    x, mask = cases.a_batch(np.array([3000, 7]), 3000)
    _, weights = cases.outputs_of(layer, x, mask)
    np.testing.assert_allclose(weights.sum(1), 1, rtol=0, atol=1e-5)


def test_masked_softmax_of_nothing_is_zero():
    scores = ops.convert_to_tensor(np.array([[3.0, 1.0], [2.0, 5.0]], "float32"))
    mask = ops.convert_to_tensor(np.array([[False, False], [True, False]]))
    np.testing.assert_array_equal(
        ops.convert_to_numpy(masked_softmax(scores, mask)), [[0, 0], [1, 0]]
    )


def test_parameter_count():
    """A-LSTM over 2 * 200 states with 400 units: 400 * 400 + 400, no biases."""
    layer = AttentionPooling(400)
    layer.build((None, None, 400))
    assert layer.count_params() == 160_400


@pytest.mark.parametrize("masked", [True, False])
def test_lean_attention_has_the_sums_and_gradients_that_a_backend_derives(masked):
    values, mask = cases.a_batch(seed=2)
    scores, _ = cases.a_batch(seed=3)
    mask = mask if masked else None
    found = []
    for lean in (False, True):
        layer = LightAttentionSum(lean)
        layer.others = 3 * scores
        sums = cases.outputs_of(layer, values, mask)[0]
        slopes = cases.gradients(layer, values, mask)
        layer.turned = True
        found.append([sums, *slopes, *cases.gradients(layer, 3 * scores, mask)])
    for plain, lean in zip(*found, strict=True):
        assert np.abs(plain).max() > 0.01
        np.testing.assert_allclose(lean, plain, rtol=0, atol=1e-5)


class LightAttentionSum(ChannelAttention):
    """The summed values alone, as a function of the values or, `turned`, of the scores."""

    turned = False

    def call(self, x, mask=None):
        others = ops.convert_to_tensor(self.others)
        return super().call(*((others, x) if self.turned else (x, others)), mask=mask)[0]

    def compute_output_spec(self, x, mask=None):
        return super().compute_output_spec(x, x, mask)[0]


@pytest.mark.parametrize("lean", [False, True])
def test_light_attention_equations_1_and_2(lean):
    """Each channel of each sequence against the equations in float64."""
    values, mask = cases.a_batch(seed=2)
    scores, _ = cases.a_batch(seed=3)
    found = ChannelAttention(lean)(*map(ops.convert_to_tensor, (values, 5 * scores, mask)))
    context, weights = map(ops.convert_to_numpy, found)
    for row, length in enumerate(cases.LENGTHS):
        for channel in range(values.shape[2]):
            alpha = softmax(5 * scores[row, :length, channel].astype("float64"))
            np.testing.assert_allclose(weights[row, :length, channel], alpha, rtol=0, atol=1e-6)
            expected = alpha @ values[row, :length, channel]
            np.testing.assert_allclose(context[row, channel], expected, rtol=0, atol=1e-6)
    assert not weights[~mask].any()
