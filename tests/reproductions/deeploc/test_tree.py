"""The sorting tree: nine nodes in the released order, ten leaves, and what it says of decisions."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from reproductions.deeploc.tree import (
    LOCATIONS,
    NODES,
    PATHS,
    draw_tree,
    locations_from_nodes,
    node_accuracy,
    nodes_from_locations,
)

DECISION = Path(__file__).parents[3] / "docs" / "decisions" / "deeploc-tree.md"


def test_nodes_and_locations_stand_in_the_released_order():
    released = "Sec, Extracellular, Internal, ER/Golgi, CM/Lys, Terminal, Mit/Chl, Per/NC, Nuc/Cyt"
    assert [node.removesuffix("?") for node in NODES] == released.split(", ")
    assert LOCATIONS[:3] == ("Nucleus", "Cytoplasm", "Extracellular")
    assert PATHS.shape == (10, 9)


def test_every_location_has_the_path_of_its_pathway():
    def answers(location):
        row = PATHS[LOCATIONS.index(location)]
        return {node: int(way) for node, way in zip(NODES, row, strict=True) if way}

    assert answers("Extracellular") == {"Sec?": 1, "Extracellular?": 1}
    assert answers("Lysosome/Vacuole") == {
        "Sec?": 1,
        "Extracellular?": -1,
        "Internal?": -1,
        "CM/Lys?": -1,
    }
    assert answers("Plastid") == {"Sec?": -1, "Terminal?": 1, "Mit/Chl?": -1}
    assert answers("Cytoplasm") == {"Sec?": -1, "Terminal?": -1, "Per/NC?": -1, "Nuc/Cyt?": -1}


def test_locations_sum_to_one_and_give_the_nodes_back():
    yes = np.random.default_rng(0).uniform(0.01, 0.99, (50, 9))
    locations = locations_from_nodes(yes)
    np.testing.assert_allclose(locations.sum(axis=1), 1, rtol=0, atol=1e-12)
    np.testing.assert_allclose(nodes_from_locations(locations), yes, rtol=0, atol=1e-9)


def test_a_node_that_nothing_reaches_is_undecided():
    sure = np.zeros((1, 10))
    sure[0, LOCATIONS.index("Extracellular")] = 1
    nodes = dict(zip(NODES, nodes_from_locations(sure)[0], strict=True))
    assert nodes["Sec?"] == nodes["Extracellular?"] == 1
    assert nodes["Internal?"] == nodes["Nuc/Cyt?"] == 0.5


def test_node_accuracy_counts_only_who_passes():
    truth = np.array(["Nucleus", "Cytoplasm", "Extracellular", "Plastid"])
    guesses = np.eye(10)[[LOCATIONS.index(n) for n in ("Nucleus", "Nucleus", "Plastid", "Plastid")]]
    table = node_accuracy(truth, guesses)
    assert table["n"].to_dict() == {
        "Sec?": 4, "Extracellular?": 1, "Internal?": 0, "ER/Golgi?": 0, "CM/Lys?": 0,
        "Terminal?": 3, "Mit/Chl?": 1, "Per/NC?": 2, "Nuc/Cyt?": 2,
    }  # fmt: skip
    assert table.loc["Sec?", "accuracy"] == 0.75
    assert table.loc["Nuc/Cyt?", "accuracy"] == 0.5
    assert np.isnan(table.loc["Internal?", "accuracy"])


def test_the_decision_page_shows_this_tree():
    assert draw_tree() in DECISION.read_text()
