"""Which transcripts the filters are looked at on, and the picture of their clusters."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from common.interpret.motifs import cluster_filters
from reproductions.rnatracker import motif_figures
from reproductions.rnatracker.data import Table
from reproductions.rnatracker.filters import strongest
from reproductions.rnatracker.motif_figures import draw_clusters

FRACTIONS = ("cytosol", "insoluble", "membrane", "nuclear")


def table_of(shares: np.ndarray) -> Table:
    frame = pd.DataFrame(shares, columns=FRACTIONS)
    return Table(frame.assign(id=range(len(frame))), FRACTIONS, "simulated", {})


def test_the_256_with_the_largest_share_of_each_fraction_are_taken():
    shares = np.random.default_rng(0).dirichlet(np.full(4, 0.5), 4000)
    chosen = strongest(table_of(shares), 256)
    assert len(chosen) == len(set(chosen.tolist())) == 4 * 256
    for column in range(4):
        own = chosen[256 * column : 256 * (column + 1)]
        left_out = np.delete(shares[:, column], own)
        assert shares[own, column].min() > left_out.max()
        assert (np.diff(shares[own, column]) <= 0).all()


def test_a_transcript_that_is_strong_in_two_fractions_is_taken_once():
    shares = np.array([[0.5, 0.5, 0, 0], [0.4, 0.1, 0.5, 0], [0.1, 0.2, 0.3, 0.4]])
    assert strongest(table_of(shares), 1).tolist() == [0, 1, 2]
    assert strongest(table_of(shares), 2).tolist() == [0, 1, 2]
    assert strongest(table_of(shares), 9).tolist() == [0, 1, 2]


def test_the_tree_has_a_leaf_for_each_row_of_the_map(monkeypatch, tmp_path):
    active = np.random.default_rng(0).random((5, 12))
    active[2] = 0
    order, tree = cluster_filters(active)
    extra = {
        "order": order.tolist(),
        "tree": tree.tolist(),
        "activations": active.tolist(),
        "fractions": list(FRACTIONS) * 3,
        "isolated": [[0.1] * 4] * 5,
    }
    truth = [f"truth:{name}" for name in FRACTIONS]
    predictions = pd.DataFrame(columns=["id", *truth, *FRACTIONS])
    record = SimpleNamespace(content={"extra": extra}, predictions=predictions)
    drawn = []
    save = motif_figures.save_figure
    monkeypatch.setattr(
        motif_figures,
        "save_figure",
        lambda figure, *rest: drawn.append(figure.axes[:2]) or save(figure, *rest),
    )
    assert draw_clusters(record, "made", tmp_path).stat().st_size > 4000
    dendrogram, heat_map = drawn[0]
    assert dendrogram.get_ylim() == (40, 0)
    assert [text.get_text() for text in heat_map.get_yticklabels()] == [str(n + 1) for n in order]
    widths = np.concatenate([path.vertices[:, 0] for path in dendrogram.collections[0].get_paths()])
    assert widths.max() == pytest.approx(tree[:, 2].max())
