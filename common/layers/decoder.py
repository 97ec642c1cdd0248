"""The attention decoder of DeepLoc: several looks at a sequence, the last one is handed out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from common.layers.attention import masked_softmax
from common.layers.masking import MaskedLayer, zero_padding
from common.layers.peephole import PeepholeLSTMCell

Tensor = Any


@keras.saving.register_keras_serializable(package="reproduce")
class AttentionDecoder(MaskedLayer):
    """An LSTM that attends to the encoder's states before each of its steps.

    DeepLoc (Almagro Armenteros et al. 2017) and the other Lasagne networks of that group. Step
    ``r`` computes, from the decoder's state ``s`` before it and the encoder's states ``H``::

        a_t   = tanh(s W_align + H_t U_align) v
        alpha = softmax(a) over the residues
        C     = sum_t alpha_t H_t
        s     = LSTM(C, s)                      (fed with the context of this very step)

    Parameters
    ----------
    units : int
        Of the decoder's LSTM.
    alignment_units : int
        Of the hidden layer that scores a residue.
    steps : int
        Decoding steps, at least 1.
    return_weights : bool
        Also hand out the attention of every step.
    peepholes : bool
        A cell with peepholes, as Lasagne's; without, that of ``keras.layers.LSTM``.
    learn_init : bool
        Train the initial states, which are otherwise left as they were drawn.
    grad_clipping : float
        Bound on the gradients at the gates of a peephole cell; 0 for none.
    kernel_initializer : str or keras.Initializer
        Of ``W_align``, ``U_align`` and ``v``; by default normal with deviation 0.1, as Lasagne's.
    state_initializer : str or keras.Initializer
        Of ``h0`` and ``c0``.

    Call arguments
    --------------
    h : (batch, length, features)
        The encoder's states.
    mask : (batch, length) bool, optional

    Returns
    -------
    context : (batch, features)
        That of the last step.
    weights : (batch, length, steps) float32
        With `return_weights`.

    Notes
    -----
    Masking: the weights are exactly 0 on padding and sum to 1 over the residues at every step;
    without a mask every position takes part, padding included. A sequence without residues has
    zero weights and a zero context. Softmax and weighted sum run in float32 also under mixed
    precision.

    The projection ``H U_align`` is computed once, and the cell makes one step fewer than there
    are contexts: nothing reads the state after the last one.
    Weights: ``align_kernel`` (units, alignment_units), ``state_kernel`` (features,
    alignment_units), ``vector`` (alignment_units, 1), ``c0`` and ``h0`` (1, units), and those of
    `cell`.
    """

    def __init__(
        self,
        units: int,
        alignment_units: int,
        steps: int = 10,
        return_weights: bool = False,
        peepholes: bool = True,
        learn_init: bool = False,
        grad_clipping: float = 0.0,
        kernel_initializer: Any = None,
        state_initializer: Any = "zeros",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if steps < 1:
            raise ValueError(f"steps must be at least 1, not {steps}")
        if grad_clipping and not peepholes:
            raise ValueError("grad_clipping needs the cell with peepholes")
        self.units = units
        self.alignment_units = alignment_units
        self.steps = steps
        self.return_weights = return_weights
        self.peepholes = peepholes
        self.learn_init = learn_init
        self.grad_clipping = grad_clipping
        if kernel_initializer is None:
            kernel_initializer = keras.initializers.RandomNormal(stddev=0.1)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.state_initializer = keras.initializers.get(state_initializer)
        options = {"dtype": self.dtype_policy, "name": "cell"}
        self.cell = (
            PeepholeLSTMCell(units, grad_clipping=grad_clipping, **options)
            if peepholes
            else keras.layers.LSTMCell(units, **options)
        )

    def build(self, h_shape: tuple[int | None, ...]) -> None:
        features = h_shape[-1]
        self.cell.build((h_shape[0], features))
        self.cell.built = True
        shapes = {
            "align_kernel": (self.units, self.alignment_units),
            "state_kernel": (features, self.alignment_units),
            "vector": (self.alignment_units, 1),
        }
        self.align_kernel, self.state_kernel, self.vector = (
            self.add_weight(name=name, shape=shape, initializer=self.kernel_initializer.clone())
            for name, shape in shapes.items()
        )
        self.c0, self.h0 = (
            self.add_weight(
                name=name,
                shape=(1, self.units),
                initializer=self.state_initializer.clone(),
                trainable=self.learn_init,
            )
            for name in ("c0", "h0")
        )

    def call(self, h: Tensor, mask: Tensor | None = None) -> Any:
        h = zero_padding(h, mask)
        keys = ops.matmul(h, self.state_kernel)
        shape = (ops.shape(h)[0], self.units)
        states = [ops.broadcast_to(state, shape) for state in (self.h0, self.c0)]
        context, weights = self._attend(h, keys, states[0], mask)
        looks = [weights]
        for _ in range(self.steps - 1):
            _, states = self.cell(context, states)
            context, weights = self._attend(h, keys, states[0], mask)
            looks.append(weights)
        return (context, ops.stack(looks, axis=-1)) if self.return_weights else context

    def _attend(
        self, h: Tensor, keys: Tensor, state: Tensor, mask: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """Context (batch, features) and weights (batch, length) of one step."""
        query = ops.expand_dims(ops.matmul(state, self.align_kernel), 1)
        scores = ops.squeeze(ops.matmul(ops.tanh(keys + query), self.vector), axis=-1)
        weights = masked_softmax(scores, mask)
        wide = ops.cast(h, weights.dtype)
        context = ops.squeeze(ops.matmul(ops.expand_dims(weights, 1), wide), axis=1)
        return ops.cast(context, self.compute_dtype), weights

    def set_lasagne_weights(self, arrays: Sequence[np.ndarray]) -> None:
        """Set the weights from Lasagne's 20 arrays.

        Parameters
        ----------
        arrays : sequence of array
            ``W_hid`` (units, units) and ``b`` (units,) of the gates input, forget, cell and
            output, in pairs; ``W_ctx`` (features, units) of the same four; the peepholes of input,
            forget and output, (units,) each; ``W_align`` (units, alignment_units), ``U_align``
            (features, alignment_units), ``v`` (alignment_units, 1); ``c0`` and ``h0``, (1, units)
            each.

        Raises
        ------
        ValueError
            Another number of arrays, an array of another shape, or a layer without peepholes.
        """
        if len(arrays) != 20 or not self.peepholes:
            raise ValueError(
                f"an attention decoder with peepholes has 20 arrays, not {len(arrays)}"
            )
        gates = []
        for gate in range(4):
            gates += [arrays[8 + gate], arrays[2 * gate], arrays[2 * gate + 1]]
        self.cell.set_gates([*gates, *arrays[12:15]])
        own = (self.align_kernel, self.state_kernel, self.vector, self.c0, self.h0)
        for weight, array in zip(own, arrays[15:], strict=True):
            weight.assign(array)

    def compute_output_spec(self, h: Tensor, mask: Tensor | None = None) -> Any:
        context = keras.KerasTensor((h.shape[0], h.shape[2]), dtype=self.compute_dtype)
        if not self.return_weights:
            return context
        wide = "float64" if self.compute_dtype == "float64" else "float32"
        return context, keras.KerasTensor((*h.shape[:2], self.steps), dtype=wide)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "units": self.units,
            "alignment_units": self.alignment_units,
            "steps": self.steps,
            "return_weights": self.return_weights,
            "peepholes": self.peepholes,
            "learn_init": self.learn_init,
            "grad_clipping": self.grad_clipping,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "state_initializer": keras.initializers.serialize(self.state_initializer),
        }
