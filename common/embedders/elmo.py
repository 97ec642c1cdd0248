"""ELMo (Peters et al., 2018): characters, highways and two bidirectional LSTM layers.

Its arrays are those of the TensorFlow files in which ELMo models are passed on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from common.layers import MaskedLayer, reverse_sequences, zero_padding

Tensor = Any


@dataclass(frozen=True)
class ElmoOptions:
    """The sizes of an ELMo.

    Parameters
    ----------
    characters, character_width : int
        Rows and columns of the table of characters.
    filters : sequence of (int, int)
        Width and number of the convolutions over a token's characters.
    highways : int
    projection, cell : int
        Features between the layers, and of an LSTM's memory.
    layers : int
    cell_clip, projection_clip : float
    skip : bool
        Add a layer's input to its output, from the second layer on.
    """

    characters: int
    character_width: int
    filters: Sequence[tuple[int, int]]
    highways: int
    projection: int
    cell: int
    layers: int
    cell_clip: float
    projection_clip: float
    skip: bool = True


@keras.saving.register_keras_serializable(package="reproduce")
class ProjectedLSTM(MaskedLayer):
    """An LSTM with a projection of its output, both clipped (Sak et al., 2014).

    With the gates input, candidate, forget and output stacked in this order::

        z = [x, h] W + b
        c' = clip(sigmoid(z_f + 1) c + sigmoid(z_i) tanh(z_j))
        h' = clip((sigmoid(z_o) tanh(c')) P)

    Parameters
    ----------
    units, projection : int
        Of the memory, and of the output.
    cell_clip, projection_clip : float
    backwards : bool
        Read from the last position to the first.

    Call arguments
    --------------
    x : (batch, length, features)
    mask : (batch, length) bool, optional
        Padding on the right only.

    Returns
    -------
    (batch, length, projection)

    Notes
    -----
    Masking: a backward layer runs over sequences that are reversed within their own lengths, so
    that padding is never read; outputs are zero on padding. Every sequence starts from zero
    states. Weights: ``kernel`` (features + projection, 4 units), ``bias`` (4 units,) and
    ``projection_kernel`` (units, projection).
    """

    def __init__(
        self,
        units: int,
        projection: int,
        cell_clip: float = 3.0,
        projection_clip: float = 3.0,
        backwards: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.units, self.projection = units, projection
        self.cell_clip, self.projection_clip = cell_clip, projection_clip
        self.backwards = backwards

    def build(self, x_shape: tuple[int | None, ...]) -> None:
        stacked, features = 4 * self.units, x_shape[-1] or 0
        self.kernel = self.add_weight(name="kernel", shape=(features + self.projection, stacked))
        self.bias = self.add_weight(name="bias", shape=(stacked,), initializer="zeros")
        self.projection_kernel = self.add_weight(
            name="projection_kernel", shape=(self.units, self.projection)
        )

    def call(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        x = zero_padding(x, mask)
        if self.backwards:
            x = reverse_sequences(x, mask)
        count = ops.shape(x)[0]
        start = tuple(
            ops.zeros((count, size), dtype=self.compute_dtype)
            for size in (self.projection, self.units)
        )
        _, (states, _) = ops.scan(self._step, start, ops.transpose(x, (1, 0, 2)))
        states = ops.transpose(states, (1, 0, 2))
        if self.backwards:
            states = reverse_sequences(states, mask)
        return zero_padding(states, mask)

    def _step(self, states: Sequence[Tensor], x: Tensor) -> tuple[Any, Any]:
        h, c = states
        z = ops.matmul(ops.concatenate([x, h], axis=-1), self.kernel) + self.bias
        z_i, z_j, z_f, z_o = ops.split(z, 4, axis=-1)
        c = ops.sigmoid(z_f + 1) * c + ops.sigmoid(z_i) * ops.tanh(z_j)
        c = ops.clip(c, -self.cell_clip, self.cell_clip)
        h = ops.matmul(ops.sigmoid(z_o) * ops.tanh(c), self.projection_kernel)
        h = ops.clip(h, -self.projection_clip, self.projection_clip)
        return (h, c), (h, c)

    def compute_output_shape(self, x_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (*x_shape[:-1], self.projection)

    def get_config(self) -> dict[str, Any]:
        names = ("units", "projection", "cell_clip", "projection_clip", "backwards")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


@keras.saving.register_keras_serializable(package="reproduce")
class Highway(keras.layers.Layer):
    """``g relu(x W + b) + (1 - g) x`` with ``g = sigmoid(x W_g + b_g)`` (Srivastava et al., 2015).

    Call arguments
    --------------
    x : (batch, features)

    Returns
    -------
    (batch, features)

    Notes
    -----
    Masking: none, it works on single vectors. Weights: ``gate`` and ``kernel``
    (features, features), ``gate_bias`` and ``bias`` (features,).
    """

    def build(self, x_shape: tuple[int | None, ...]) -> None:
        size = x_shape[-1]
        self.gate = self.add_weight(name="gate", shape=(size, size))
        self.gate_bias = self.add_weight(name="gate_bias", shape=(size,), initializer="zeros")
        self.kernel = self.add_weight(name="kernel", shape=(size, size))
        self.bias = self.add_weight(name="bias", shape=(size,), initializer="zeros")

    def call(self, x: Tensor) -> Tensor:
        gate = ops.sigmoid(ops.matmul(x, self.gate) + self.gate_bias)
        changed = ops.relu(ops.matmul(x, self.kernel) + self.bias)
        return gate * changed + (1 - gate) * x

    def compute_output_shape(self, x_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return x_shape


def token_encoder(options: ElmoOptions, characters_a_token: int) -> keras.Model:
    """From a token's characters (batch, characters) int to its vector (batch, projection)."""
    characters = keras.Input((characters_a_token,), dtype="int32")
    size = (options.characters, options.character_width)
    x = keras.layers.Embedding(*size, name="characters")(characters)
    parts = [
        keras.layers.GlobalMaxPooling1D()(
            keras.layers.Conv1D(number, width, name=f"convolution_{place}")(x)
        )
        for place, (width, number) in enumerate(options.filters)
    ]
    x = parts[0] if len(parts) == 1 else keras.layers.Concatenate()(parts)
    x = keras.layers.Activation("relu")(x)
    for place in range(options.highways):
        x = Highway(name=f"highway_{place}")(x)
    x = keras.layers.Dense(options.projection, name="projection")(x)
    return keras.Model(characters, x, name="token_encoder")


