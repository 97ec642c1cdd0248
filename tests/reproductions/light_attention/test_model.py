"""The networks: parity with the authors' PyTorch code, sizes, and the same answer in any batch."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from common.data.fetch import locate
from common.harness.settings import load_settings
from common.paths import mirror_folder
from reproductions.light_attention import data
from reproductions.light_attention.authors import from_checkpoint
from reproductions.light_attention.model import NETWORKS, build, explain, logits_of

mirror = pytest.mark.skipif(mirror_folder() is None, reason="the parity file is not here")
SETTINGS = load_settings(Path(data.__file__).with_name("settings.toml"))
N = len(data.LOCATIONS)


def settings(**changes) -> dict:
    return SETTINGS.resolve("paper", "full", "la", changes)


def residues(x: np.ndarray, lengths: np.ndarray) -> dict:
    """Inputs of a network as dense, padded arrays: (batch, length, width) and (batch,)."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        x = tf.RaggedTensor.from_tensor(x, lengths)
    return {"embedding": x, "length": lengths.astype("int32")}


def answer(model, inputs) -> np.ndarray:
    return keras.ops.convert_to_numpy(model.predict_on_batch(inputs))


@pytest.fixture(scope="module")
def parity():
    """Weights, inputs and logits of the authors' code."""
    (path,) = locate("torch-parity").paths.values()
    with np.load(path) as arrays:
        return path, dict(arrays)


@pytest.mark.mirror
@mirror
def test_logits_in_a_batch_are_the_authors(parity):
    path, arrays = parity
    model = logits_of(from_checkpoint(path, "la/", "padded"))
    x, lengths = arrays["residue_embeddings"], arrays["lengths"]
    x = np.where(np.arange(x.shape[1])[:, None] < lengths[:, None, None], x, 0)
    x = x[:, : lengths.max()]
    found = answer(model, residues(x, lengths))
    assert np.abs(found - arrays["la_logits_batched"]).max() <= 1e-5


@pytest.mark.mirror
@mirror
@pytest.mark.parametrize("max_over", ["padded", "residues"])
def test_logits_of_single_proteins_are_the_authors(parity, max_over):
    path, arrays = parity
    model = logits_of(from_checkpoint(path, "la/", max_over))
    for row, length in enumerate(arrays["lengths"]):
        x = arrays["residue_embeddings"][row : row + 1, :length]
        found = answer(model, residues(x, arrays["lengths"][row : row + 1]))
        assert np.abs(found - arrays["la_logits_alone"][row]).max() <= 1e-5


@pytest.mark.mirror
@mirror
def test_masked_maximum_gives_the_single_proteins_logits_in_any_batch(parity):
    """What the authors' code does not do: their batched logits differ from those alone."""
    path, arrays = parity
    model = logits_of(from_checkpoint(path, "la/", "residues"))
    found = answer(model, residues(arrays["residue_embeddings"], arrays["lengths"]))
    assert np.abs(found - arrays["la_logits_alone"]).max() <= 1e-5
    assert np.abs(arrays["la_logits_batched"] - arrays["la_logits_alone"]).max() > 1e-3


@pytest.mark.mirror
@mirror
def test_logits_of_the_ffn_are_the_authors(parity):
    path, arrays = parity
    lengths = arrays["lengths"]
    x = arrays["residue_embeddings"]
    means = np.stack([x[row, :length].mean(0) for row, length in enumerate(lengths)])
    model = logits_of(from_checkpoint(path, "ffn/"))
    assert (
        np.abs(answer(model, {"protein": means, "length": lengths}) - arrays["ffn_logits"]).max()
        <= 1e-5
    )


@pytest.mark.mirror
@mirror
def test_parameter_counts_of_the_parity_file(parity):
    path, arrays = parity
    for prefix, name in (("la/", "n_parameters_la"), ("ffn/", "n_parameters_ffn")):
        model = from_checkpoint(path, prefix)
        assert trainable(model) == arrays[name]


def trainable(model) -> int:
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


@pytest.mark.parametrize(
    ("network", "width", "labels", "changes", "count"),
    [
        ("la", 1024, 10, {}, 18_942_378),
        ("la", 1024, 2, {}, 18_942_114),
        ("la-mean", 1024, 10, {}, 18_942_378),
        ("la-no-max", 1024, 10, {}, 18_909_610),
        ("bahdanau", 1024, 10, {}, 10_553_770),
        ("ffn", 1024, 10, {}, 33_194),
        ("la", 25, 10, {"input": "tokens", "channels": 0}, 13_326),
        ("la", 20, 10, {"channels": 1024}, 436_650),
    ],
)
def test_parameter_counts(network, width, labels, changes, count):
    """Table A1 of the reference: the paper's 18,940,224 are the weight matrices alone."""
    model = build(settings(network=network, **changes), width, labels)
    assert trainable(model) == count
    if (network, labels, width) == ("la", 10, 1024):
        matrices = sum(int(np.prod(w.shape)) for w in model.trainable_weights if len(w.shape) > 1)
        assert matrices == 18_940_224


