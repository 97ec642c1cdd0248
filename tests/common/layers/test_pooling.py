import keras
import numpy as np
import pytest
from keras import ops

from common.layers import (
    GlobalMaskedAveragePool1D,
    GlobalMaskedMaxPool1D,
    MaskedAveragePool1D,
    MaskedMaxPool1D,
)
from tests.common.layers import cases


@pytest.mark.parametrize("size", [1, 2, 3, 12, 14])
@pytest.mark.parametrize(
    ("layer", "pool"), [(MaskedMaxPool1D, np.max), (MaskedAveragePool1D, np.mean)]
)
def test_windows_of_each_sequence(layer, pool, size):
    x, mask = cases.a_batch()
    x = np.where(mask[..., None], x - 5, 9).astype("float32")
    y, kept = cases.outputs_of(layer(size), x, mask)
    assert y.shape[1] == max(cases.PADDED // size, 1)
    assert kept.sum(1).tolist() == [length // size for length in cases.LENGTHS]
    for row, length in enumerate(cases.LENGTHS):
        for window in range(length // size):
            expected = pool(x[row, window * size : (window + 1) * size], axis=0)
            np.testing.assert_allclose(y[row, window], expected, rtol=0, atol=1e-5)
        assert not y[row, length // size :].any()


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (MaskedMaxPool1D, keras.layers.MaxPooling1D),
        (MaskedAveragePool1D, keras.layers.AveragePooling1D),
    ],
)
def test_a_single_sequence_goes_as_through_keras(ours, theirs):
    x, _ = cases.a_batch()
    y, kept = cases.outputs_of(ours(3), x, None)
    expected = ops.convert_to_numpy(theirs(3)(ops.convert_to_tensor(x)))
    np.testing.assert_allclose(y, expected, rtol=0, atol=1e-6)
    assert kept.all()


def test_global_pools_read_residues_only():
    x, mask = cases.a_batch()
    x = np.where(mask[..., None], x - 5, 9).astype("float32")
    highest = cases.outputs_of(GlobalMaskedMaxPool1D(), x, mask)[0]
    mean = cases.outputs_of(GlobalMaskedAveragePool1D(), x, mask)[0]
    for row, length in enumerate(cases.LENGTHS):
        np.testing.assert_array_equal(highest[row], x[row, :length].max(0))
        np.testing.assert_allclose(mean[row], x[row, :length].mean(0), rtol=0, atol=1e-5)


def test_mean_of_many_residues_does_not_overflow_in_float16():
    """The sum, 150,000, is beyond float16."""
    layer = GlobalMaskedAveragePool1D(dtype="mixed_float16")
    x, mask = np.full((1, 6000, 2), 30.0, "float32"), cases.mask_of(np.array([5000]), 6000)
    for given in (mask, None):
        np.testing.assert_array_equal(cases.outputs_of(layer, x, given)[0], [[30.0, 30.0]])


def test_a_lean_maximum_has_the_gradient_that_a_backend_derives():
    """Residues that share a maximum share its gradient; a sequence without residues has none."""
    x, mask = cases.a_batch()
    x[0, [1, 4, 6]] = x[0].max() + 1
    mask[1] = False
    found = []
    for lean in (False, True):
        layer = GlobalMaskedMaxPool1D(lean=lean)
        layer(x)
        found.append(cases.gradients(layer, x, mask)[0])
    assert (found[0][0, 1] == found[0][0, 6]).all() and found[0][0, 1].any()
    np.testing.assert_allclose(*found, rtol=0, atol=1e-7)