def language_model(options: ElmoOptions) -> keras.Model:
    """From token vectors and their mask to the sum of all layers.

    Returns
    -------
    keras.Model
        Inputs (batch, length, projection) and (batch, length) bool; output
        (batch, length, 2 projection): the token's vector twice, plus each LSTM layer's forward
        and backward states side by side.
    """
    tokens = keras.Input((None, options.projection))
    mask = keras.Input((None,), dtype="bool")
    directions = [tokens, tokens]
    total = keras.layers.Concatenate()(directions)
    clips = (options.cell_clip, options.projection_clip)
    for number in range(options.layers):
        for place, name in enumerate(("forward", "backward")):
            layer = ProjectedLSTM(
                *(options.cell, options.projection, *clips),
                backwards=name == "backward",
                name=f"{name}_{number}",
            )
            state = layer(directions[place], mask=mask)
            if options.skip and number:
                state = keras.layers.Add()([state, directions[place]])
            directions[place] = state
        total = keras.layers.Add()([total, keras.layers.Concatenate()(directions)])
    return keras.Model([tokens, mask], total, name="elmo")


def set_arrays(
    encoder: keras.Model, lstm: keras.Model, arrays: Mapping[str, np.ndarray], options: ElmoOptions
) -> None:
    """Give both models the arrays of a TensorFlow ELMo file.

    Parameters
    ----------
    arrays : mapping
        By their paths in the file, such as ``CNN_proj/W_proj``.
    """
    encoder.get_layer("characters").set_weights([arrays["char_embed"]])
    for place in range(len(options.filters)):
        kernel = np.asarray(arrays[f"CNN/W_cnn_{place}"])[0]
        encoder.get_layer(f"convolution_{place}").set_weights(
            [kernel, arrays[f"CNN/b_cnn_{place}"]]
        )
    for place in range(options.highways):
        names = ("W_carry", "b_carry", "W_transform", "b_transform")
        own = [arrays[f"CNN_high_{place}/{name}"] for name in names]
        encoder.get_layer(f"highway_{place}").set_weights(own)
    encoder.get_layer("projection").set_weights(
        [arrays["CNN_proj/W_proj"], arrays["CNN_proj/b_proj"]]
    )
    for direction, name in enumerate(("forward", "backward")):
        for number in range(options.layers):
            cell = f"RNN_{direction}/RNN/MultiRNNCell/Cell{number}/LSTMCell"
            own = [arrays[f"{cell}/{part}"] for part in ("W_0", "B", "W_P_0")]
            lstm.get_layer(f"{name}_{number}").set_weights(own)
