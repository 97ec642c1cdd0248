"""What every layer must keep, checked the same way for all of them."""

import inspect

import keras
import numpy as np
import pytest
from keras import ops

from common import layers
from tests.common.layers.cases import (
    CASES,
    LENGTHS,
    PADDED,
    a_batch,
    batch_of,
    beside,
    built,
    gradients,
    mask_of,
    outputs_of,
    row_of,
    symbols_of,
    windows,
)

MASKING = [name for name, case in CASES.items() if case.masks and case.reads == "features"]
TRAINED = [name for name, case in CASES.items() if case.reads != "tokens"]


@pytest.mark.parametrize("name", CASES)
def test_shapes(name):
    """The symbolic shapes and types, length known or not, are those that come out."""
    case, layer = CASES[name], built(name)
    x, mask = batch_of(name)
    real = outputs_of(layer, x, mask)
    assert len(real) == len(case.outputs)
    for length in (None, PADDED):
        symbol, more = symbols_of(name, layer, length)
        symbols = layer(symbol, **more)
        symbols = symbols if isinstance(symbols, tuple) else (symbols,)
        assert len(symbols) == len(real)
        for kind, symbol, array in zip(case.outputs, symbols, real, strict=True):
            sizes = [None, *array.shape[1:]]
            if kind != "vector" and length is None:
                sizes[1] = case.fixed
            assert (symbol.shape, symbol.dtype) == (tuple(sizes), array.dtype)


@pytest.mark.parametrize("name", CASES)
def test_saving(name, tmp_path):
    """A configuration holds every argument and makes the same layer; so does a saved model."""
    layer = built(name)
    x, mask = batch_of(name)
    before = outputs_of(layer, x, mask)

    config = layer.get_config()
    twin = type(layer).from_config(config)
    assert twin.get_config() == config
    arguments = inspect.signature(type(layer).__init__).parameters.values()
    named = {each.name for each in arguments if each.kind is not each.VAR_KEYWORD}
    assert named - {"self"} <= set(config)
    twin.build((None, *x.shape[1:]))
    twin.built = True
    twin.set_weights(layer.get_weights())
    assert [w.trainable for w in twin.weights] == [w.trainable for w in layer.weights]

    symbol, more = symbols_of(name, layer, None)
    model = keras.Model([symbol, *more.values()], layer(symbol, **more))
    path = tmp_path / "model.keras"
    model.save(path)
    loaded = keras.saving.load_model(path)
    after = loaded([ops.convert_to_tensor(x), *beside(layer, mask).values()])
    after = after if isinstance(after, list | tuple) else [after]
    for first, second, third in zip(before, outputs_of(twin, x, mask), after, strict=True):
        np.testing.assert_array_equal(first, second)
        np.testing.assert_array_equal(first, ops.convert_to_numpy(third))


@pytest.mark.parametrize("name", TRAINED)
def test_gradients(name):
    """Every weight has a finite gradient that is not zero; hidden padding has exactly none.

    One sequence has no residues at all, and what hidden padding holds is not a number.
    """
    layer = built(name)
    x, mask = batch_of(name, np.array([11, 1, 12, 7, 0]))
    if CASES[name].masks:
        x[~mask] = np.nan
    *by_weights, by_input = gradients(layer, x, mask)
    for weight, gradient in zip(layer.trainable_variables, by_weights, strict=True):
        assert np.isfinite(gradient).all(), weight.path
        assert np.abs(gradient).max() > 0, weight.path
    assert np.isfinite(by_input).all()
    assert np.abs(by_input).max() > 0
    assert not CASES[name].masks or not by_input[~mask].any()


@pytest.mark.parametrize("name", CASES)
def test_batch_invariance(name):
    """Alone and in a batch, whatever its hidden padding holds, a record comes out the same."""
    case, layer = CASES[name], built(name)
    x, mask = batch_of(name)
    other = x.copy()
    if case.masks:
        other[~mask] = 1 if case.reads == "tokens" else np.nan
    together = outputs_of(layer, other, mask)
    for row, length in enumerate(LENGTHS):
        own, own_mask = row_of(x, mask, row)
        alone = outputs_of(layer, own, own_mask)
        unmasked = outputs_of(layer, own, None)
        for kind, one, bare, many in zip(case.outputs, alone, unmasked, together, strict=True):
            if kind == "mask":
                np.testing.assert_array_equal(one[0], many[row][: one.shape[1]])
                assert many[row].sum() == one[0].sum() == windows(case, [length])[0]
                continue
            size = one.shape[1] if kind == "sequence" else None
            np.testing.assert_allclose(one[0], many[row][:size], rtol=0, atol=1e-5)
            np.testing.assert_allclose(one[0], bare[0], rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", MASKING)
def test_padding_is_exactly_zero(name):
    """Padding is exactly zero behind large biases, in float32 and in mixed bfloat16."""
    case = CASES[name]
    x, mask = a_batch(np.array([11, 1, 3, 0, 13]))
    x = np.where(mask[..., None], x, 1e6).astype("float32")
    for dtype in ("float32", "mixed_bfloat16"):
        layer = built(name, dtype=dtype)
        for weight in layer.weights:
            if weight.name.startswith("bias"):
                weight.assign(np.full(weight.shape, 50.0))
        results = outputs_of(layer, x, mask)
        shorter = mask_of(windows(case, mask.sum(1)), results[-1].shape[1])
        expected = shorter if "mask" in case.outputs else mask
        for kind, result in zip(case.outputs, results, strict=True):
            if kind == "mask":
                np.testing.assert_array_equal(result, expected)
            elif kind == "vector":
                assert not np.asarray(result[3], "float32").any()
            else:
                values = np.asarray(result, "float32")
                assert not values[~expected].any()
                assert np.abs(values[expected]).max() > 0


@pytest.mark.parametrize("name", CASES)
def test_mixed_precision(name):
    """Mixed bfloat16 gives bfloat16 within its rounding (weights of attention, leaves: float32)."""
    x, mask = batch_of(name)
    exact = outputs_of(built(name), x, mask)
    layer = built(name, dtype="mixed_bfloat16")
    for kind, wide, narrow in zip(
        CASES[name].outputs, exact, outputs_of(layer, x, mask), strict=True
    ):
        if kind == "mask":
            np.testing.assert_array_equal(wide, narrow)
            continue
        weighing = (layers.AttentionPooling, layers.AttentionDecoder, layers.ChannelAttention)
        moved = CASES[name].reads == "tokens" and not layer.weights
        if moved or isinstance(layer, layers.PadSequences):
            np.testing.assert_array_equal(wide, narrow)
            continue
        attention = kind == "sequence" and isinstance(layer, weighing)
        summed = attention or isinstance(layer, layers.TreeLeaves)
        assert str(narrow.dtype) == ("float32" if summed else "bfloat16")
        scale = np.abs(wide).max()
        np.testing.assert_allclose(np.asarray(narrow, "float32"), wide, rtol=0, atol=0.03 * scale)
