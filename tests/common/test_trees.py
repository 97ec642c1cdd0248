import numpy as np
import pytest

from common.trees import leaf_probabilities, tree_paths

CHILDREN = {"root": ("a", "rest"), "rest": ("inner", "d"), "inner": ("b", "c")}
LEAVES = ("d", "a", "b", "c")


def test_paths_are_the_tree():
    assert tree_paths(CHILDREN, LEAVES).tolist() == [
        [-1, -1, 0],
        [1, 0, 0],
        [-1, 1, 1],
        [-1, 1, -1],
    ]


def test_probabilities_are_products_along_the_paths():
    root, rest, inner = yes = np.array([0.3, 0.9, 0.25])
    found = leaf_probabilities(yes, tree_paths(CHILDREN, LEAVES))
    expected = [(1 - root) * (1 - rest), root]
    expected += [(1 - root) * rest * inner, (1 - root) * rest * (1 - inner)]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    assert leaf_probabilities(np.ones((2, 5, 3)), tree_paths(CHILDREN, LEAVES)).shape == (2, 5, 4)


@pytest.mark.parametrize(
    ("children", "leaves", "fault"),
    [
        ({"root": ("a", "b")}, ("a", "c"), "the leaves"),
        ({"root": ("a", "b", "c")}, ("a", "b", "c"), "two children"),
        ({"root": ("a", "a")}, ("a",), "one node above"),
        ({"root": ("a", "b"), "lost": ("c", "d")}, ("a", "b"), "the leaves"),
        ({"x": ("root", "a"), "root": ("x", "b")}, ("a", "b"), "the leaves"),
        ({}, (), "the leaves"),
    ],
)
def test_what_is_no_tree_is_refused(children, leaves, fault):
    with pytest.raises(ValueError, match=fault):
        tree_paths(children, leaves)
