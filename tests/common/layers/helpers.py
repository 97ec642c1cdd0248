"""What every layer must keep, checked the same way for all of them.

`CASES` names a small instance of each layer; the test modules pick theirs with `cases_of`. Run as
a program (``python helpers.py FOLDER``) it computes all cases with the backend at hand: that is
how `test_backends` compares TensorFlow with JAX.
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


@dataclass(frozen=True)
class Case:
    """A layer to check.

    Parameters
    ----------
    module : str
        Of `common.layers`.
    make : callable
        Builds a fresh layer; keywords (``dtype``) are handed on.
    outputs : tuple of str
        ``sequence`` (zero on padding), ``vector`` or ``mask`` (of the sequence before it).
    window : (kernel, step)
        A sequence of n residues comes out with ``(n - kernel) // step + 1`` positions.
    reads : str
        ``features`` or ``tokens``.
    """

    module: str
    make: Callable[..., Any]
    outputs: tuple[str, ...] = ("sequence",)
    window: tuple[int, int] = (1, 1)
    reads: str = "features"


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
        "convolution",
        _partial(layers.MaskedConv1D, 5, 3, activation="tanh", bias_initializer="ones"),
    ),
    "conv same, even": Case(
        "convolution", _partial(layers.MaskedConv1D, 5, 10, activation="tanh", use_bias=False)
    ),
    "conv same, flipped": Case(
        "convolution", _partial(layers.MaskedConv1D, 3, 5, flip_filters=True)
    ),
    "conv same, product": Case(
        "convolution", _partial(layers.MaskedConv1D, 5, 4, activation="tanh", as_product=True)
    ),
    "conv valid, product": Case(
        "convolution",
        _partial(layers.MaskedConv1D, 5, 10, padding="valid", as_product=True),
        SHORTER,
        (10, 1),
    ),
    "several widths, product": Case(
        "convolution", _partial(layers.MultiWidthConv1D, 2, (1, 4, 15), as_product=True)
    ),
    "conv valid": Case(
        "convolution",
        _partial(layers.MaskedConv1D, 5, 4, padding="valid", activation="tanh"),
        SHORTER,
        (4, 1),
    ),
    "conv valid, wide": Case(
        "convolution", _partial(layers.MaskedConv1D, 5, 10, padding="valid"), SHORTER, (10, 1)
    ),
    "several widths": Case(
        "convolution",
        _partial(layers.MultiWidthConv1D, 2, (1, 3, 5, 9, 15, 21), activation="tanh"),
    ),
    "several widths, flipped": Case(
        "convolution", _partial(layers.MultiWidthConv1D, 2, (2, 3), flip_filters=True)
    ),
    "max pool": Case("pooling", _partial(layers.MaskedMaxPool1D, 3), SHORTER, (3, 3)),
    "average pool": Case("pooling", _partial(layers.MaskedAveragePool1D, 2), SHORTER, (2, 2)),
    "max pool, wide": Case("pooling", _partial(layers.MaskedMaxPool1D, 12), SHORTER, (12, 12)),
    "global max": Case("pooling", _partial(layers.GlobalMaskedMaxPool1D), ("vector",)),
    "global average": Case("pooling", _partial(layers.GlobalMaskedAveragePool1D), ("vector",)),
    "attention": Case("attention", _partial(layers.AttentionPooling, 6), ("vector", "sequence")),
    "attention, bias": Case(
        "attention", _partial(layers.AttentionPooling, 6, use_bias=True), ("vector", "sequence")
    ),
    "channel attention": Case("attention", SelfChannelAttention, ("vector", "sequence")),
    "lstm": Case("recurrent", _partial(layers.MaskedLSTM, 3)),
    "lstm, backwards": Case("recurrent", _partial(layers.MaskedLSTM, 3, backwards=True)),
    "lstm, last": Case(
        "recurrent", _partial(layers.MaskedLSTM, 3, return_sequences=False), ("vector",)
    ),
    "lstm, backwards, last": Case(
        "recurrent",
        _partial(layers.MaskedLSTM, 3, return_sequences=False, backwards=True),
        ("vector",),
    ),
    "lstm, old gates": Case(
        "recurrent",
        _partial(layers.MaskedLSTM, 3, recurrent_activation=layers.old_hard_sigmoid),
    ),
    "bilstm": Case("recurrent", _partial(layers.MaskedBiLSTM, 3, recurrent_initializer="uniform")),
    "bilstm, last": Case(
        "recurrent", _partial(layers.MaskedBiLSTM, 3, return_sequences=False), ("vector",)
    ),
    "decoder": Case(
        "decoder",
        _partial(layers.AttentionDecoder, 3, 5, 3, return_weights=True, learn_init=True),
        ("vector", "sequence"),
    ),
    "decoder, plain cell": Case(
        "decoder",
        _partial(layers.AttentionDecoder, 3, 5, 4, peepholes=False, learn_init=True),
        ("vector",),
    ),
    "position dropout": Case("dropout", _partial(layers.PositionDropout, 0.5)),
    "position dropout, rate 0": Case("dropout", _partial(layers.PositionDropout, 0.0)),
    "fixed embedding": Case("embedding", _partial(layers.FixedEmbedding, TABLE), reads="tokens"),
    "ragged to dense": Case("masking", _partial(layers.RaggedToDense), SHORTER),
    "ragged to dense, tokens": Case(
        "masking", _partial(layers.RaggedToDense), SHORTER, reads="tokens"
    ),
    "skipping": Case("skipping", _partial(layers.SkippingBiLSTM, 3)),
    "skipping, old gates": Case(
        "skipping",
        _partial(layers.SkippingBiLSTM, 3, recurrent_activation=layers.old_hard_sigmoid),
    ),
    "peephole": Case("peephole", _partial(layers.PeepholeLSTM, 3, learn_init=True)),
    "peephole, backwards": Case(
        "peephole",
        _partial(
            layers.PeepholeLSTM,
            3,
            backwards=True,
            grad_clipping=0.05,
            learn_init=True,
            state_initializer="orthogonal",
        ),
    ),
    "peephole, last": Case(
        "peephole", _partial(layers.PeepholeLSTM, 3, return_sequences=False), ("vector",)
    ),
}


def cases_of(module: str) -> list[str]:
    """Names of a module's cases, for ``pytest.mark.parametrize``."""
    return [name for name, case in CASES.items() if case.module == module]


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


