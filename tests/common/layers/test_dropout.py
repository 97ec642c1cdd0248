import keras
import numpy as np
import pytest
from keras import ops

from common.layers import PositionDropout
from tests.common.layers.cases import gradients

X = np.random.default_rng(0).normal(size=(20, 100, 4)).astype("float32")


def dropped(layer, training=True):
    return ops.convert_to_numpy(layer(ops.convert_to_tensor(X), training=training))


def test_nothing_happens_outside_training():
    np.testing.assert_array_equal(dropped(PositionDropout(0.5), training=False), X)
    np.testing.assert_array_equal(ops.convert_to_numpy(PositionDropout(0.5)(X)), X)


def test_whole_positions_go_and_the_rest_keeps_its_scale():
    y = dropped(PositionDropout(0.2, seed=3))
    gone = (y == 0).all(-1)
    np.testing.assert_array_equal(y, np.where(gone[..., None], 0, X))
    # 2000 draws with p = 0.2: four standard errors
    assert abs(gone.mean() - 0.2) < 4 * np.sqrt(0.2 * 0.8 / gone.size)
    assert len({tuple(row) for row in gone}) > 1


def test_draws_differ_and_a_seed_repeats_them():
    layer = PositionDropout(0.5, seed=1)
    first, second = dropped(layer), dropped(layer)
    assert (first != second).any()
    np.testing.assert_array_equal(first, dropped(PositionDropout(0.5, seed=1)))


def test_only_what_is_kept_has_a_gradient():
    (through,) = gradients(PositionDropout(0.5), X, None)
    kept = dropped(PositionDropout(0.5, seed=3)) != 0
    (found,) = gradients(PositionDropout(0.5, seed=3), X, None, training=True)
    assert through.all() and kept.any() and not kept.all()
    np.testing.assert_array_equal(found, np.where(kept, through, 0))


def test_rate_zero_keeps_everything():
    np.testing.assert_array_equal(dropped(PositionDropout(0.0)), X)


def test_padding_stays_zero():
    x = X * (np.arange(100) < 60)[:, None]
    y = ops.convert_to_numpy(PositionDropout(0.5)(ops.convert_to_tensor(x), training=True))
    assert not y[:, 60:].any()


def test_in_a_saved_model_it_works_in_training_only(tmp_path):
    inputs = keras.Input((None, 4))
    layer = PositionDropout(0.5, seed=1)
    outputs = layer(inputs)
    assert outputs.shape == (None, None, 4)
    keras.Model(inputs, outputs).save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.predict_on_batch(X), X)
    y = ops.convert_to_numpy(loaded(ops.convert_to_tensor(X), training=True))
    assert 0.4 < (y == 0).all(-1).mean() < 0.6


@pytest.mark.parametrize("rate", [-0.1, 1.0])
def test_impossible_rates_are_refused(rate):
    with pytest.raises(ValueError, match="rate"):
        PositionDropout(rate)
