"""A small instance of each layer, and what it is fed with.

Run as a program (``python cases.py FOLDER``) it computes all of `CASES` with the backend at hand:
that is how `test_backends` compares TensorFlow with JAX.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from common import layers

FEATURES = 4
LENGTHS = np.array([11, 1, 3, 7, 2], dtype="int32")
PADDED = 13
TABLE = np.vstack([np.zeros(3), np.random.default_rng(3).normal(size=(6, 3))]).astype("float32")
"""Of `FixedEmbedding`: token 0 is padding."""
PATHS = [[1, 1, 0, 0], [1, -1, 0, 0], [-1, 0, 1, 0], [-1, 0, -1, 1], [-1, 0, -1, -1]]
"""Of `TreeLeaves`: five leaves behind as many decisions as there are features."""
POSITIVE = ("moving_variance", "scale")
"""Names of the weights that something is divided by."""


@dataclass(frozen=True)
class Case:
    """A layer to check.

    Parameters
    ----------
    make : callable
        Builds a fresh layer; keywords (``dtype``) are handed on.
    outputs : tuple of str
        ``sequence`` (zero on padding), ``vector`` or ``mask`` (of the sequence before it).
    window : (kernel, step)
        A sequence of n residues comes out with ``(n - kernel) // step + 1`` positions.
    fixed : int, optional
        Length that the output has whatever that of the input is.
    reads : str
        ``features`` or ``tokens`` of sequences, or ``vectors``, which have neither length nor mask.
    masks : bool
        Whether the layer itself hides padding.
    """

    make: Callable[..., Any]
    outputs: tuple[str, ...] = ("sequence",)
    window: tuple[int, int] = (1, 1)
    fixed: int | None = None
    reads: str = "features"
    masks: bool = True


def _partial(layer: Any, *arguments: Any, **options: Any) -> Callable[..., Any]:
    return lambda **more: layer(*arguments, **{**options, **more})


@keras.saving.register_keras_serializable(package="tests")
class SelfChannelAttention(layers.ChannelAttention):
    """The values are their own scores, in the opposite order of channels."""

    def call(self, x: Any, mask: Any = None) -> Any:
        return super().call(x, ops.flip(x, axis=-1), mask)

    def compute_output_spec(self, x: Any, mask: Any = None) -> Any:
        return super().compute_output_spec(x, x, mask)


SHORTER = ("sequence", "mask")
CASES = {
    "conv same": Case(
        _partial(layers.MaskedConv1D, 5, 3, activation="tanh", bias_initializer="ones"),
    ),
    "conv same, even": Case(
        _partial(layers.MaskedConv1D, 5, 10, activation="tanh", use_bias=False)
    ),
    "conv same, flipped": Case(_partial(layers.MaskedConv1D, 3, 5, flip_filters=True)),
    "conv same, product": Case(
        _partial(layers.MaskedConv1D, 5, 4, activation="tanh", as_product=True)
    ),
    "conv valid, product": Case(
        _partial(layers.MaskedConv1D, 5, 10, padding="valid", as_product=True),
        SHORTER,
        (10, 1),
    ),
    "several widths, product": Case(
        _partial(layers.MultiWidthConv1D, 2, (1, 4, 15), as_product=True)
    ),
    "conv valid": Case(
        _partial(layers.MaskedConv1D, 5, 4, padding="valid", activation="tanh"),
        SHORTER,
        (4, 1),
    ),
    "conv valid, wide": Case(
        _partial(layers.MaskedConv1D, 5, 10, padding="valid"), SHORTER, (10, 1)
    ),
    "several widths": Case(
        _partial(layers.MultiWidthConv1D, 2, (1, 3, 5, 9, 15, 21), activation="tanh"),
    ),
    "several widths, flipped": Case(
        _partial(layers.MultiWidthConv1D, 2, (2, 3), flip_filters=True)
    ),
    "max pool": Case(_partial(layers.MaskedMaxPool1D, 3), SHORTER, (3, 3)),
    "average pool": Case(_partial(layers.MaskedAveragePool1D, 2), SHORTER, (2, 2)),
    "max pool, wide": Case(_partial(layers.MaskedMaxPool1D, 12), SHORTER, (12, 12)),
    "global max": Case(_partial(layers.GlobalMaskedMaxPool1D), ("vector",)),
    "global max, lean": Case(_partial(layers.GlobalMaskedMaxPool1D, lean=True), ("vector",)),
    "global average": Case(_partial(layers.GlobalMaskedAveragePool1D), ("vector",)),
    "attention": Case(_partial(layers.AttentionPooling, 6), ("vector", "sequence")),
    "attention, bias": Case(
        _partial(layers.AttentionPooling, 6, use_bias=True), ("vector", "sequence")
    ),
    "channel attention": Case(SelfChannelAttention, ("vector", "sequence")),
    "channel attention, lean": Case(
        _partial(SelfChannelAttention, lean=True), ("vector", "sequence")
    ),
    "lstm": Case(_partial(layers.MaskedLSTM, 3)),
    "lstm, backwards": Case(_partial(layers.MaskedLSTM, 3, backwards=True)),
    "lstm, last": Case(_partial(layers.MaskedLSTM, 3, return_sequences=False), ("vector",)),
    "lstm, backwards, last": Case(
        _partial(layers.MaskedLSTM, 3, return_sequences=False, backwards=True),
        ("vector",),
    ),
    "lstm, old gates": Case(
        _partial(layers.MaskedLSTM, 3, recurrent_activation=layers.old_hard_sigmoid),
    ),
    "bilstm": Case(_partial(layers.MaskedBiLSTM, 3, recurrent_initializer="uniform")),
    "bilstm, last": Case(_partial(layers.MaskedBiLSTM, 3, return_sequences=False), ("vector",)),
    "decoder": Case(
        _partial(layers.AttentionDecoder, 3, 5, 3, return_weights=True, learn_init=True),
        ("vector", "sequence"),
    ),
    "decoder, plain cell": Case(
        _partial(layers.AttentionDecoder, 3, 5, 4, peepholes=False, learn_init=True),
        ("vector",),
    ),
    "position dropout": Case(_partial(layers.PositionDropout, 0.5), masks=False),
    "position dropout, rate 0": Case(_partial(layers.PositionDropout, 0.0), masks=False),
    "fixed embedding": Case(_partial(layers.FixedEmbedding, TABLE), reads="tokens"),
    "ragged to dense": Case(_partial(layers.RaggedToDense), SHORTER),
    "ragged to dense, tokens": Case(_partial(layers.RaggedToDense), SHORTER, reads="tokens"),
    "pad to a length": Case(
        _partial(layers.PadSequences, length=20), SHORTER, fixed=20, masks=False
    ),
    "pad, extra": Case(_partial(layers.PadSequences, extra=2), SHORTER, masks=False),
    "standardize": Case(_partial(layers.Standardize)),
    "standardize, vectors": Case(
        _partial(layers.Standardize), ("vector",), reads="vectors", masks=False
    ),
    "batch normalization": Case(
        _partial(layers.TorchBatchNormalization), ("vector",), reads="vectors", masks=False
    ),
    "tree": Case(_partial(layers.TreeLeaves, PATHS), ("vector",), reads="vectors", masks=False),
    "skipping": Case(_partial(layers.SkippingBiLSTM, 3)),
    "skipping, old gates": Case(
        _partial(layers.SkippingBiLSTM, 3, recurrent_activation=layers.old_hard_sigmoid),
    ),
    "peephole": Case(_partial(layers.PeepholeLSTM, 3, learn_init=True)),
    "peephole, backwards": Case(
        _partial(
            layers.PeepholeLSTM,
            3,
            backwards=True,
            grad_clipping=0.05,
            learn_init=True,
            state_initializer="orthogonal",
        ),
    ),
    "peephole, last": Case(_partial(layers.PeepholeLSTM, 3, return_sequences=False), ("vector",)),
}


def mask_of(lengths: np.ndarray, padded: int) -> np.ndarray:
    """(batch,) int -> (batch, padded) bool."""
    return np.arange(padded) < np.asarray(lengths)[:, None]


def a_batch(
    lengths: np.ndarray = LENGTHS, padded: int = PADDED, features: int = FEATURES, seed: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Random values, zero on padding, and their mask."""
    mask = mask_of(lengths, padded)
    x = np.random.default_rng(seed).normal(size=(*mask.shape, features)).astype("float32")
    return x * mask[..., None], mask