def batch_of(name: str, lengths: np.ndarray = LENGTHS) -> tuple[np.ndarray, np.ndarray]:
    """What a case reads, features or tokens, zero on padding, and its mask."""
    x, mask = a_batch(lengths)
    if CASES[name].reads == "tokens":
        x = np.random.default_rng(2).integers(1, len(TABLE), mask.shape).astype("uint8") * mask
    return x, mask


def beside(layer: Any, mask: Any) -> dict[str, Any]:
    """What a layer takes beside its sequences: their mask, their lengths, or nothing."""
    takes = inspect.signature(layer.call).parameters
    if "mask" in takes:
        return {"mask": mask}
    return {"length": layers.lengths(mask)} if "length" in takes else {}


def symbols_of(name: str, layer: Any, length: int | None) -> tuple[Any, dict[str, Any]]:
    """Symbolic sequences, and what the layer takes beside them."""
    tokens = CASES[name].reads == "tokens"
    x = keras.Input((length,) if tokens else (length, FEATURES), dtype="uint8" if tokens else None)
    kinds = {"mask": ((length,), "bool"), "length": ((), "int32")}
    takes = [kind for kind in kinds if kind in inspect.signature(layer.call).parameters]
    return x, {kind: keras.Input(kinds[kind][0], dtype=kinds[kind][1]) for kind in takes}


def built(name: str, **options: Any) -> Any:
    """The case's layer with weights that depend on nothing but the case: no bias is zero."""
    layer = CASES[name].make(**options)
    layer.build((None, None) if CASES[name].reads == "tokens" else (None, None, FEATURES))
    layer.built = True
    if isinstance(layer, layers.FixedEmbedding):
        return layer
    rng = np.random.default_rng(sum(map(ord, name)))
    layer.set_weights([rng.normal(size=w.shape, scale=0.5) for w in layer.weights])
    return layer


def outputs_of(layer: Any, x: np.ndarray, mask: np.ndarray | None) -> list[np.ndarray]:
    """Call a layer and hand all its outputs out as arrays."""
    if mask is None and "length" in inspect.signature(layer.call).parameters:
        mask = np.ones(x.shape[:2], dtype=bool)
    mask = None if mask is None else ops.convert_to_tensor(mask)
    result = layer(ops.convert_to_tensor(x), **beside(layer, mask))
    result = result if isinstance(result, tuple) else (result,)
    return [ops.convert_to_numpy(part) for part in result]


