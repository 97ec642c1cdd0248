"""State dicts from `.npz` and `.safetensors`, and what is refused."""

from __future__ import annotations

import json
import zipfile
from importlib.util import find_spec

import keras
import numpy as np
import pytest

from common.errors import DataError
from common.layers import MaskedConv1D, TorchBatchNormalization
from common.weights.torch import assign_state_dict, read_state_dict

NAMES = {"conv": "a", "dense": "b", "norm": "c"}


@pytest.fixture
def state() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    shapes = {
        **{"a.weight": (5, 3, 4), "a.bias": (5,), "b.weight": (2, 5), "b.bias": (2,)},
        **{f"c.{kind}": (2,) for kind in ("weight", "bias", "running_mean", "running_var")},
    }
    return {name: rng.normal(size=shape).astype("float32") for name, shape in shapes.items()}


@pytest.fixture
def model() -> keras.Model:
    x = keras.Input((None, 3))
    y = MaskedConv1D(5, 4, name="conv")(x)
    y = TorchBatchNormalization(name="norm")(keras.layers.Dense(2, name="dense")(y[:, 0]))
    return keras.Model(x, y)


def write_safetensors(path, arrays) -> None:
    """The format, by hand: length of the header, header, bytes."""
    header, body = {"__metadata__": {"format": "pt"}}, b""
    for name, values in arrays.items():
        raw = np.ascontiguousarray(values).tobytes()
        kind = {"float32": "F32", "int64": "I64", "float16": "F16"}[str(values.dtype)]
        offsets = [len(body), len(body) + len(raw)]
        header[name] = {"dtype": kind, "shape": list(values.shape), "data_offsets": offsets}
        body += raw
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)


@pytest.mark.parametrize("kind", ["npz", "safetensors"])
def test_both_formats_are_read_without_counters(tmp_path, state, kind):
    path = tmp_path / f"w.{kind}"
    arrays = {**state, "c.num_batches_tracked": np.array(3, dtype="int64")}
    arrays = {f"model.{name}": values for name, values in arrays.items()} | {
        "other": state["a.bias"]
    }
    if kind == "npz":
        np.savez(path, **arrays)
    else:
        write_safetensors(path, arrays)
    found = read_state_dict(path, "model.")
    assert found.keys() == state.keys()
    for name, values in state.items():
        np.testing.assert_array_equal(found[name], values)


@pytest.mark.skipif(find_spec("safetensors") is None, reason="safetensors is not installed")
def test_a_file_of_the_safetensors_package_is_read(tmp_path, state):
    from safetensors.numpy import save_file

    save_file(state, tmp_path / "w.safetensors")
    found = read_state_dict(tmp_path / "w.safetensors")
    for name, values in state.items():
        np.testing.assert_array_equal(found[name], values)


def test_layers_get_torchs_layouts_turned_round(model, state):
    assign_state_dict(model, state, NAMES, "x")
    kernel = model.get_layer("conv").get_weights()[0]
    assert kernel[3, 2, 4] == state["a.weight"][4, 2, 3]
    np.testing.assert_array_equal(model.get_layer("dense").get_weights()[0], state["b.weight"].T)
    gamma, beta, mean, variance = model.get_layer("norm").get_weights()
    for ours, name in (
        (gamma, "weight"),
        (beta, "bias"),
        (mean, "running_mean"),
        (variance, "running_var"),
    ):
        np.testing.assert_array_equal(ours, state[f"c.{name}"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.pop("b.bias"), "b.bias is missing"),
        (lambda s: s.update({"d.weight": np.ones(2)}), "1 arrays have no place: d.weight"),
        (lambda s: s.update({"a.weight": np.ones((5, 3, 9))}), "a: shapes"),
    ],
)
def test_another_networks_arrays_change_nothing(model, state, change, message):
    before = model.get_weights()
    change(state)
    with pytest.raises(DataError, match=message):
        assign_state_dict(model, state, NAMES, "x")
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("name", ["checkpoint.pt", "model.bin", "renamed.npz"])
def test_pickles_are_refused_whatever_they_are_called(tmp_path, name):
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02}.")
    with pytest.raises(DataError, match="pickles, which are never read"):
        read_state_dict(tmp_path / name)


def test_object_arrays_are_refused(tmp_path):
    np.savez(tmp_path / "w.npz", a=np.array([{"x": 1}], dtype=object))
    with pytest.raises(DataError, match="unreadable"):
        read_state_dict(tmp_path / "w.npz")


@pytest.mark.parametrize("kind", ["npz", "safetensors"])
@pytest.mark.parametrize("kept", [0, 7, 300])
def test_truncated_and_absent_files_are_named(tmp_path, state, kind, kept):
    path = tmp_path / f"w.{kind}"
    with pytest.raises(DataError, match="no such file"):
        read_state_dict(path)
    np.savez(tmp_path / "w.npz", **state)
    write_safetensors(tmp_path / "w.safetensors", state)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DataError, match=f"w.{kind}: "):
        read_state_dict(path)


def test_types_that_numpy_lacks_are_named(tmp_path):
    write_safetensors(tmp_path / "w.safetensors", {"a": np.ones(2, "float32")})
    content = (tmp_path / "w.safetensors").read_bytes().replace(b'"F32"', b'"B16"')
    (tmp_path / "w.safetensors").write_bytes(content)
    with pytest.raises(DataError, match="a is B16, not F64, F32"):
        read_state_dict(tmp_path / "w.safetensors")


def test_prefix_that_nothing_has_is_named(tmp_path, state):
    np.savez(tmp_path / "w.npz", **state)
    with pytest.raises(DataError, match="no array whose name begins with 'la/'"):
        read_state_dict(tmp_path / "w.npz", "la/")
