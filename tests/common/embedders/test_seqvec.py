"""SeqVec's ELMo against an independent forward pass in NumPy, on a small file of its layout."""

from __future__ import annotations

import json

import h5py
import keras
import numpy as np
import pytest

from common.embedders.elmo import Highway, ProjectedLSTM
from common.embedders.models import LanguageModel, load_embedder
from common.embedders.seqvec import load_seqvec, token_characters
from common.errors import DataError, UsageError

SEQUENCES = ["MKV", "ACDEFGHIKLMNPQRSTVWYX", "W"]
OPTIONS = {
    "lstm": {
        **{"use_skip_connections": True, "projection_dim": 3, "cell_clip": 0.6, "proj_clip": 0.4},
        **{"dim": 5, "n_layers": 2},
    },
    "char_cnn": {
        **{"activation": "relu", "filters": [[1, 4], [2, 3], [3, 2]], "n_highway": 2},
        **{"embedding": {"dim": 4}, "n_characters": 262, "max_characters_per_token": 8},
    },
}
SMALL = LanguageModel("seqvec", "elmo", 6, "", "", "")


def made_up() -> dict[str, np.ndarray]:
    """Random arrays under the names of a TensorFlow ELMo file."""
    rng = np.random.default_rng(0)
    shapes = {"char_embed": (261, 4), "CNN_proj/W_proj": (9, 3), "CNN_proj/b_proj": (3,)}
    for place, (width, number) in enumerate(OPTIONS["char_cnn"]["filters"]):
        shapes[f"CNN/W_cnn_{place}"] = (1, width, 4, number)
        shapes[f"CNN/b_cnn_{place}"] = (number,)
    for place in range(2):
        for name in ("carry", "transform"):
            shapes[f"CNN_high_{place}/W_{name}"] = (9, 9)
            shapes[f"CNN_high_{place}/b_{name}"] = (9,)
        for layer in range(2):
            cell = f"RNN_{place}/RNN/MultiRNNCell/Cell{layer}/LSTMCell"
            shapes |= {f"{cell}/W_0": (6, 20), f"{cell}/B": (20,), f"{cell}/W_P_0": (5, 3)}
    return {
        name: rng.normal(0, 0.4, size=shape).astype("float32") for name, shape in shapes.items()
    }


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "options.json").write_text(json.dumps(OPTIONS))
    with h5py.File(tmp_path / "weights.hdf5", "w") as file:
        for name, values in made_up().items():
            file[name] = values
    return tmp_path


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def token_vector(w, characters):
    """Characters of one token to its vector, one window at a time."""
    x = w["char_embed"][characters]
    pooled = []
    for place in range(3):
        kernel, bias = w[f"CNN/W_cnn_{place}"][0], w[f"CNN/b_cnn_{place}"]
        windows = [x[t : t + len(kernel)] for t in range(len(x) - len(kernel) + 1)]
        pooled.append(np.max([np.einsum("wc,wcf->f", part, kernel) for part in windows], 0) + bias)
    v = np.maximum(np.concatenate(pooled), 0)
    for place in range(2):
        high = {
            k: w[f"CNN_high_{place}/{k}"]
            for k in ("W_carry", "b_carry", "W_transform", "b_transform")
        }
        gate = sigmoid(v @ high["W_carry"] + high["b_carry"])
        v = gate * np.maximum(v @ high["W_transform"] + high["b_transform"], 0) + (1 - gate) * v
    return v @ w["CNN_proj/W_proj"] + w["CNN_proj/b_proj"]


def lstm(w, cell, rows):
    h, c, states = np.zeros(3), np.zeros(5), []
    for x in rows:
        z = np.concatenate([x, h]) @ w[f"{cell}/W_0"] + w[f"{cell}/B"]
        i, j, f, o = np.split(z, 4)
        c = np.clip(sigmoid(f + 1.0) * c + sigmoid(i) * np.tanh(j), -0.6, 0.6)
        h = np.clip((sigmoid(o) * np.tanh(c)) @ w[f"{cell}/W_P_0"], -0.4, 0.4)
        states.append(h)
    return np.array(states)


