"""Windows in turn give what all windows at once do, and less memory holds them."""

from __future__ import annotations

import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops

from common.layers import MaskedConv1D, MultiWidthConv1D, windows
from tests.common.layers import cases

not_on_jax = pytest.mark.skipif(
    keras.backend.backend() == "jax", reason="JAX cuts all windows at once"
)


@pytest.mark.parametrize("held", [1, 3, 1000])
def test_bytes_hold_whole_windows_and_at_least_one(held, monkeypatch):
    monkeypatch.setattr(windows, "WINDOW_BYTES", held * 4 * 20)
    assert windows.windows_at_a_time(20, "float32") == held
    assert windows.windows_at_a_time(20, "bfloat16") == 2 * held
    assert windows.windows_at_a_time(10**6, "float32") == 1


@not_on_jax
@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("padding", ["same", "valid"])
def test_windows_in_turn_have_values_and_gradients_of_the_convolution(padding, masked, monkeypatch):
    """24 windows of 11, 1, 3, 7 and 2 residues, five at a time, against the backend's own."""
    monkeypatch.setattr(windows, "WINDOW_BYTES", 5 * 4 * 16)
    x, mask = cases.a_batch()
    mask = mask if masked else None
    found = []
    for product in (False, True):
        layer = MaskedConv1D(3, 4, padding=padding, as_product=product)
        layer(ops.convert_to_tensor(x))
        layer.set_weights([np.linspace(-1, 1, 48).reshape(4, 4, 3), np.ones(3)])
        values = cases.outputs_of(layer, x, mask)[0]
        found.append([values, *cases.gradients(layer, x, mask)])
    assert len(found[0]) == 4
    for plain, product in zip(*found, strict=True):
        np.testing.assert_allclose(product, plain, rtol=0, atol=1e-5)


@not_on_jax
def test_a_batch_without_residues_has_no_window_and_no_gradient():
    layer = MultiWidthConv1D(2, (1, 3), as_product=True)
    x = np.ones((2, 5, 4), "float32")
    nothing = np.zeros((2, 5), bool)
    assert not cases.outputs_of(layer, x, nothing)[0].any()
    assert not any(slope.any() for slope in cases.gradients(layer, x, nothing))


@pytest.mark.long
@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="a program of TensorFlow")
def test_memory_is_that_of_the_windows_held_and_not_of_all():
    """One batch of 40,000 windows of 9 x 128 numbers: 184 MB, 8 MB at a time."""
    program = """
import numpy as np, tensorflow as tf
from common.harness.provenance import peak_memory_bytes
from common.layers import windows
windows.WINDOW_BYTES = 8_000_000
@tf.function(input_signature=[tf.TensorSpec([None, 128])])
def slope(rows):
    kernel = tf.ones((9 * 128, 32)) / 1000
    first = tf.range(tf.shape(rows)[0] - 8)
    with tf.GradientTape() as tape:
        tape.watch(kernel)
        product = windows.window_product(rows, first, first, kernel, 9, tf.shape(first)[0])
        loss = tf.reduce_sum(product ** 2)
    return tape.gradient(loss, kernel)
x = np.ones((40_008, 128), "float32")
slope(x[:500])
before = peak_memory_bytes()
slope(x)
print(peak_memory_bytes() - before)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert 8e6 < int(done.stdout) < 184e6 / 2
