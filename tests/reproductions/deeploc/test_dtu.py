"""The published network of the family gives its published answers; its siblings fit their lists.

Weights and profiles come from the registry's `dtu-oracle` (GPLv3, never part of this project). The
expected values are those of an independent float64 forward pass.
"""

from __future__ import annotations

import json
from dataclasses import asdict

import keras
import numpy as np
import pytest
from processes import reproduce

from common.data.fetch import locate
from common.errors import DataError, UsageError
from common.paths import mirror_folder
from common.weights.lasagne import load_layers
from reproductions.deeploc.dtu import EXAMPLE, LABELS, build, lasagne_layers, load, told
from reproductions.deeploc.dtu_arrays import Network, recognise
from reproductions.deeploc.dtu_layout import HEADS, KINDS, layout
from reproductions.deeploc.tree import LOCATIONS, TREE

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
def test_the_command_imports_the_oracle_whole(oracle, tmp_path):
    published = locate("dtu-oracle").paths["CNN-LSTM-Attention_params.npz"]
    out = tmp_path / "net.keras"
    done = reproduce("import-lasagne", str(published), "--steps", "2", "-o", str(out))
    assert done.returncode == 0, done.stderr
    _, _, inputs, outputs, labels, _ = oracle
    found = keras.saving.load_model(out).predict(inputs, batch_size=128, verbose=0)["location"]
    np.testing.assert_allclose(found, outputs["location"], rtol=0, atol=1e-6)
    assert (found.argmax(axis=1) == labels).sum() == 527


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
        ([(5,)] * 70, "70 arrays: no network"),
        ([(8001, 30), (30,), (30, 10), (10,)], "8001 rows, which is no multiple of 20"),
        (
            [(2, 20, 3), (2,), (2, 20, 3), (2,), (4, 4, 3), (4,), (320, 9), (9,), (9, 10), (10,)],
            r"arr_2: the filters have the widths \(3, 3\), 3 twice",
        ),
        (
            [(2, 20, 3), (2,), (2, 20), (2,), (4, 4, 3), (4,), (320, 9), (9,), (9, 10), (10,)],
            r"arr_2: the W of width 2 of the layer motifs has shape \(2, 20\), "
            r"expected \(2, 20, width 2\)",
        ),
        (
            [(2, 20, 3), (2,), (4, 2, 3), (4,), (321, 9), (9,), (9, 10), (10,)],
            "arr_4: the W of the layer dense has 321 rows, which is no multiple of 4 filters",
        ),
    ],
)
def test_other_lists_are_refused(shapes, message, tmp_path):
    with pytest.raises(DataError, match=message):
        recognise(tmp_path / "p.npz", [np.zeros(shape) for shape in shapes])


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("kind", KINDS)
def test_layouts_are_the_lists_of_the_networks(kind, head):
    from common.weights.lasagne import _plan

    network = Network(kind, head, lstm_units=7, decoder_units=11, alignment_units=6)
    sizes = asdict(network) | {"motifs": 20, "states": 14, "width 1": 3, "width 2": 5}
    sizes["inputs"] = 8000 if kind == "ffn" else 1600
    parts = [(layer, part) for layer in lasagne_layers(build(network)) for part in _plan(layer)[0]]
    arrays = layout(kind, head, 2)
    assert [tuple(sizes.get(a, a) for a in one.shape) for one in arrays] == [
        part.shape for _, part in parts
    ]
    for one, (layer, part) in zip(arrays, parts, strict=True):
        assert one.name.startswith(f"the {part.name.partition(' of width')[0]}")
        assert one.name.endswith(f" of the layer {layer.name}")


@pytest.fixture(scope="module")
def lists():
    """Lists of arrays of two networks: with filters and a flat layer, and with attention."""
    return {kind: arrays_of(build(Network(kind))) for kind in ("cnn", "cnn-lstm-attention")}


@pytest.mark.parametrize(
    ("kind", "place", "first", "message"),
    [
        ("cnn", 0, 0, r"has shape \(10,\), expected \(10, 20, width 1\)"),
        ("cnn", 6, 6, r"W of the layer dense has shape \(30,\), expected \(inputs, 30\)"),
        ("cnn", 9, 9, r"missing: the b of the layer location, expected shape \(10,\)"),
        ("cnn-lstm-attention", 6, 6, r"forward has shape \(15, 15\), expected \(20, 15\)"),
        ("cnn-lstm-attention", 18, 20, r"peephole .*has shape \(1, 15\), expected \(15,\)"),
        ("cnn-lstm-attention", 40, 40, r"attention has shape \(30,\), expected \(30, 30\)"),
        ("cnn-lstm-attention", 56, 56, r"U_align .*has shape \(15, 1\), expected \(30, 15\)"),
        ("cnn-lstm-attention", 63, 63, "missing: the b of the layer location"),
    ],
)
def test_a_dropped_array_is_named(lists, kind, place, first, message, tmp_path):
    """Where arrays of one shape stand in a row, the first that does not fit is behind them."""
    values = lists[kind][:place] + lists[kind][place + 1 :]
    np.savez(tmp_path / "list.npz", *values)
    with pytest.raises(DataError, match=rf"arr_{first}: .*{message}.*; the file has {len(values)}"):
        load(tmp_path / "list.npz", steps=2)


