from importlib.util import find_spec

import keras
import numpy as np
import pytest
from keras import ops

from common.layers import TorchBatchNormalization
from tests.common.layers.cases import gradients


@pytest.fixture
def batches() -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.normal(3, 2, size=(n, 4)).astype("float32") for n in (6, 2, 5)]


def trained(batches: list[np.ndarray]) -> tuple[TorchBatchNormalization, list[np.ndarray]]:
    layer = TorchBatchNormalization()
    layer.build((None, 4))
    layer.set_weights([np.arange(1.0, 5), np.array([0.5, 0, -1, 1]), np.zeros(4), np.ones(4)])
    return layer, [
        ops.convert_to_numpy(layer(ops.convert_to_tensor(x), training=True)) for x in batches
    ]


def test_moments_by_hand(batches):
    """Biased variance within a batch, unbiased in the moving one."""
    layer, outputs = trained(batches)
    gamma, beta = np.array([1, 2, 3, 4]), np.array([0.5, 0, -1, 1])
    mean, variance = np.zeros(4), np.ones(4)
    for x, output in zip(batches, outputs, strict=True):
        expected = (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5) * gamma + beta
        np.testing.assert_allclose(output, expected, atol=2e-5)
        mean = 0.9 * mean + 0.1 * x.mean(0)
        variance = 0.9 * variance + 0.1 * x.var(0, ddof=1)
    np.testing.assert_allclose(layer.get_weights()[2], mean, rtol=1e-5)
    np.testing.assert_allclose(layer.get_weights()[3], variance, rtol=1e-5)
    x = batches[0]
    after = ops.convert_to_numpy(layer(ops.convert_to_tensor(x)))
    np.testing.assert_allclose(
        after, (x - mean) / np.sqrt(variance + 1e-5) * gamma + beta, atol=2e-5
    )


@pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed (extra `plm`)")
def test_torch_gives_the_same(batches):
    import torch

    reference = torch.nn.BatchNorm1d(4)
    with torch.no_grad():
        reference.weight.copy_(torch.tensor([1.0, 2, 3, 4]))
        reference.bias.copy_(torch.tensor([0.5, 0, -1, 1]))
    layer, outputs = trained(batches)
    for x, output in zip(batches, outputs, strict=True):
        np.testing.assert_allclose(output, reference(torch.tensor(x)).detach(), atol=2e-5)
    np.testing.assert_allclose(layer.get_weights()[2], reference.running_mean, rtol=1e-5)
    np.testing.assert_allclose(layer.get_weights()[3], reference.running_var, rtol=1e-5)


def test_a_batch_of_one_takes_and_keeps_the_moving_values(batches):
    layer, _ = trained(batches)
    before = layer.get_weights()
    alone = ops.convert_to_tensor(batches[0][:1])
    np.testing.assert_array_equal(layer(alone, training=True), layer(alone))
    for old, new in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_serialisation_shapes_and_counts(tmp_path):
    layer = TorchBatchNormalization(momentum=0.2, epsilon=1e-3)
    twin = TorchBatchNormalization.from_config(layer.get_config())
    assert (twin.momentum, twin.epsilon) == (0.2, 1e-3)
    inputs = keras.Input((32,))
    model = keras.Model(inputs, layer(inputs))
    assert model.output.shape == (None, 32)
    assert sum(int(np.prod(w.shape)) for w in model.trainable_weights) == 64
    model.save(tmp_path / "m.keras")
    x = ops.ones((2, 32))
    np.testing.assert_array_equal(keras.saving.load_model(tmp_path / "m.keras")(x), model(x))


def test_mixed_precision_normalises_in_float32(batches):
    layer = TorchBatchNormalization(dtype="mixed_bfloat16")
    x = ops.convert_to_tensor(batches[0])
    result = layer(x, training=True)
    assert keras.backend.standardize_dtype(result.dtype) == "bfloat16"
    expected = (batches[0] - batches[0].mean(0)) / batches[0].std(0)
    np.testing.assert_allclose(
        ops.convert_to_numpy(ops.cast(result, "float32")), expected, atol=0.05
    )


def test_gradients_flow_through_the_batchs_moments():
    """As through Keras's own layer with the same epsilon: by gamma, beta and the vectors."""
    x = np.random.default_rng(1).normal(size=(5, 4)).astype("float32")
    ours, reference = TorchBatchNormalization(), keras.layers.BatchNormalization(epsilon=1e-5)
    for layer in (ours, reference):
        layer.build(x.shape)
    found, expected = (gradients(layer, x, None, training=True) for layer in (ours, reference))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-5)
