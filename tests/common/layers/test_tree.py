import keras
import numpy as np
import pytest
from keras import ops

from common.layers import TreeLeaves
from common.trees import leaf_probabilities, tree_paths

CHILDREN = {"root": ("a", "rest"), "rest": ("inner", "d"), "inner": ("b", "c")}
LEAVES = ("d", "a", "b", "c")
PATHS = tree_paths(CHILDREN, LEAVES)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def logits(scale=1.0):
    return scale * np.random.default_rng(0).normal(size=(7, 3)).astype("float32")


def test_leaves_are_products_along_the_paths():
    z = logits()
    found = ops.convert_to_numpy(TreeLeaves(PATHS)(ops.convert_to_tensor(z)))
    root, rest, inner = sigmoid(z.astype("float64")).T
    expected = np.stack(
        [
            (1 - root) * (1 - rest),
            root,
            (1 - root) * rest * inner,
            (1 - root) * rest * (1 - inner),
        ],
        axis=1,
    )
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)
    np.testing.assert_allclose(leaf_probabilities(sigmoid(z), PATHS), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("scale", [0.0, 1.0, 30.0, 1000.0])
def test_leaves_sum_to_one(scale):
    found = TreeLeaves(PATHS)(ops.convert_to_tensor(logits(scale)))
    np.testing.assert_allclose(ops.convert_to_numpy(found).sum(1), 1, rtol=0, atol=1e-5)


def test_shape_type_and_saving(tmp_path):
    layer = TreeLeaves(PATHS, dtype="mixed_bfloat16")
    inputs = keras.Input((3,))
    model = keras.Model(inputs, layer(inputs))
    assert (model.output.shape, model.output.dtype) == ((None, 4), "float32")
    twin = TreeLeaves.from_config(layer.get_config())
    assert twin.get_config() == layer.get_config()
    model.save(tmp_path / "tree.keras")
    loaded = keras.saving.load_model(tmp_path / "tree.keras")
    z = ops.convert_to_tensor(logits())
    np.testing.assert_array_equal(ops.convert_to_numpy(model(z)), ops.convert_to_numpy(loaded(z)))


@pytest.mark.parametrize(
    "paths",
    [
        [[1, 0], [-1, 1]],
        [[1, 0], [-1, 1], [-1, 0]],
        [[1, 0], [0, 1], [-1, -1]],
        [[2], [-1]],
        [1, -1],
        [],
    ],
)
def test_paths_that_are_no_tree_are_refused(paths):
    with pytest.raises(ValueError, match="all leaves of one tree"):
        TreeLeaves(paths)