def batch_of(name: str, lengths: np.ndarray = LENGTHS) -> tuple[np.ndarray, np.ndarray | None]:
    """What a case reads, zero on padding, and its mask; vectors have none."""
    x, mask = a_batch(lengths)
    if CASES[name].reads == "vectors":
        return np.random.default_rng(4).normal(size=(len(x), FEATURES)).astype("float32"), None
    if CASES[name].reads == "tokens":
        x = np.random.default_rng(2).integers(1, len(TABLE), mask.shape).astype("uint8") * mask
    return x, mask


def row_of(
    x: np.ndarray, mask: np.ndarray | None, row: int
) -> tuple[np.ndarray, np.ndarray | None]:
    """One vector, or one sequence without its padding, and its mask: a batch of one."""
    if mask is None:
        return x[row : row + 1], None
    own = np.s_[row : row + 1, : mask[row].sum()]
    return x[own], mask[own]


def beside(layer: Any, mask: np.ndarray | None) -> dict[str, Any]:
    """What a layer takes beside its sequences: their mask, their lengths, or nothing."""
    if mask is None:
        return {}
    takes, mask = inspect.signature(layer.call).parameters, ops.convert_to_tensor(mask)
    if "mask" in takes:
        return {"mask": mask}
    return {"length": layers.lengths(mask)} if "length" in takes else {}


