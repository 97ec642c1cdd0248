import keras
import numpy as np
import pytest
from keras import ops

from common.layers import PadSequences
from tests.common.layers import cases


@pytest.mark.parametrize(("options", "length"), [({"length": 20}, 20), ({"extra": 2}, 15)])
@pytest.mark.parametrize("masked", [True, False])
def test_zeros_are_appended_and_are_padding(options, length, masked):
    x, mask = cases.a_batch()
    y, after = cases.outputs_of(PadSequences(**options), x, mask if masked else None)
    assert y.shape == (5, length, cases.FEATURES)
    np.testing.assert_array_equal(y[:, : cases.PADDED], x)
    assert not y[:, cases.PADDED :].any() and not after[:, cases.PADDED :].any()
    expected = mask if masked else np.ones_like(mask)
    np.testing.assert_array_equal(after[:, : cases.PADDED], expected)


def test_what_is_longer_is_cut_and_tokens_keep_their_type():
    tokens = np.arange(1, 11, dtype="uint8").reshape(2, 5)
    y, mask = cases.outputs_of(PadSequences(length=3), tokens, None)
    assert y.tolist() == [[1, 2, 3], [6, 7, 8]] and y.dtype == np.uint8
    assert mask.all()


@pytest.mark.parametrize("options", [{"length": 20}, {"extra": 2}])
def test_shapes_and_saving(options, tmp_path):
    inputs = keras.Input((None, cases.FEATURES))
    y, mask = PadSequences(**options)(inputs)
    assert y.shape == (None, options.get("length"), cases.FEATURES)
    assert (mask.shape, mask.dtype) == ((None, options.get("length")), "bool")
    model = keras.Model(inputs, [y, mask])
    model.save(tmp_path / "pad.keras")
    loaded = keras.saving.load_model(tmp_path / "pad.keras")
    x, _ = cases.a_batch()
    for one, two in zip(model.predict_on_batch(x), loaded.predict_on_batch(x), strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(one), ops.convert_to_numpy(two))


def test_length_is_known_inside_a_compiled_model():
    """A flat layer behind it needs the length while its graph is traced."""
    inputs = keras.Input((None, 2))
    model = keras.Model(inputs, keras.layers.Flatten()(PadSequences(length=4)(inputs)[0]))
    assert model.predict(np.ones((3, 2, 2)), verbose=0).tolist() == [[1, 1, 1, 1, 0, 0, 0, 0]] * 3


@pytest.mark.parametrize("options", [{"length": 0}, {"extra": -1}, {"length": 3, "extra": 1}])
def test_wrong_arguments_are_refused(options):
    with pytest.raises(ValueError, match="a length of at least 1 or an extra"):
        PadSequences(**options)