def by_hand(sequence):
    """Sum of the three layers in float64, with the clips at work."""
    w = {name: values.astype("float64") for name, values in made_up().items()}
    inner = [[256], *([ord(letter)] for letter in sequence), [257]]
    tokens = [[258, *c, 259] + [260] * 5 for c in inner]
    layer = np.array([token_vector(w, characters) for characters in tokens])
    directions = [layer, layer]
    total = np.concatenate(directions, axis=1)
    for number in range(2):
        for place in range(2):
            rows = directions[place][::-1] if place else directions[place]
            states = lstm(w, f"RNN_{place}/RNN/MultiRNNCell/Cell{number}/LSTMCell", rows)
            states = states[::-1] if place else states
            directions[place] = states + directions[place] if number else states
        total = total + np.concatenate(directions, axis=1)
    return total[1:-1]


def test_layers_summed_by_hand(folder):
    seqvec = load_seqvec(SMALL, folder)
    for sequence, found in zip(SEQUENCES, seqvec.embed(SEQUENCES), strict=True):
        assert found.shape == (len(sequence), 6)
        np.testing.assert_allclose(found, by_hand(sequence), rtol=0, atol=1e-5)


def test_answer_depends_neither_on_the_batch_nor_on_what_came_before(folder):
    seqvec = load_seqvec(SMALL, folder)
    together = seqvec.embed(SEQUENCES)
    for sequence, many in zip(SEQUENCES, together, strict=True):
        np.testing.assert_allclose(seqvec.embed([sequence])[0], many, rtol=0, atol=1e-6)


def test_tokens_are_bytes_between_marks():
    assert token_characters("M", 6) == [258, 77, 259, 260, 260, 260]
    assert token_characters("<protein begins>", 4) == [258, 256, 259, 260]


def test_files_of_another_width_are_refused(folder):
    with pytest.raises(DataError, match="width 6, and not 1024"):
        load_embedder("seqvec", folder)
    with pytest.raises(UsageError, match="--weights"):
        load_embedder("seqvec")


@pytest.mark.parametrize("name", ["options.json", "weights.hdf5"])
def test_absent_and_damaged_files_are_named(folder, name):
    path = folder / name
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match="do not fit together or are damaged"):
        load_seqvec(SMALL, folder)
    path.unlink()
    with pytest.raises(DataError, match=f"{name} is not in it"):
        load_seqvec(SMALL, folder)


def test_array_that_is_missing_is_named(folder):
    with h5py.File(folder / "weights.hdf5", "r+") as file:
        del file["CNN_proj/W_proj"]
    with pytest.raises(DataError, match="CNN_proj/W_proj"):
        load_seqvec(SMALL, folder)


@pytest.mark.parametrize("backwards", [False, True])
def test_projected_lstm_has_shapes_configuration_and_zero_padding(backwards):
    layer = ProjectedLSTM(5, 3, 0.5, 0.3, backwards=backwards)
    assert ProjectedLSTM.from_config(layer.get_config()).get_config() == layer.get_config()
    assert layer(keras.Input((None, 4))).shape == (None, None, 3)
    x = np.random.default_rng(0).normal(size=(2, 6, 4)).astype("float32")
    mask = np.arange(6) < np.array([[6], [2]])
    y = keras.ops.convert_to_numpy(layer(x, mask=keras.ops.convert_to_tensor(mask)))
    assert not y[1, 2:].any() and np.abs(y).max() <= 0.3
    alone = keras.ops.convert_to_numpy(layer(x[1:, :2]))
    np.testing.assert_allclose(y[1, :2], alone[0], atol=1e-6)


def test_highway_with_a_closed_gate_hands_its_input_on():
    layer = Highway()
    layer.build((None, 3))
    weights = [np.zeros((3, 3)), np.full(3, -50.0), np.ones((3, 3)), np.ones(3)]
    layer.set_weights(weights)
    x = np.array([[1.0, -2, 3]], "float32")
    np.testing.assert_allclose(keras.ops.convert_to_numpy(layer(x)), x, atol=1e-6)
    weights[1] = np.full(3, 50.0)
    layer.set_weights(weights)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(layer(x)), [[3, 3, 3]], atol=1e-6)
