import keras
import numpy as np
import pytest
from keras import ops

from common.layers import FixedEmbedding

TABLE = np.vstack([np.zeros(3), np.random.default_rng(0).normal(size=(5, 3))]).astype("float32")
TOKENS = np.array([[1, 5, 3, 0], [2, 0, 0, 0]], dtype="uint8")


def test_rows_of_the_table_come_out():
    y = ops.convert_to_numpy(FixedEmbedding(TABLE)(ops.convert_to_tensor(TOKENS)))
    np.testing.assert_array_equal(y, TABLE[TOKENS])


def test_table_is_never_trained():
    layer = FixedEmbedding(TABLE)
    layer(ops.convert_to_tensor(TOKENS))
    layer.trainable = True
    assert layer.trainable_variables == []
    assert len(layer.non_trainable_variables) == 1


def test_shape_with_unknown_length():
    symbol = FixedEmbedding(TABLE)(keras.Input((None,), dtype="uint8"))
    assert (symbol.shape, symbol.dtype) == ((None, None, 3), "float32")


def test_configuration_and_saved_model_keep_the_table(tmp_path):
    layer = FixedEmbedding(TABLE)
    twin = FixedEmbedding.from_config(layer.get_config())
    np.testing.assert_array_equal(
        ops.convert_to_numpy(twin(ops.convert_to_tensor(TOKENS))), TABLE[TOKENS]
    )
    inputs = keras.Input((None,), dtype="uint8")
    keras.Model(inputs, layer(inputs)).save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.predict_on_batch(TOKENS), TABLE[TOKENS])


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (TABLE + 1, "row 0"),
        (TABLE[0], "matrix"),
        (np.where(TABLE > 0, np.nan, TABLE), "finite"),
    ],
)
def test_wrong_tables_are_refused(table, words):
    with pytest.raises(ValueError, match=words):
        FixedEmbedding(table)