def shape_of(name: str, length: int | None) -> tuple[int | None, ...]:
    """Shape of one of the records that a case reads."""
    shapes = {"features": (length, FEATURES), "tokens": (length,), "vectors": (FEATURES,)}
    return shapes[CASES[name].reads]


def symbols_of(name: str, layer: Any, length: int | None) -> tuple[Any, dict[str, Any]]:
    """Symbolic records, and what the layer takes beside them."""
    reads = CASES[name].reads
    x = keras.Input(shape_of(name, length), dtype="uint8" if reads == "tokens" else None)
    kinds = {"mask": ((length,), "bool"), "length": ((), "int32")} if reads != "vectors" else {}
    takes = [kind for kind in kinds if kind in inspect.signature(layer.call).parameters]
    return x, {kind: keras.Input(kinds[kind][0], dtype=kinds[kind][1]) for kind in takes}


def built(name: str, **options: Any) -> Any:
    """The case's layer with weights that depend on nothing but the case: no bias is zero."""
    layer = CASES[name].make(**options)
    layer.build((None, *shape_of(name, None)))
    layer.built = True
    if isinstance(layer, layers.FixedEmbedding):
        return layer
    rng = np.random.default_rng(sum(map(ord, name)))
    drawn = [rng.normal(size=weight.shape, scale=0.5) for weight in layer.weights]
    layer.set_weights(
        [
            abs(values) + 0.5 if weight.name in POSITIVE else values
            for weight, values in zip(layer.weights, drawn, strict=True)
        ]
    )
    return layer


def outputs_of(layer: Any, x: np.ndarray, mask: np.ndarray | None) -> list[np.ndarray]:
    """Call a layer and hand all its outputs out as arrays."""
    if mask is None and "length" in inspect.signature(layer.call).parameters:
        mask = np.ones(x.shape[:2], dtype=bool)
    result = layer(ops.convert_to_tensor(x), **beside(layer, mask))
    result = result if isinstance(result, tuple) else (result,)
    return [ops.convert_to_numpy(part) for part in result]


def windows(case: Case, lengths: np.ndarray) -> np.ndarray:
    """Positions that each sequence has in the output."""
    kernel, step = case.window
    return np.maximum((np.asarray(lengths) - kernel) // step + 1, 0)


def gradients(
    layer: Any, x: np.ndarray, mask: np.ndarray | None, **options: Any
) -> list[np.ndarray]:
    """Gradients of a random weighting of the outputs by the weights, then by the input.

    Further options (``training``) are the call's.
    """
    if not np.issubdtype(x.dtype, np.floating):
        return []  # tokens, and tables that are never trained
    more = {**beside(layer, mask), **options}

    def loss(result: Any) -> Any:
        parts = result if isinstance(result, tuple) else (result,)
        rng = np.random.default_rng(7)
        return sum(
            ops.sum(part * ops.convert_to_tensor(rng.normal(size=part.shape).astype("float32")))
            for part in parts
            if keras.backend.is_float_dtype(part.dtype)
        )

    if keras.backend.backend() == "jax":
        import jax

        frozen = [variable.value for variable in layer.non_trainable_variables]

        def of(weights: list[Any], x: Any) -> Any:
            return loss(layer.stateless_call(weights, frozen, x, **more)[0])

        weights = [variable.value for variable in layer.trainable_variables]
        by_weights, by_input = jax.jit(jax.grad(of, argnums=(0, 1)))(weights, ops.array(x))
        return [np.asarray(part) for part in (*by_weights, by_input)]
    import tensorflow as tf

    x = tf.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = loss(layer(x, **more))
    found = tape.gradient(value, [*(v.value for v in layer.trainable_variables), x])
    return [tf.convert_to_tensor(part).numpy() for part in found]


def compute_all() -> dict[str, np.ndarray]:
    """Outputs and gradients of every case, by ``case/kind/number``."""
    found = {}
    for name in CASES:
        layer = built(name)
        x, mask = batch_of(name)
        for number, array in enumerate(outputs_of(layer, x, mask)):
            found[f"{name}/output/{number}"] = array
        for number, array in enumerate(gradients(layer, x, mask)):
            found[f"{name}/gradient/{number}"] = array
    return found


if __name__ == "__main__":
    np.savez(Path(sys.argv[1]) / f"{keras.backend.backend()}.npz", **compute_all())