LENGTHS = np.array([1, 30, 12, 5, 30, 2])


def batch(width: int = 6) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(len(LENGTHS), 30, width)).astype("float32")


@pytest.mark.parametrize("as_product", [False, True])
@pytest.mark.parametrize("sizes", [[9], [3, 8]])
@pytest.mark.parametrize("network", [name for name in NETWORKS if name != "ffn"])
def test_answer_does_not_depend_on_the_batch(network, sizes, as_product, monkeypatch):
    monkeypatch.setattr("reproductions.light_attention.model.WIDE", 1)
    keras.utils.set_random_seed(0)
    chosen = settings(network=network, kernel_sizes=sizes, channels=5)
    model = explain(build(chosen, 6, N, as_product=as_product))
    x = batch()
    together = model.predict_on_batch(residues(x, LENGTHS))
    for row, length in enumerate(LENGTHS):
        alone = model.predict_on_batch(residues(x[row : row + 1, :length], LENGTHS[row : row + 1]))
        for name, values in alone.items():
            many = np.asarray(together[name])[row]
            if name == "attention":
                assert not many[length:].any()
                many = many[:length]
            assert np.abs(np.asarray(values)[0] - many).max() <= 1e-5, name
    assert np.ptp(np.asarray(together["probabilities"]), axis=0).max() > 0.01


def test_padded_maximum_is_the_one_exception():
    keras.utils.set_random_seed(0)
    model = build(settings(max_over="padded", channels=0), 6, N)
    x = batch()
    together = answer(model, residues(x, LENGTHS))
    alone = answer(model, residues(x[:1, :1], LENGTHS[:1]))
    assert np.abs(together[0] - alone[0]).max() > 1e-4


def test_tokens_become_one_hot_columns():
    keras.utils.set_random_seed(0)
    model = explain(build(settings(input="tokens", channels=0), 25, N))
    tokens = np.array([[1, 25, 3, 1]], "uint8")
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tokens = tf.RaggedTensor.from_tensor(tokens)
    outputs = model.predict_on_batch({"tokens": tokens, "length": np.array([4], "int32")})
    expected = np.zeros(25)
    expected[[0, 24, 2]] = 0.5, 0.25, 0.25
    np.testing.assert_allclose(np.asarray(outputs["mean"])[0], expected, atol=1e-6)
    weighted = np.asarray(outputs["weighted"])[0]
    assert (weighted[[0, 2, 24]] > 0).all() and (weighted <= 1).all()
    assert not np.delete(weighted, [0, 2, 24]).any()


def test_weighted_embedding_is_the_sum_over_the_input_and_not_over_the_values():
    """Figure 3: X weighted by the attention of the same channel, summed over the length."""
    keras.utils.set_random_seed(0)
    model = build(settings(channels=0), 6, N)
    x = batch()
    outputs = explain(model).predict_on_batch(residues(x, LENGTHS))
    attention = keras.Model(model.input, model.get_layer("attention").output[1])
    weights = np.asarray(attention.predict_on_batch(residues(x, LENGTHS)))
    expected = (weights * x).sum(axis=1)
    np.testing.assert_allclose(np.asarray(outputs["weighted"]), expected, atol=1e-5)


def test_dropout_lies_on_the_values_alone_and_before_the_relu():
    model = build(settings(channels=4), 6, N)
    names = [layer.name for layer in model.layers]
    assert names.index("hidden") < names.index("hidden_dropout") < names.index("hidden_relu")
    assert names.index("hidden_relu") < names.index("normalised")
    dropped = {layer.name for layer in model.layers if isinstance(layer, keras.layers.Dropout)}
    assert dropped == {"values_dropout", "hidden_dropout"}
    assert model.get_layer("scores").input[0] is not model.get_layer("values_dropout").output


def test_initial_weights_have_torchs_range():
    keras.utils.set_random_seed(0)
    model = build(settings(channels=32), 40, N)
    for name, fan_in in (("values", 9 * 40), ("scores", 9 * 40), ("hidden", 64), ("logits", 32)):
        kernel, bias = model.get_layer(name).get_weights()
        reach = 1 / np.sqrt(fan_in)
        assert np.abs(kernel).max() <= reach and np.abs(bias).max() <= reach
        assert kernel.std() == pytest.approx(reach / np.sqrt(3), rel=0.1)


def test_optimizer_is_the_papers():
    optimizer = build(settings(channels=4), 6, N).optimizer
    assert float(optimizer.learning_rate) == pytest.approx(5e-5)
    assert optimizer.epsilon == 1e-8


def test_biases_of_several_filter_sizes_reach_as_far_as_torch_draws_them():
    """1 / sqrt(size * d) for each size: with 400 biases the largest is close below it."""
    model = build(settings(kernel_sizes=[3, 15], channels=400, hidden_units=2), 6, N)
    layer = model.get_layer("values")
    for size in (3, 15):
        reach, found = 1 / np.sqrt(size * 6), np.abs(layer.biases[str(size)])
        assert 0.95 * reach < found.max() <= reach
