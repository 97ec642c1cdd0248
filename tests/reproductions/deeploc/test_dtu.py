"""The published network of the family gives its published answers; its siblings fit their lists.

Weights and profiles come from the registry's `dtu-oracle` (GPLv3, never part of this project). The
expected values are those of an independent float64 forward pass.
"""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest

from common.data.fetch import locate
from common.errors import DataError, UsageError
from common.paths import mirror_folder
from common.weights.lasagne import load_layers
from reproductions.deeploc.dtu import EXAMPLE, LABELS, build, lasagne_layers, load
from reproductions.deeploc.dtu_arrays import HEADS, Network, recognise

needs_mirror = pytest.mark.skipif(
    mirror_folder() is None, reason="the mirror with the published weights is not here"
)


def arrays_of(model: keras.Model) -> list[np.ndarray]:
    """A random list of the shapes that a network expects, as the reader itself states them."""
    from common.weights.lasagne import _plan

    rng = np.random.default_rng(0)
    return [
        rng.normal(scale=0.3, size=part.shape).astype("float32")
        for layer in lasagne_layers(model)
        for part in _plan(layer)[0]
    ]


@pytest.fixture(scope="module")
def oracle():
    """The published network, its outputs for the 635 proteins, their labels, and what must come."""
    located = locate("dtu-oracle")
    model, network = load(located.paths["CNN-LSTM-Attention_params.npz"], steps=2)
    with np.load(located.paths["reduced_val.npz"]) as file:
        profiles, labels, present = (file[key] for key in ("X_val", "y_val", "mask_val"))
    lengths = present.sum(axis=1).astype("int32")
    inputs = {"profile": profiles, "length": lengths}
    outputs = model.predict(inputs, batch_size=128, verbose=0)
    golden = json.loads(located.paths["golden.json"].read_text())["models"]["CNN-LSTM-Attention"]
    return model, network, inputs, outputs, labels, golden


@pytest.mark.mirror
@needs_mirror
def test_oracle_527_of_635_and_the_loss(oracle):
    model, network, _, outputs, labels, golden = oracle
    probabilities = outputs["location"].astype("float64")
    predicted = probabilities.argmax(axis=1)
    assert len(labels) == golden["n"] == 635
    assert (predicted == labels).sum() == golden["correct"] == 527
    assert np.bincount(predicted, minlength=len(LABELS)).tolist() == golden["pred_bincount"]
    loss = -np.log(probabilities[np.arange(635), labels]).mean()
    assert golden["loss"] == 0.625154
    assert abs(loss - golden["loss"]) <= 1e-5
    assert model.count_params() == 16_935
    assert (network.kind, network.kernel_sizes, network.steps) == ("cnn-lstm-attention", (3, 5), 2)


@pytest.mark.mirror
@needs_mirror
def test_oracle_golden_rows_and_attention(oracle):
    *_, outputs, _, golden = oracle
    np.testing.assert_allclose(outputs["location"][:8], golden["probs_first8"], rtol=0, atol=1e-5)
    last = outputs["attention"][:8, :, -1]
    assert last.argmax(axis=1).tolist() == golden["attention_argmax_first8"]
    np.testing.assert_allclose(last.max(axis=1), golden["attention_max_first8"], rtol=0, atol=1e-5)


@pytest.mark.mirror
@needs_mirror
@pytest.mark.parametrize(("steps", "accuracy"), [(1, 0.798425), (3, 0.823622)])
def test_oracle_with_other_numbers_of_steps(oracle, steps, accuracy):
    _, _, inputs, _, labels, _ = oracle
    path = locate("dtu-oracle").paths["CNN-LSTM-Attention_params.npz"]
    outputs = load(path, steps=steps)[0].predict(inputs, batch_size=128, verbose=0)
    right = (outputs["location"].argmax(axis=1) == labels).mean()
    assert right == pytest.approx(accuracy, abs=5e-7)


@pytest.mark.mirror
@needs_mirror
def test_oracle_does_not_depend_on_the_padding(oracle):
    model, _, inputs, outputs, _, _ = oracle
    for row in (0, 7, 634):
        length = int(inputs["length"][row])
        alone = {
            "profile": inputs["profile"][row : row + 1, :length],
            "length": inputs["length"][row : row + 1],
        }
        found = model.predict_on_batch(alone)["location"]
        np.testing.assert_allclose(found[0], outputs["location"][row], rtol=0, atol=1e-5)


@pytest.mark.mirror
@needs_mirror
def test_steps_must_be_named():
    path = locate("dtu-oracle").paths["CNN-LSTM-Attention_params.npz"]
    with pytest.raises(UsageError, match="Give --steps"):
        load(path)


