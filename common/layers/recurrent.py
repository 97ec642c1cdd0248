"""LSTMs whose answer does not depend on padding, at the speed of those without a mask."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from common.layers.masking import MaskedLayer, last_residue, reverse_sequences, zero_padding

Tensor = Any


@keras.saving.register_keras_serializable(package="reproduce")
def old_hard_sigmoid(x: Tensor) -> Tensor:
    """The gate activation of Keras before 2.3 and 3: ``clip(0.2 x + 0.5, 0, 1)``.

    Keras 3's own ``hard_sigmoid`` has the slope 1/6.
    """
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)


@keras.saving.register_keras_serializable(package="reproduce")
class MaskedLSTM(MaskedLayer):
    """A long short-term memory over each sequence's own residues.

    Sønderby et al. (2015), equations 1 to 6 (gates without peepholes).

    Parameters
    ----------
    units : int
    return_sequences : bool
        Hand out the state at every position, or only the last one.
    backwards : bool
        Read from the last residue to the first.
    recurrent_activation : str or callable
        Of the gates; `old_hard_sigmoid` for models trained with Keras 2.0.
    unit_forget_bias : bool
        Start the forget gate's bias at 1.
    kernel_initializer, recurrent_initializer, bias_initializer : str or keras.Initializer
    dropout, recurrent_dropout : float
        As in ``keras.layers.LSTM``.
    seed : int, optional

    Call arguments
    --------------
    x : (batch, length, features)
    mask : (batch, length) bool, optional
        Padding on the right only.
    training : bool, optional

    Returns
    -------
    (batch, length, units)
        With `return_sequences`; aligned with the input, also when `backwards`.
    (batch, units)
        Without: the state after the last residue that is read, which is the sequence's last, or
        its first when `backwards`. Zero for a sequence without residues.

    Notes
    -----
    Masking: a forward LSTM does not see the padding on its right before it is done; a backward
    one runs over sequences that are reversed within their own lengths. So the cell runs without a
    mask (cuDNN on a GPU, no masked loop on a CPU) and the answer is exact. Outputs are zero on
    padding. Weights are those of the inner ``keras.layers.LSTM``, `lstm`.
    """

    def __init__(
        self,
        units: int,
        return_sequences: bool = True,
        backwards: bool = False,
        recurrent_activation: Any = "sigmoid",
        unit_forget_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.return_sequences = return_sequences
        self.backwards = backwards
        self.lstm = keras.layers.LSTM(
            units,
            return_sequences=True,
            recurrent_activation=recurrent_activation,
            unit_forget_bias=unit_forget_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            seed=seed,
            dtype=self.dtype_policy,
            name="lstm",
        )

    def build(self, x_shape: tuple[int | None, ...]) -> None:
        self.lstm.build(x_shape)

    def call(self, x: Tensor, mask: Tensor | None = None, training: bool | None = None) -> Tensor:
        x = zero_padding(x, mask)
        if self.backwards:
            x = reverse_sequences(x, mask)
        states = self.lstm(x, training=training)
        if not self.return_sequences:
            return last_residue(states, mask)
        if self.backwards:
            states = reverse_sequences(states, mask)
        return zero_padding(states, mask)

    def compute_output_shape(self, x_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        middle = (x_shape[1],) if self.return_sequences else ()
        return (x_shape[0], *middle, self.units)

    def get_config(self) -> dict[str, Any]:
        inner = self.lstm.get_config()
        return {
            **super().get_config(),
            "units": self.units,
            "return_sequences": self.return_sequences,
            "backwards": self.backwards,
            **{name: inner[name] for name in _PASSED_ON},
        }


_PASSED_ON = (
    "recurrent_activation",
    "unit_forget_bias",
    "kernel_initializer",
    "recurrent_initializer",
    "bias_initializer",
    "dropout",
    "recurrent_dropout",
    "seed",
)


@keras.saving.register_keras_serializable(package="reproduce")
class MaskedBiLSTM(MaskedLayer):
    """A forward and a backward `MaskedLSTM` side by side.

    Parameters
    ----------
    units : int
        Of each direction.
    return_sequences : bool
    **options
        Those of `MaskedLSTM`, for both directions.

    Call arguments
    --------------
    x : (batch, length, features)
    mask : (batch, length) bool, optional
        Padding on the right only.
    training : bool, optional

    Returns
    -------
    (batch, length, 2 * units) or, without `return_sequences`, (batch, 2 * units)
        The forward states, then the backward ones. Without `return_sequences` they are those after
        the last and after the first residue (Sønderby et al. 2015, figure 4C: the R-LSTM).

    Notes
    -----
    Masking: as in `MaskedLSTM`; zero on padding.
    """

    def __init__(self, units: int, return_sequences: bool = True, **options: Any) -> None:
        shared = {name: options.pop(name) for name in _PASSED_ON if name in options}
        super().__init__(**options)
        self.units = units
        self.return_sequences = return_sequences
        self.forward_layer = MaskedLSTM(
            units, return_sequences, dtype=self.dtype_policy, name="forward", **_own(shared)
        )
        self.backward_layer = MaskedLSTM(
            units, return_sequences, True, dtype=self.dtype_policy, name="backward", **_own(shared)
        )

    def build(self, x_shape: tuple[int | None, ...]) -> None:
        self.forward_layer.build(x_shape)
        self.backward_layer.build(x_shape)

    def call(self, x: Tensor, mask: Tensor | None = None, training: bool | None = None) -> Tensor:
        both = [
            layer(x, mask=mask, training=training)
            for layer in (self.forward_layer, self.backward_layer)
        ]
        return ops.concatenate(both, axis=-1)

    def compute_output_shape(self, x_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        middle = (x_shape[1],) if self.return_sequences else ()
        return (x_shape[0], *middle, 2 * self.units)

    def get_config(self) -> dict[str, Any]:
        inner = self.forward_layer.get_config()
        return {
            **super().get_config(),
            "units": self.units,
            "return_sequences": self.return_sequences,
            **{name: inner[name] for name in _PASSED_ON},
        }


def _own(options: dict[str, Any]) -> dict[str, Any]:
    """Copy initializers, so that the two directions do not draw the same numbers."""
    return {
        name: value.clone() if isinstance(value, keras.initializers.Initializer) else value
        for name, value in options.items()
    }
