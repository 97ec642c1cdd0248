"""Classes as the leaves of a tree of binary decisions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

Tensor = Any


@keras.saving.register_keras_serializable(package="reproduce")
class TreeLeaves(keras.layers.Layer):
    """Probabilities of the leaves of a tree of binary decisions, each a sigmoid.

    DeepLoc's hierarchical output (Almagro Armenteros et al. 2017): the likelihood of a location is
    the product of the decisions along its path, so that the leaves sum to 1 and the cross-entropy
    of the leaf is the sum of those of its decisions.

    Parameters
    ----------
    paths : (leaves, nodes) int
        Which way each leaf's path goes at each node: 1 to the first child, -1 to the second, 0
        where it does not pass. ``common.trees.tree_paths`` makes it of a tree.

    Call arguments
    --------------
    logits : (batch, nodes)
        Of each node's first child.

    Returns
    -------
    (batch, leaves) float32 (float64 for float64 logits)

    Raises
    ------
    ValueError
        The paths are not those of all leaves of one tree.

    Notes
    -----
    Masking: none, a row is one sequence. The products are sums of logarithms, so that a leaf far
    from likely keeps its gradient. No weights.
    """

    def __init__(self, paths: np.ndarray | Sequence[Sequence[int]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.paths = np.asarray(paths)
        if not _is_tree(self.paths):
            raise ValueError("the paths are not those of all leaves of one tree")
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
        return keras.KerasTensor((*logits.shape[:-1], len(self.paths)), dtype=self._wide)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "paths": self.paths.tolist()}


def _is_tree(paths: np.ndarray) -> bool:
    """Whether exactly one leaf is reached, however the nodes decide.

    Any two leaves part at some node, and a leaf behind d decisions is reached by 2^-d of all.
    """
    if paths.ndim != 2 or not paths.size or not np.isin(paths, (-1, 0, 1)).all():
        return False
    part = np.matmul(paths == 1, (paths == -1).T)
    apart = part | part.T | np.eye(len(paths), dtype=bool)
    return bool(apart.all() and (0.5 ** np.abs(paths).sum(axis=1)).sum() == 1)
