"""Classes as the leaves of a tree of binary decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

Tensor = Any
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


@keras.saving.register_keras_serializable(package="reproduce")
class TreeLeaves(keras.layers.Layer):
    """Probabilities of the leaves of a tree of binary decisions, each a sigmoid.

    DeepLoc's hierarchical output: the likelihood of a location is the product of the decisions
    along its path, so that the leaves sum to 1 and the cross-entropy of the leaf is the sum of
    those of its decisions.

    Parameters
    ----------
    children : mapping of str to pair of str
        As for `tree_paths`; the order of the nodes is that of the input's columns.
    leaves : sequence of str
        Order of the output's columns.

    Call arguments
    --------------
    logits : (batch, nodes)
        Of each node's first child.

    Returns
    -------
    (batch, leaves) float32 (float64 for float64 logits)

    Notes
    -----
    Masking: none, a row is one sequence. The products are sums of logarithms, so that a leaf far
    from likely keeps its gradient. No weights.
    """

    def __init__(self, children: Children, leaves: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.children = {node: list(pair) for node, pair in children.items()}
        self.leaves = list(leaves)
        self.paths = tree_paths(self.children, self.leaves)
        self.built = True

    def call(self, logits: Tensor) -> Tensor:
        if self.compute_dtype != "float64":
            logits = ops.cast(logits, "float32")
        first, second = (
            ops.convert_to_tensor((self.paths == way).T.astype(self._wide)) for way in (1, -1)
        )
        log_yes, log_no = ops.log_sigmoid(logits), ops.log_sigmoid(-logits)
        return ops.exp(ops.matmul(log_yes, first) + ops.matmul(log_no, second))

    @property
    def _wide(self) -> str:
        return "float64" if self.compute_dtype == "float64" else "float32"

    def compute_output_spec(self, logits: Tensor) -> keras.KerasTensor:
        return keras.KerasTensor((*logits.shape[:-1], len(self.leaves)), dtype=self._wide)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "children": self.children, "leaves": self.leaves}