@pytest.mark.parametrize(
    ("network", "parameters", "arrays"),
    [
        (Network("ffn"), 240_340, 4),
        (Network("cnn"), 51_180, 10),
        (Network("cnn-lstm"), 8_550, 44),
        (Network("cnn-lstm-attention"), 16_935, 64),
    ],
)
def test_siblings_are_recognised_built_and_loaded(network, parameters, arrays, tmp_path):
    """Parameter counts are those of the published files, the fixed initial states included."""
    model = build(network)
    assert model.count_params() == parameters
    values = arrays_of(model)
    assert len(values) == arrays
    np.savez(tmp_path / "list.npz", *values)
    again, found = load(tmp_path / "list.npz", steps=2)
    assert found == network
    load_layers(tmp_path, values, lasagne_layers(model))
    lengths = np.array([37, 400, 5], dtype="int32")
    profiles = np.random.default_rng(1).random((3, 400, 20), dtype="float32")
    profiles *= (np.arange(400) < lengths[:, None])[..., None]
    inputs = {"profile": profiles, "length": lengths}
    one, two = (m.predict_on_batch(inputs)["location"] for m in (model, again))
    np.testing.assert_array_equal(one, two)
    np.testing.assert_allclose(one.sum(axis=1), 1, rtol=0, atol=1e-5)
    short = {"profile": profiles[:1, :37], "length": lengths[:1]}
    alone = model.predict_on_batch(short)["location"]
    np.testing.assert_allclose(alone[0], one[0], rtol=0, atol=1e-5)


def test_cnn_reads_its_flat_layer_channel_by_channel():
    """Lasagne flattens (channels, positions): row c * 80 + p of W belongs to channel c."""
    model = build(Network("cnn"))
    profiles = np.random.default_rng(2).random((2, 400, 20), dtype="float32")
    parts = keras.Model(model.input, [model.get_layer(n).output for n in ("pooled", "flat")])
    inputs = {"profile": profiles, "length": np.array([400, 400])}
    pooled, flat = parts.predict_on_batch(inputs)
    np.testing.assert_array_equal(flat, pooled.transpose(0, 2, 1).reshape(2, -1))


def test_example_and_released_networks_have_their_parameters():
    """3,312,310 of the group's example; the released package has 23 features and three heads."""
    trained = sum(int(np.prod(w.shape)) for w in build(EXAMPLE).trainable_weights)
    assert trained == 3_312_310
    from dataclasses import replace

    sizes = {"features": 23, "filters": 20, "second_filters": 128, "state_initializer": "zeros"}
    softmax = build(replace(EXAMPLE, **sizes))
    assert sum(int(np.prod(w.shape)) for w in softmax.trainable_weights) == 3_492_106
    both = build(replace(EXAMPLE, head=HEADS[1], **sizes))
    assert both.count_params() - softmax.count_params() == 513
    tree = build(replace(EXAMPLE, head=HEADS[2], **sizes))
    assert tree.count_params() - softmax.count_params() == 10 * 513 - 5130


@pytest.mark.parametrize("head", HEADS)
def test_heads_of_the_released_package_are_recognised(head, tmp_path):
    network = Network(head=head, kernel_sizes=(1, 3, 5), features=23, steps=3)
    values = arrays_of(build(network))
    np.savez(tmp_path / "list.npz", *values)
    model, found = load(tmp_path / "list.npz", steps=3)
    assert found == network
    inputs = {"profile": np.zeros((2, 9, 23), "float32"), "length": np.array([9, 4])}
    outputs = model.predict_on_batch(inputs)
    np.testing.assert_allclose(outputs["location"].sum(axis=1), 1, rtol=0, atol=1e-5)
    assert ("membrane" in outputs) == (head != HEADS[0])


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([(3, 4, 3), (3,)], "2 arrays: no network of the family"),
        ([(8000, 30), (30,), (30, 10)], "3 arrays: no network"),
        ([(8001, 30), (30,), (30, 10), (10,)], "8001 rows, which is no multiple of 20"),
        ([(2, 20, 3), (2,), (2, 20), (2,), (4, 4, 3), (4,)], "6 arrays: no network"),
        ([(2, 20, 3), (2,)] * 2 + [(4, 4, 3), (4,)] + [(9, 9)] * 4, "widths"),
        ([(2, 20, 3), (2,), (2, 20, 5), (2,), (4, 4, 3), (4,)], "6 arrays: no network"),
    ],
)
def test_other_lists_are_refused(shapes, message, tmp_path):
    with pytest.raises(DataError, match=message):
        recognise(tmp_path / "p.npz", [np.zeros(shape) for shape in shapes])


def test_a_misshapen_array_is_named(tmp_path):
    values = arrays_of(build(Network("cnn-lstm")))
    values[7] = np.zeros((15, 16), "float32")
    np.savez(tmp_path / "list.npz", *values)
    message = r"arr_7: the input gate's U of the layer forward has shape \(15, 16\), expected"
    with pytest.raises(DataError, match=message):
        load(tmp_path / "list.npz")
