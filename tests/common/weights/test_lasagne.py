"""Lists of Lasagne's arrays: what is read, what is refused and how the error names it."""

import keras
import numpy as np
import pytest

from common.errors import DataError
from common.layers import AttentionDecoder, MaskedConv1D, MultiWidthConv1D, PeepholeLSTM
from common.weights.lasagne import MISSING, load_layers, read_arrays

RNG = np.random.default_rng(0)
SHAPES = [(2, 4, 1), (2,), (2, 4, 3), (2,), (5, 4, 3), (5,)]
SHAPES += [(5, 3), (3, 3), (3,)] * 4 + [(3,)] * 3 + [(1, 3)] * 2
SHAPES += [(3, 3), (3,)] * 4 + [(3, 3)] * 4 + [(3,)] * 3 + [(3, 6), (3, 6), (6, 1)] + [(1, 3)] * 2
SHAPES += [(3, 7), (7,)]


def layers():
    """Small layers of every kind; both convolutions read the same four features."""
    made = [
        (MultiWidthConv1D(2, (1, 3), flip_filters=True, name="motifs"), 4),
        (MaskedConv1D(5, 3, flip_filters=True, name="second"), 4),
        (PeepholeLSTM(3, name="forward"), 5),
        (AttentionDecoder(3, 6, 2, name="attention"), 3),
        (keras.layers.Dense(7, name="dense"), 3),
    ]
    for layer, features in made:
        layer.build((None, None, features) if layer.name != "dense" else (None, features))
    return [layer for layer, _ in made]


def arrays():
    return [RNG.normal(size=shape).astype("float32") for shape in SHAPES]


def test_every_array_finds_its_place(tmp_path):
    values = arrays()
    np.savez(tmp_path / "p.npz", *values)
    read = read_arrays(tmp_path / "p.npz")
    assert len(read) == len(values) == 45
    motifs, second, forward, attention, dense = layers()
    load_layers(tmp_path / "p.npz", read, [motifs, second, forward, attention, dense])
    np.testing.assert_array_equal(motifs.kernels["3"], values[2].transpose(2, 1, 0))
    np.testing.assert_array_equal(motifs.biases["1"], values[1])
    np.testing.assert_array_equal(second.kernel, values[4].transpose(2, 1, 0))
    np.testing.assert_array_equal(forward.cell.peepholes, np.stack(values[18:21]))
    np.testing.assert_array_equal(forward.c0, values[21])
    np.testing.assert_array_equal(attention.align_kernel, values[38])
    np.testing.assert_array_equal(attention.state_kernel, values[39])
    np.testing.assert_array_equal(attention.cell.kernel, np.concatenate(values[31:35], axis=1))
    np.testing.assert_array_equal(dense.kernel, values[43])


@pytest.mark.parametrize(
    ("place", "shape", "message"),
    [
        (2, (2, 4, 5), r"arr_2: the W of width 3 of the layer motifs has shape \(2, 4, 5\), "
                       r"expected \(2, 4, 3\)"),
        (10, (3, 4), r"arr_10: the forget gate's U of the layer forward has shape \(3, 4\), "
                     r"expected \(3, 3\)"),
        (40, (6,), r"arr_40: the v of the layer attention has shape \(6,\), expected \(6, 1\)"),
    ],
)  # fmt: skip
def test_a_misshapen_array_is_named_and_nothing_is_set(place, shape, message, tmp_path):
    values = arrays()
    values[place] = np.zeros(shape)
    made = layers()
    before = [weight.numpy() for layer in made for weight in layer.weights]
    with pytest.raises(DataError, match=message):
        load_layers(tmp_path / "p.npz", values, made)
    after = [weight.numpy() for layer in made for weight in layer.weights]
    for one, two in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, two)


def test_a_missing_and_a_left_over_array_are_named(tmp_path):
    message = r"arr_44: missing: the b of the layer dense, expected shape \(7,\); the file has 44"
    with pytest.raises(DataError, match=message):
        load_layers(tmp_path / "p.npz", arrays()[:-1], layers())
    with pytest.raises(DataError, match="arr_45: left over: the file has 46 arrays"):
        load_layers(tmp_path / "p.npz", [*arrays(), np.zeros(1)], layers())


def test_a_hole_in_the_list_is_named_with_what_should_be_there(tmp_path):
    path = tmp_path / "p.npz"
    named = {f"arr_{number}": values for number, values in enumerate(arrays()) if number != 15}
    np.savez(path, **named)
    read = read_arrays(path)
    assert len(read) == 45 and read[15].shape == MISSING
    fault = (
        r"arr_15: missing: the output gate's W of the layer forward, expected shape \(5, 3\); "
        "the file has 44 arrays, the network 45"
    )
    with pytest.raises(DataError, match=fault):
        load_layers(path, read, layers())


def test_more_holes_than_arrays_are_no_list(tmp_path):
    np.savez(tmp_path / "p.npz", arr_0=np.ones(3), arr_9=np.ones(3))
    with pytest.raises(DataError, match="arr_1 is missing among 2 arrays"):
        read_arrays(tmp_path / "p.npz")


def test_what_is_no_list_of_numbers_is_refused(tmp_path):
    path = tmp_path / "p.npz"
    with pytest.raises(DataError, match="no such file"):
        read_arrays(path)
    path.write_text("not an archive")
    with pytest.raises(DataError, match="not a .npz file of plain arrays"):
        read_arrays(path)
    np.savez(path, np.array([{"a": 1}], dtype=object))
    with pytest.raises(DataError, match="pickles are never read"):
        read_arrays(path)
    np.savez(path, np.array([1.0, np.nan]))
    with pytest.raises(DataError, match="arr_0: .*not all finite"):
        read_arrays(path)
    np.savez(path, np.array(["text"]))
    with pytest.raises(DataError, match="arr_0: .*not all finite numbers"):
        read_arrays(path)
    np.save(tmp_path / "one.npy", np.zeros(2))
    with pytest.raises(DataError, match="not a .npz file"):
        read_arrays(tmp_path / "one.npy")


def test_a_convolution_that_does_not_flip_is_a_mistake(tmp_path):
    layer = MaskedConv1D(2, 3)
    layer.build((None, None, 4))
    with pytest.raises(ValueError, match="flip their filters"):
        load_layers(tmp_path / "p.npz", [], [layer])
    with pytest.raises(ValueError, match="arrays of a BatchNormalization are not known"):
        load_layers(tmp_path / "p.npz", [], [keras.layers.BatchNormalization()])