@pytest.mark.parametrize("kind", ["cnn", "cnn-lstm-attention"])
def test_a_hole_in_the_list_is_named(lists, kind, tmp_path):
    values = {f"arr_{place}": array for place, array in enumerate(lists[kind])}
    for place, shape in ((2, r"\(10, 20, width 2\)"), (5, r"\(20,\)")):
        np.savez(tmp_path / "list.npz", **{n: v for n, v in values.items() if n != f"arr_{place}"})
        fault = (
            rf"arr_{place}: missing: the .*, expected shape {shape}; the file has {len(values) - 1}"
        )
        with pytest.raises(DataError, match=fault):
            load(tmp_path / "list.npz", steps=2)


@pytest.mark.parametrize("kind", ["cnn", "cnn-lstm-attention"])
def test_every_misshapen_array_is_named(lists, kind, tmp_path):
    """Each axis one too long, but for the widths of filters, which no other array tells."""
    right = lists[kind]
    checked = 0
    for place, array in enumerate(right):
        for axis in range(array.ndim if array.ndim < 3 else 2):
            shape = tuple(size + (at == axis) for at, size in enumerate(array.shape))
            values = [*right[:place], np.zeros(shape, "float32"), *right[place + 1 :]]
            with pytest.raises(DataError) as fault:
                recognise(tmp_path / "p.npz", values)
            assert f"arr_{place}: " in str(fault.value)
            checked += 1
    assert checked == sum(min(array.ndim, 2) for array in right)


@pytest.mark.parametrize(
    ("kind", "place", "shape", "message"),
    [
        ("cnn", 6, (1600, 31), r"dense has shape \(1600, 31\), expected \(1600, 30\)"),
        ("cnn", 6, (1601, 30), "has 1601 rows, which is no multiple of 20 filters"),
        ("cnn-lstm-attention", 6, (20, 16), r"\(20, 16\), expected \(20, 15\)"),
        ("cnn-lstm-attention", 7, (15, 16), r"input gate's U of the layer forward has shape"),
        ("cnn-lstm-attention", 40, (30, 31), r"\(30, 31\), expected \(30, 30\)"),
        ("cnn-lstm-attention", 60, (30,), r"dense has shape \(30,\), expected \(30, 30\)"),
    ],
)  # fmt: skip
def test_a_misshapen_array_that_tells_a_size_is_named(lists, kind, place, shape, message, tmp_path):
    values = list(lists[kind])
    values[place] = np.zeros(shape, "float32")
    np.savez(tmp_path / "list.npz", *values)
    with pytest.raises(DataError, match=rf"arr_{place}: .*{message}"):
        load(tmp_path / "list.npz", steps=2)


def test_a_left_over_array_is_named(lists, tmp_path):
    np.savez(tmp_path / "list.npz", *lists["cnn"], np.zeros(3))
    with pytest.raises(DataError, match=r"arr_10: left over, of shape \(3,\); the file has 11"):
        load(tmp_path / "list.npz")


@pytest.mark.parametrize(
    ("head", "locations"), [(HEADS[0], LABELS), (HEADS[1], LOCATIONS), (HEADS[2], LOCATIONS)]
)
def test_labels_and_the_convention_of_a_tree_are_told(head, locations, tmp_path):
    np.savez(tmp_path / "list.npz", *arrays_of(build(Network("cnn", head))))
    _, network = load(tmp_path / "list.npz")
    assert network.locations == locations
    assert json.loads(json.dumps(asdict(network)))["locations"] == list(locations)
    first, *convention = told(network).splitlines()
    assert first == f"labels: {', '.join(locations)}"
    assert len(convention) == (1 + len(TREE) if head == HEADS[2] else 0)
    if convention:
        assert convention[1].split(" 1: ")[1] == "Extracellular?, 0: Terminal?"


def test_labels_of_other_numbers_are_not_known(tmp_path):
    np.savez(tmp_path / "list.npz", *arrays_of(build(Network("cnn", labels=4))))
    assert told(load(tmp_path / "list.npz")[1]) == "labels: not known"
