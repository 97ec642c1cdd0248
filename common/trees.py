"""Trees of binary decisions whose leaves are classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

Children = Mapping[str, Sequence[str]]


def tree_paths(children: Children, leaves: Sequence[str]) -> np.ndarray:
    """Which way each leaf's path goes at each node.

    Parameters
    ----------
    children : mapping of str to pair of str
        What stands below each node: the child taken when its decision is yes, then the other. A
        name that is no key is a leaf. The first key is the root.
    leaves : sequence of str
        Order of the rows.

    Returns
    -------
    (leaves, nodes) int8
        1 where the path goes to the first child, -1 to the second, 0 where it does not pass.

    Raises
    ------
    ValueError
        No tree: a name below two nodes or below none, not two children, a node without a way from
        the root, or other leaves than those named.
    """
    nodes = list(children)
    below = [child for pair in children.values() for child in pair]
    if any(len(pair) != 2 for pair in children.values()) or len(set(below)) < len(below):
        raise ValueError("every node has two children, and every child one node above it")
    found: dict[str, np.ndarray] = {}

    def descend(name: str, path: np.ndarray) -> None:
        if name not in children:
            found[name] = path
            return
        for child, way in zip(children[name], (1, -1), strict=True):
            further = path.copy()
            further[nodes.index(name)] = way
            descend(child, further)

    if nodes and nodes[0] not in below:
        descend(nodes[0], np.zeros(len(nodes), dtype=np.int8))
    passed = np.any([path != 0 for path in found.values()], axis=0) if found else np.zeros(1)
    if sorted(found) != sorted(leaves) or not np.all(passed):
        raise ValueError(f"the tree has the leaves {sorted(found)}, not {sorted(leaves)}")
    return np.stack([found[name] for name in leaves])


def leaf_probabilities(yes: np.ndarray, paths: np.ndarray) -> np.ndarray:
    """Probability of each leaf from those of the decisions: products along the paths.

    Parameters
    ----------
    yes : (..., nodes)
        Probability of each node's first child.
    paths : (leaves, nodes) int
        From `tree_paths`.

    Returns
    -------
    (..., leaves)
        Sums to 1.
    """
    decided = np.expand_dims(np.asarray(yes, dtype=np.float64), -2)
    factors = np.where(paths == 0, 1.0, np.where(paths > 0, decided, 1 - decided))
    return factors.prod(axis=-1)
