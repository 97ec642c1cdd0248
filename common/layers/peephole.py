"""The LSTM of Lasagne: peepholes, clipped gradients, given or learnt initial states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from common.layers.masking import MaskedLayer, last_residue, reverse_sequences, zero_padding

Tensor = Any

GATES = ("input", "forget", "cell", "output")


def clip_gradient(x: Tensor, bound: float) -> Tensor:
    """Hand `x` on as it is, and its gradient clipped to ``[-bound, bound]`` element by element.

    Theano's ``theano.gradient.grad_clip``, on TensorFlow and JAX.
    """

    @ops.custom_gradient
    def identity(value: Tensor) -> tuple[Tensor, Any]:
        def gradient(*upstream_only: Tensor, upstream: Tensor | None = None) -> Tensor:
            received = upstream_only[0] if upstream is None else upstream
            return ops.clip(received, -bound, bound)

        return value, gradient

    return identity(x)


@keras.saving.register_keras_serializable(package="reproduce")
class PeepholeLSTMCell(keras.layers.Layer):
    """One step of ``lasagne.layers.LSTMLayer``, on one batch of inputs and states.

    Graves (2013), equations 7 to 11, with the gates input, forget, cell and output stacked in this
    order::

        z = x W + h U + b                       (gradient clipped here)
        i = sigmoid(z_i + p_i * c),  f = sigmoid(z_f + p_f * c)
        c' = f * c + i * tanh(z_c)
        o = sigmoid(z_o + p_o * c'),  h' = o * tanh(c')

    Parameters
    ----------
    units : int
    grad_clipping : float
        Bound on the gradient of ``z``; 0 for none (DeepLoc: 2).
    kernel_initializer, recurrent_initializer, peephole_initializer : str or keras.Initializer
        By default normal with standard deviation 0.1, as Lasagne's ``Gate``. As there, each gate is
        drawn on its own: an orthogonal matrix is one for each gate.
    bias_initializer : str or keras.Initializer
        Zero for every gate, the forget gate included.

    Call arguments
    --------------
    x : (batch, features)
    states : pair of (batch, units)
        ``h`` and ``c`` before the step.

    Returns
    -------
    h : (batch, units)
    states : list of two (batch, units)
        ``h`` and ``c`` after the step.

    Notes
    -----
    Masking: none, a cell sees one position. Weights: ``kernel`` (features, 4 units),
    ``recurrent_kernel`` (units, 4 units), ``bias`` (4 units,), ``peepholes`` (3, units) in the
    order input, forget, output. Keras's gate order is the same, input, forget, cell, output.
    """

    def __init__(
        self,
        units: int,
        grad_clipping: float = 0.0,
        kernel_initializer: Any = None,
        recurrent_initializer: Any = None,
        peephole_initializer: Any = None,
        bias_initializer: Any = "zeros",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.grad_clipping = grad_clipping
        self.kernel_initializer = _normal_unless(kernel_initializer)
        self.recurrent_initializer = _normal_unless(recurrent_initializer)
        self.peephole_initializer = _normal_unless(peephole_initializer)
        self.bias_initializer = keras.initializers.get(bias_initializer)
        self.state_size = [units, units]
        self.output_size = units

    def build(self, x_shape: tuple[int | None, ...]) -> None:
        stacked = 4 * self.units
        self.kernel = self.add_weight(
            name="kernel",
            shape=(x_shape[-1], stacked),
            initializer=_each_gate(self.kernel_initializer),
        )
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel",
            shape=(self.units, stacked),
            initializer=_each_gate(self.recurrent_initializer),
        )
        self.bias = self.add_weight(
            name="bias", shape=(stacked,), initializer=self.bias_initializer
        )
        self.peepholes = self.add_weight(
            name="peepholes", shape=(3, self.units), initializer=self.peephole_initializer
        )

    def project(self, x: Tensor) -> Tensor:
        """The part of ``z`` that needs no state: (..., features) -> (..., 4 units)."""
        return ops.add(ops.matmul(x, self.kernel), self.bias)

    def step(self, projected: Tensor, states: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Go on from ``h, c`` with a projected input: (batch, 4 units) -> new ``h, c``."""
        h, c = states
        z = projected + ops.matmul(h, self.recurrent_kernel)
        if self.grad_clipping:
            z = clip_gradient(z, self.grad_clipping)
        z_i, z_f, z_c, z_o = ops.split(z, 4, axis=-1)
        p_i, p_f, p_o = ops.unstack(ops.convert_to_tensor(self.peepholes), num=3, axis=0)
        i = ops.sigmoid(z_i + p_i * c)
        f = ops.sigmoid(z_f + p_f * c)
        c = f * c + i * ops.tanh(z_c)
        return ops.sigmoid(z_o + p_o * c) * ops.tanh(c), c

    def call(self, x: Tensor, states: Sequence[Tensor]) -> tuple[Tensor, list[Tensor]]:
        h, c = self.step(self.project(x), states)
        return h, [h, c]

    def get_initial_state(self, batch_size: int | None = None) -> list[Tensor]:
        return [ops.zeros((batch_size, self.units), dtype=self.compute_dtype) for _ in range(2)]

    def set_gates(self, arrays: Sequence[np.ndarray]) -> None:
        """Set the weights from Lasagne's 15 arrays.

        Parameters
        ----------
        arrays : sequence of array
            As ``lasagne.layers.get_all_param_values`` gives them: W (features, units), U (units,
            units) and b (units,) of the gates input, forget, cell and output, then the peepholes
            of input, forget and output, (units,) each.

        Raises
        ------
        ValueError
            Another number of arrays, or an array of another shape.
        """
        if len(arrays) != 15:
            raise ValueError(f"a peephole cell has 15 arrays, not {len(arrays)}")
        self.kernel.assign(np.concatenate(arrays[0:12:3], axis=1))
        self.recurrent_kernel.assign(np.concatenate(arrays[1:12:3], axis=1))
        self.bias.assign(np.concatenate(arrays[2:12:3]))
        self.peepholes.assign(np.stack(arrays[12:15]))

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "units": self.units,
            "grad_clipping": self.grad_clipping,
            **{name: keras.initializers.serialize(getattr(self, name)) for name in _INITIALIZERS},
        }


@keras.saving.register_keras_serializable(package="reproduce")
class PeepholeLSTM(MaskedLayer):
    """``lasagne.layers.LSTMLayer`` over each sequence's own residues.

    Every step is that of a `PeepholeLSTMCell` (Graves 2013, equations 7 to 11).

    Parameters
    ----------
    units : int
    return_sequences : bool
    backwards : bool
        Read from the last residue to the first.
    learn_init : bool
        Train the initial states, which are otherwise left as they were drawn.
    state_initializer : str or keras.Initializer
        Of ``h0`` and ``c0`` (DeepLoc's released code: fixed random orthogonal rows).
    **options
        Those of `PeepholeLSTMCell`.

    Call arguments
    --------------
    x : (batch, length, features)
    mask : (batch, length) bool, optional
        Padding on the right only.
    initial_state : pair of (batch, units), optional
        ``h`` and ``c`` in place of the layer's own.

    Returns
    -------
    (batch, length, units) or, without `return_sequences`, (batch, units)
        Aligned with the input; without `return_sequences` the ``h`` after the last residue that is
        read. Zero for a sequence without residues.

    Notes
    -----
    Masking: Lasagne holds the state on padding. Here no padding is read before a sequence is done,
    since a backward layer runs over sequences that are reversed within their own lengths: the
    states are the same. Outputs are zero on padding, where Lasagne's repeat the last state.
    Weights: ``c0`` and ``h0``, (1, units) each, then those of `cell`.
    """

    def __init__(
        self,
        units: int,
        return_sequences: bool = True,
        backwards: bool = False,
        learn_init: bool = False,
        state_initializer: Any = "zeros",
        **options: Any,
    ) -> None:
        own = {name: options.pop(name) for name in _CELL_OPTIONS if name in options}
        super().__init__(**options)
        self.units = units
        self.return_sequences = return_sequences
        self.backwards = backwards
        self.learn_init = learn_init
        self.state_initializer = keras.initializers.get(state_initializer)
        self.cell = PeepholeLSTMCell(units, dtype=self.dtype_policy, name="cell", **own)

    def build(self, x_shape: tuple[int | None, ...]) -> None:
        self.cell.build((x_shape[0], x_shape[-1]))
        self.cell.built = True
        self.c0, self.h0 = (
            self.add_weight(
                name=name,
                shape=(1, self.units),
                initializer=self.state_initializer.clone(),
                trainable=self.learn_init,
            )
            for name in ("c0", "h0")
        )

    def call(
        self,
        x: Tensor,
        mask: Tensor | None = None,
        initial_state: Sequence[Tensor] | None = None,
    ) -> Tensor:
        x = zero_padding(x, mask)
        if self.backwards:
            x = reverse_sequences(x, mask)
        if initial_state is None:
            shape = (ops.shape(x)[0], self.units)
            initial_state = [ops.broadcast_to(state, shape) for state in (self.h0, self.c0)]
        projected = ops.transpose(self.cell.project(x), (1, 0, 2))
        _, (states, _) = ops.scan(self._advance, tuple(initial_state), projected)
        states = ops.transpose(states, (1, 0, 2))
        if not self.return_sequences:
            return last_residue(states, mask)
        if self.backwards:
            states = reverse_sequences(states, mask)
        return zero_padding(states, mask)

    def _advance(self, states: Sequence[Tensor], projected: Tensor) -> tuple[Any, Any]:
        states = self.cell.step(projected, states)
        return states, states

    def set_lasagne_weights(self, arrays: Sequence[np.ndarray]) -> None:
        """Set the weights from Lasagne's 17 arrays.

        Parameters
        ----------
        arrays : sequence of array
            The cell's 15, as in `PeepholeLSTMCell.set_gates`, then ``c0`` and ``h0``, (1, units)
            each.

        Raises
        ------
        ValueError
            Another number of arrays, or an array of another shape.
        """
        if len(arrays) != 17:
            raise ValueError(f"a peephole LSTM has 17 arrays, not {len(arrays)}")
        self.cell.set_gates(arrays[:15])
        self.c0.assign(arrays[15])
        self.h0.assign(arrays[16])

    def compute_output_spec(self, x: Tensor, mask: Any = None, initial_state: Any = None) -> Tensor:
        middle = (x.shape[1],) if self.return_sequences else ()
        return keras.KerasTensor((x.shape[0], *middle, self.units), dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        inner = self.cell.get_config()
        return {
            **super().get_config(),
            "units": self.units,
            "return_sequences": self.return_sequences,
            "backwards": self.backwards,
            "learn_init": self.learn_init,
            "state_initializer": keras.initializers.serialize(self.state_initializer),
            **{name: inner[name] for name in _CELL_OPTIONS},
        }


_INITIALIZERS = (
    "kernel_initializer",
    "recurrent_initializer",
    "peephole_initializer",
    "bias_initializer",
)
_CELL_OPTIONS = ("grad_clipping", *_INITIALIZERS)


def _each_gate(initializer: Any) -> Any:
    """Draw (n, 4 units) as four matrices side by side."""

    def draw(shape: tuple[int, int], dtype: Any = None) -> Tensor:
        config = initializer.get_config()
        parts = []
        for gate in range(len(GATES)):
            own = dict(config)
            if own.get("seed") is not None:
                own["seed"] += gate
            parts.append(
                type(initializer).from_config(own)((shape[0], shape[1] // len(GATES)), dtype=dtype)
            )
        return ops.concatenate(parts, axis=-1)

    return draw


def _normal_unless(initializer: Any) -> Any:
    """Lasagne's ``Normal(0.1)`` where none is named."""
    if initializer is None:
        return keras.initializers.RandomNormal(stddev=0.1)
    return keras.initializers.get(initializer)
