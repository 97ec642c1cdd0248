import keras
import numpy as np
import pytest
from keras import ops

from common.layers import MaskedConv1D, MaskedMaxPool1D, MultiWidthConv1D
from tests.common.layers import cases


def correlate(x, kernel, bias, before, after):
    """Slide `kernel` (width, features, filters) over one sequence (n, features), zeros around."""
    x = np.concatenate([np.zeros((before, x.shape[1])), x, np.zeros((after, x.shape[1]))])
    width = len(kernel)
    places = range(len(x) - width + 1)
    rows = [np.einsum("wc,wcf->f", x[t : t + width], kernel) + bias for t in places]
    return np.array(rows).reshape(-1, kernel.shape[-1])


@pytest.mark.parametrize("product", [False, True])
@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("width", [1, 3, 4, 10])
def test_values_are_those_of_a_sliding_window(width, padding, flip, product):
    layer = MaskedConv1D(2, width, padding=padding, flip_filters=flip, as_product=product)
    x, mask = cases.a_batch()
    layer(ops.convert_to_tensor(x))
    rng = np.random.default_rng(5)
    kernel, bias = rng.normal(size=(width, 4, 2)), rng.normal(size=2)
    layer.set_weights([kernel, bias])
    y = cases.outputs_of(layer, x, mask)[0]
    around = (0, 0) if padding == "valid" else ((width - 1) // 2, width // 2)
    for row, length in enumerate(cases.LENGTHS):
        expected = correlate(x[row, :length], kernel[::-1] if flip else kernel, bias, *around)
        np.testing.assert_allclose(y[row, : len(expected)], expected, rtol=0, atol=1e-5)
        assert not y[row, len(expected) :].any()


@pytest.mark.parametrize("padding", ["same", "valid"])
def test_a_product_over_residues_has_the_gradients_of_the_convolution(padding):
    x, mask = cases.a_batch()
    found = []
    for product in (False, True):
        layer = MaskedConv1D(3, 4, padding=padding, as_product=product)
        layer(ops.convert_to_tensor(x))
        layer.set_weights([np.linspace(-1, 1, 48).reshape(4, 4, 3), np.ones(3)])
        found.append(cases.gradients(layer, x, mask))
    for plain, product in zip(*found, strict=True):
        np.testing.assert_allclose(product, plain, rtol=0, atol=1e-5)


def test_a_single_sequence_goes_as_through_keras():
    ours = cases.built("conv same, even")
    x, _ = cases.a_batch()
    theirs = keras.layers.Conv1D(5, 10, padding="same", activation="tanh", use_bias=False)
    theirs.build((None, None, 4))
    theirs.set_weights(ours.get_weights())
    expected = ops.convert_to_numpy(theirs(ops.convert_to_tensor(x)))
    np.testing.assert_allclose(cases.outputs_of(ours, x, None)[0], expected, atol=1e-5)


def test_valid_windows_shorten_each_sequence_and_never_below_one_position():
    layer = cases.built("conv valid, wide")
    x, mask = cases.a_batch(np.array([13, 10, 9, 1]))
    y, kept = cases.outputs_of(layer, x, mask)
    assert (y.shape, kept.sum(1).tolist()) == ((4, 4, 5), [4, 1, 0, 0])
    y, kept = cases.outputs_of(layer, x[2:, :9], mask[2:, :9])
    assert (y.shape, kept.tolist()) == ((2, 1, 5), [[False], [False]])
    assert not y.any()


def test_rnatracker_lengths():
    """4000 nt give 3991, 1330, 1321 and 440 steps (width 10 valid, pool 3, twice)."""
    symbol, mask = keras.Input((4000, 4)), keras.Input((4000,), dtype="bool")
    steps = []
    for _ in range(2):
        symbol, mask = MaskedConv1D(2, 10, padding="valid")(symbol, mask=mask)
        steps.append(symbol.shape[1])
        symbol, mask = MaskedMaxPool1D(3)(symbol, mask=mask)
        steps.append(symbol.shape[1])
    assert steps == [3991, 1330, 1321, 440]
    assert mask.shape == (None, 440)


@pytest.mark.parametrize("product", [False, True])
@pytest.mark.parametrize("flip", [False, True])
def test_several_widths_equal_separate_convolutions(flip, product):
    widths = (1, 3, 5, 9, 15, 21)
    layer = MultiWidthConv1D(2, widths, activation="relu", flip_filters=flip, as_product=product)
    x, mask = cases.a_batch()
    layer(ops.convert_to_tensor(x))
    rng = np.random.default_rng(2)
    layer.set_weights([rng.normal(size=w.shape) for w in layer.weights])
    parts = []
    for width in widths:
        single = keras.layers.Conv1D(2, width, padding="same", activation="relu")
        single.build((None, None, 4))
        kernel = ops.convert_to_numpy(layer.kernels[str(width)])
        single.set_weights([kernel[::-1] if flip else kernel, layer.biases[str(width)]])
        parts.append(ops.convert_to_numpy(single(ops.convert_to_tensor(x))))
    expected = np.concatenate(parts, -1) * mask[..., None]
    np.testing.assert_allclose(cases.outputs_of(layer, x, mask)[0], expected, atol=1e-5)


def test_each_width_has_weights_of_its_own_name_and_draw():
    layer = MultiWidthConv1D(
        10, (3, 5), kernel_initializer=keras.initializers.RandomUniform(-0.05, 0.05, seed=None)
    )
    layer.build((None, None, 80))
    shapes = {weight.name: weight.shape for weight in layer.weights}
    assert shapes == {
        "kernel_3": (3, 80, 10),
        "kernel_5": (5, 80, 10),
        "bias_3": (10,),
        "bias_5": (10,),
    }
    short, wide = (ops.convert_to_numpy(layer.kernels[width]) for width in ("3", "5"))
    assert not np.array_equal(short, wide[:3])
    assert 0.04 < np.abs(short).max() <= 0.05


def test_sonderby_first_layer_has_43260_weights():
    """10 filters of 6 widths over 80 features: 10 * (54 * 80 + 6)."""
    layer = MultiWidthConv1D(10, (1, 3, 5, 9, 15, 21))
    layer.build((None, None, 80))
    assert layer.count_params() == 43_260


def test_wrong_options_are_refused():
    with pytest.raises(ValueError, match="padding"):
        MaskedConv1D(1, 1, padding="causal")
    for widths in ((), (3, 3)):
        with pytest.raises(ValueError, match="kernel_sizes"):
            MultiWidthConv1D(1, widths)


def test_each_width_may_have_a_bias_of_its_own_reach():
    reaches = [keras.initializers.Constant(value) for value in (0.25, -2.0)]
    layer = MultiWidthConv1D(3, (1, 5), bias_initializer=reaches)
    again = MultiWidthConv1D.from_config(layer.get_config())
    for one in (layer, again):
        one.build((None, None, 4))
        assert ops.convert_to_numpy(one.biases["1"]).tolist() == [0.25] * 3
        assert ops.convert_to_numpy(one.biases["5"]).tolist() == [-2.0] * 3
    with pytest.raises(ValueError, match="2 bias initializers for 3 widths"):
        MultiWidthConv1D(3, (1, 3, 5), bias_initializer=reaches)
