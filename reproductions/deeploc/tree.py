"""The sorting tree: ten locations as the leaves of nine decisions.

The released package names the nine sigmoids, in the order of `TREE`, and nothing more: which child
is the "yes" of a node is chosen here (`docs/decisions/deeploc-tree.md`). A node's name ends with a
question mark, because one of them shares its name with a location.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from common.trees import leaf_probabilities, tree_paths

LOCATIONS: tuple[str, ...] = (
    "Nucleus",
    "Cytoplasm",
    "Extracellular",
    "Mitochondrion",
    "Cell membrane",
    "Endoplasmic reticulum",
    "Plastid",
    "Golgi apparatus",
    "Lysosome/Vacuole",
    "Peroxisome",
)
"""DeepLoc 1.0's ten locations in the order of the released package's outputs."""

TREE: dict[str, tuple[str, str]] = {
    "Sec?": ("Extracellular?", "Terminal?"),
    "Extracellular?": ("Extracellular", "Internal?"),
    "Internal?": ("ER/Golgi?", "CM/Lys?"),
    "ER/Golgi?": ("Endoplasmic reticulum", "Golgi apparatus"),
    "CM/Lys?": ("Cell membrane", "Lysosome/Vacuole"),
    "Terminal?": ("Mit/Chl?", "Per/NC?"),
    "Mit/Chl?": ("Mitochondrion", "Plastid"),
    "Per/NC?": ("Peroxisome", "Nuc/Cyt?"),
    "Nuc/Cyt?": ("Nucleus", "Cytoplasm"),
}
"""Children of each node: where its sigmoid leads when it is 1, then where when it is 0."""

NODES: tuple[str, ...] = tuple(TREE)
PATHS = tree_paths(TREE, LOCATIONS)
"""(10, 9) int8: 1 where a location's path answers yes, -1 where no, 0 where it does not pass."""


def locations_from_nodes(yes: np.ndarray) -> np.ndarray:
    """Probabilities of the locations, (n, 10), from those of the nodes' first children, (n, 9).

    The released package averages the nodes over its networks before this step.
    """
    return leaf_probabilities(yes, PATHS)


def nodes_from_locations(probabilities: np.ndarray) -> np.ndarray:
    """What the probabilities of the locations say of each node: (n, 10) to (n, 9).

    Share of the first child in all that lies below the node; one half where nothing does. The
    inverse of `locations_from_nodes` wherever every node is reached.
    """
    values = np.asarray(probabilities, dtype=np.float64)
    yes, no = (values @ (way == PATHS).astype(np.float64) for way in (1, -1))
    below = yes + no
    return np.divide(yes, below, out=np.full_like(below, 0.5), where=below > 0)


def node_accuracy(truth: np.ndarray, probabilities: np.ndarray) -> pd.DataFrame:
    """How often each decision is right, among the proteins whose path passes its node.

    Parameters
    ----------
    truth : (n,) str
        True locations.
    probabilities : (n, 10)
        Columns in the order of `LOCATIONS`.

    Returns
    -------
    DataFrame
        Index `node`; columns ``n`` (proteins that pass) and ``accuracy`` (NaN without any).
    """
    ways = PATHS[[LOCATIONS.index(name) for name in truth]]
    decided = np.where(nodes_from_locations(probabilities) >= 0.5, 1, -1)
    passed = ways != 0
    right = (ways == decided) & passed
    n = passed.sum(axis=0)
    share = np.divide(right.sum(axis=0), n, out=np.full(len(NODES), np.nan), where=n > 0)
    return pd.DataFrame({"n": n, "accuracy": share}, index=pd.Index(NODES, name="node"))


def draw_tree() -> str:
    """The tree as text, a line for each node and location; the docs show it."""
    lines: list[str] = []

    def descend(name: str, depth: int, answer: str) -> None:
        lines.append(f"{'    ' * depth}{answer}{name}")
        if name in TREE:
            for child, word in zip(TREE[name], ("yes: ", "no: "), strict=True):
                descend(child, depth + 1, word)

    descend(NODES[0], 0, "")
    return "\n".join(lines)