def windows(case: Case, lengths: np.ndarray) -> np.ndarray:
    """Positions that each sequence has in the output."""
    kernel, step = case.window
    return np.maximum((np.asarray(lengths) - kernel) // step + 1, 0)


def gradients(layer: Any, x: np.ndarray, mask: np.ndarray) -> list[np.ndarray]:
    """Gradients of a random weighting of the outputs by the weights, then by the input."""
    if not np.issubdtype(x.dtype, np.floating):
        return []  # tokens, and tables that are never trained
    more = beside(layer, ops.convert_to_tensor(mask))

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


def check_shapes(name: str) -> None:
    """The symbolic shapes and types, length known or not, are those that come out."""
    case, layer = CASES[name], built(name)
    x, mask = batch_of(name)
    real = outputs_of(layer, x, mask)
    assert len(real) == len(case.outputs)
    for length in (None, PADDED):
        symbol, more = symbols_of(name, layer, length)
        symbols = layer(symbol, **more)
        symbols = symbols if isinstance(symbols, tuple) else (symbols,)
        assert len(symbols) == len(real)
        for kind, symbol, array in zip(case.outputs, symbols, real, strict=True):
            sizes = [None, *array.shape[1:]]
            if kind != "vector" and length is None:
                sizes[1] = None
            assert (symbol.shape, symbol.dtype) == (tuple(sizes), array.dtype)


def check_saving(name: str, folder: Path) -> None:
    """A configuration makes the same layer; a saved functional model gives the same outputs."""
    layer = built(name)
    x, mask = batch_of(name)
    before = outputs_of(layer, x, mask)

    config = layer.get_config()
    twin = type(layer).from_config(config)
    assert twin.get_config() == config
    twin.build((None, *x.shape[1:]))
    twin.built = True
    twin.set_weights(layer.get_weights())
    assert [w.trainable for w in twin.weights] == [w.trainable for w in layer.weights]

    symbol, more = symbols_of(name, layer, None)
    model = keras.Model([symbol, *more.values()], layer(symbol, **more))
    path = folder / "model.keras"
    model.save(path)
    loaded = keras.saving.load_model(path)
    values = beside(layer, ops.convert_to_tensor(mask)).values()
    after = loaded([ops.convert_to_tensor(x), *values])
    after = after if isinstance(after, list | tuple) else [after]
    for first, second, third in zip(before, outputs_of(twin, x, mask), after, strict=True):
        np.testing.assert_array_equal(first, second)
        np.testing.assert_array_equal(first, ops.convert_to_numpy(third))


def check_gradients(name: str) -> None:
    """Every weight has a finite gradient that is not zero; padding has exactly none.

    One sequence has no residues at all, and what the padding holds is not a number.
    """
    layer = built(name)
    x, mask = a_batch(np.array([11, 1, 12, 7, 0]))
    x[~mask] = np.nan
    *by_weights, by_input = gradients(layer, x, mask)
    for weight, gradient in zip(layer.trainable_variables, by_weights, strict=True):
        assert np.isfinite(gradient).all(), weight.path
        assert np.abs(gradient).max() > 0, weight.path
    assert np.isfinite(by_input).all()
    assert np.abs(by_input).max() > 0
    assert not by_input[~mask].any()


def check_batch_invariance(name: str) -> None:
    """Alone and in a batch, whatever its padding holds, a sequence comes out the same."""
    case, layer = CASES[name], built(name)
    x, mask = batch_of(name)
    other = np.where(mask, x, 1) if case.reads == "tokens" else np.where(mask[..., None], x, np.nan)
    together = outputs_of(layer, other.astype(x.dtype), mask)
    for row, length in enumerate(LENGTHS):
        alone = outputs_of(layer, x[row : row + 1, :length], mask[row : row + 1, :length])
        unmasked = outputs_of(layer, x[row : row + 1, :length], None)
        for kind, one, bare, many in zip(case.outputs, alone, unmasked, together, strict=True):
            if kind == "mask":
                np.testing.assert_array_equal(one[0], many[row][: one.shape[1]])
                assert many[row].sum() == one[0].sum() == windows(case, [length])[0]
                continue
            size = one.shape[1] if kind == "sequence" else None
            np.testing.assert_allclose(one[0], many[row][:size], rtol=0, atol=1e-5)
            np.testing.assert_allclose(one[0], bare[0], rtol=0, atol=1e-5)


def check_padding(name: str) -> None:
    """Padding is exactly zero behind large biases, in float32 and in mixed bfloat16."""
    case = CASES[name]
    x, mask = a_batch(np.array([11, 1, 3, 0, 13]))
    x = np.where(mask[..., None], x, 1e6).astype("float32")
    for dtype in ("float32", "mixed_bfloat16"):
        layer = built(name, dtype=dtype)
        for weight in layer.weights:
            if weight.name.startswith("bias"):
                weight.assign(np.full(weight.shape, 50.0))
        results = outputs_of(layer, x, mask)
        shorter = mask_of(windows(case, mask.sum(1)), results[-1].shape[1])
        expected = shorter if "mask" in case.outputs else mask
        for kind, result in zip(case.outputs, results, strict=True):
            if kind == "mask":
                np.testing.assert_array_equal(result, expected)
            elif kind == "vector":
                assert not np.asarray(result[3], "float32").any()
            else:
                values = np.asarray(result, "float32")
                assert not values[~expected].any()
                assert np.abs(values[expected]).max() > 0


def check_mixed_precision(name: str) -> None:
    """Mixed bfloat16 gives bfloat16 (weights of attention: float32) within its rounding."""
    x, mask = batch_of(name)
    exact = outputs_of(built(name), x, mask)
    layer = built(name, dtype="mixed_bfloat16")
    for kind, wide, narrow in zip(
        CASES[name].outputs, exact, outputs_of(layer, x, mask), strict=True
    ):
        if kind == "mask":
            np.testing.assert_array_equal(wide, narrow)
            continue
        weighing = (layers.AttentionPooling, layers.AttentionDecoder, layers.ChannelAttention)
        if CASES[name].reads == "tokens" and not layer.weights:
            np.testing.assert_array_equal(wide, narrow)
            continue
        attention = kind == "sequence" and isinstance(layer, weighing)
        assert str(narrow.dtype) == ("float32" if attention else "bfloat16")
        scale = np.abs(wide).max()
        np.testing.assert_allclose(np.asarray(narrow, "float32"), wide, rtol=0, atol=0.03 * scale)


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
