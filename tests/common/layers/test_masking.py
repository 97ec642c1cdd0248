import keras
import numpy as np
import pytest
from keras import ops

from common.layers import (
    MaskedLayer,
    MaskedLSTM,
    RaggedToDense,
    last_residue,
    lengths,
    reverse_sequences,
    zero_padding,
)
from tests.common.layers.cases import LENGTHS, PADDED, a_batch, mask_of

on_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="only TensorFlow has ragged tensors"
)
COUNTS = np.array([4, 0, 1, 6])


def numbers():
    return np.arange(1, 49, dtype="float32").reshape(4, 6, 2), mask_of(COUNTS, 6)


@pytest.mark.parametrize("shape", [(4, 6), (4, 6, 2), (4, 6, 2, 3)])
@pytest.mark.parametrize("dtype", ["float32", "float16", "uint8"])
def test_zero_padding_keeps_residues_and_type(shape, dtype):
    x = np.ones(shape, dtype)
    mask = mask_of(COUNTS, 6)
    y = ops.convert_to_numpy(zero_padding(ops.convert_to_tensor(x), ops.convert_to_tensor(mask)))
    assert y.dtype == x.dtype
    assert (y[mask] == 1).all() and not y[~mask].any()


def test_zero_padding_removes_nan_and_infinity():
    x, mask = numbers()
    x[~mask] = np.nan
    x[1, 0] = np.inf
    y = ops.convert_to_numpy(zero_padding(ops.convert_to_tensor(x), ops.convert_to_tensor(mask)))
    np.testing.assert_array_equal(y, np.where(mask[..., None], x, 0))


def test_lengths():
    counted = ops.convert_to_numpy(lengths(ops.convert_to_tensor(mask_of(COUNTS, 6))))
    assert counted.tolist() == COUNTS.tolist()
    assert counted.dtype == np.int32


def test_each_sequence_is_reversed_within_its_own_length():
    x, mask = numbers()
    y = ops.convert_to_numpy(
        reverse_sequences(ops.convert_to_tensor(x), ops.convert_to_tensor(mask))
    )
    for row, count in enumerate(COUNTS):
        np.testing.assert_array_equal(y[row, :count], x[row, :count][::-1])
        np.testing.assert_array_equal(y[row, count:], x[row, count:])
    bare = ops.convert_to_numpy(reverse_sequences(ops.convert_to_tensor(x), None))
    np.testing.assert_array_equal(bare, x[:, ::-1])


def test_last_residue_is_zero_for_an_empty_sequence():
    x, mask = numbers()
    y = ops.convert_to_numpy(last_residue(ops.convert_to_tensor(x), ops.convert_to_tensor(mask)))
    np.testing.assert_array_equal(y, [x[0, 3], [0, 0], x[2, 0], x[3, 5]])
    bare = ops.convert_to_numpy(last_residue(ops.convert_to_tensor(x), None))
    np.testing.assert_array_equal(bare, x[:, -1])


@pytest.mark.parametrize("column", [False, True])
def test_dense_tokens_come_out_with_their_mask(column):
    tokens = np.random.default_rng(0).integers(1, 21, (5, PADDED)).astype("uint8")
    length = LENGTHS[:, None] if column else LENGTHS
    dense, mask = RaggedToDense()(ops.convert_to_tensor(tokens), ops.convert_to_tensor(length))
    expected = mask_of(LENGTHS, PADDED)
    np.testing.assert_array_equal(ops.convert_to_numpy(mask), expected)
    np.testing.assert_array_equal(ops.convert_to_numpy(dense), tokens * expected)
    assert keras.backend.standardize_dtype(dense.dtype) == "uint8"


@pytest.mark.parametrize(
    ("policy", "out"), [("float32", "float32"), ("mixed_bfloat16", "bfloat16")]
)
def test_embeddings_take_the_compute_type(policy, out):
    x, _ = a_batch()
    layer = RaggedToDense(dtype=policy)
    dense, _ = layer(ops.convert_to_tensor(x.astype("float16")), ops.convert_to_tensor(LENGTHS))
    assert keras.backend.standardize_dtype(dense.dtype) == out
    symbol, bools = layer(keras.Input((None, 4), dtype="float16"), keras.Input((), dtype="int32"))
    assert (symbol.shape, symbol.dtype) == ((None, None, 4), out)
    assert (bools.shape, bools.dtype) == ((None, None), "bool")


@on_tensorflow
@pytest.mark.parametrize("dtype", ["uint8", "float16"])
def test_ragged_and_dense_input_agree(dtype):
    import tensorflow as tf

    x, mask = a_batch()
    x = np.abs(x * 9).astype(dtype)
    ragged = tf.RaggedTensor.from_row_lengths(x[mask], LENGTHS)
    from_ragged = RaggedToDense()(ragged, tf.constant(LENGTHS))
    from_dense = RaggedToDense()(tf.constant(x[:, : LENGTHS.max()]), tf.constant(LENGTHS))
    for one, other in zip(from_ragged, from_dense, strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == other.dtype


def test_functional_model_with_unknown_length_is_saved(tmp_path):
    ragged = {"ragged": True} if keras.backend.backend() == "tensorflow" else {}
    inputs = {
        "tokens": keras.Input((None,), dtype="uint8", name="tokens", **ragged),
        "length": keras.Input((), dtype="int32", name="length"),
    }
    tokens, mask = RaggedToDense()(inputs["tokens"], inputs["length"])
    model = keras.Model(inputs, {"tokens": tokens, "mask": mask})
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    expected = mask_of(LENGTHS, LENGTHS.max())
    values = np.ones_like(expected, dtype="uint8") * expected
    if ragged:
        import tensorflow as tf

        values = tf.RaggedTensor.from_row_lengths(values[expected], LENGTHS)
    for made in (model, loaded):
        found = made.predict_on_batch({"tokens": values, "length": LENGTHS})
        np.testing.assert_array_equal(found["mask"], expected)
        np.testing.assert_array_equal(found["tokens"], expected)


def test_no_mask_travels_unseen(recwarn):
    x, mask = (ops.convert_to_tensor(part) for part in a_batch())
    layer = MaskedLSTM(3)
    assert isinstance(layer, MaskedLayer)
    assert getattr(layer(x, mask=mask), "_keras_mask", None) is None
    assert not [w for w in recwarn if "does not support masking" in str(w.message)]
