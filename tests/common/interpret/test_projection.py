from importlib.util import find_spec

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from common.errors import DataError, UsageError
from common.interpret.projection import tsne, umap


def clusters(seed=0, each=15):
    """Three groups far apart, (3 * each, 8)."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(0, 20, (3, 8))
    return np.concatenate([centre + rng.normal(0, 1, (each, 8)) for centre in centres])


def test_the_same_seed_gives_the_same_map():
    """Wide enough for randomised principal components, the only use of the seed."""
    matrix = np.random.default_rng(1).normal(size=(40, 600))
    np.testing.assert_array_equal(tsne(matrix, 3), tsne(matrix, 3))


def test_neighbours_stay_neighbours():
    points = tsne(clusters(), perplexity=8)
    assert points.shape == (45, 2)
    assert np.isfinite(points).all()
    nearest = NearestNeighbors(n_neighbors=4).fit(points).kneighbors(return_distance=False)
    assert (nearest // 15 == np.arange(45)[:, None] // 15).all()


def test_few_rows_lower_the_perplexity():
    assert tsne(clusters(each=2)[:5]).shape == (5, 2)


@pytest.mark.parametrize(
    ("matrix", "fault"),
    [
        (np.ones((4, 3)), "4 rows, 1 of them different"),
        (np.ones((20, 3)), "20 rows, 1 of them different"),
        (np.full((10, 3), np.nan), "NaN"),
        (np.empty((0, 3)), "there are none"),
    ],
)
def test_matrices_without_a_map_are_refused(matrix, fault):
    with pytest.raises(DataError, match=fault):
        tsne(matrix)


def test_wrong_settings_are_refused():
    with pytest.raises(ValueError, match="1 columns"):
        tsne(np.arange(10.0)[:, None])
    with pytest.raises(ValueError, match="perplexity 0"):
        tsne(clusters(), perplexity=0)
    with pytest.raises(ValueError, match="dimension"):
        tsne(np.arange(10.0))


@pytest.mark.long
@pytest.mark.skipif(find_spec("umap") is None, reason="umap-learn is not installed")
def test_umap_keeps_clusters_apart_and_repeats_by_seed():
    matrix = clusters()
    first, second = umap(matrix, seed=3), umap(matrix, seed=3)
    assert first.shape == (len(matrix), 2)
    np.testing.assert_array_equal(first, second)
    third = len(matrix) // 3
    centres = [first[n * third : (n + 1) * third].mean(axis=0) for n in range(3)]
    spread = max(np.linalg.norm(first[:third] - centres[0], axis=1))
    assert min(np.linalg.norm(centres[0] - centres[n]) for n in (1, 2)) > spread


def test_umap_checks_its_rows_and_says_what_is_missing(monkeypatch):
    with pytest.raises(DataError, match="2 rows"):
        umap(np.eye(2))
    monkeypatch.setattr("common.interpret.projection.find_spec", lambda name: None)
    with pytest.raises(UsageError, match="pip install umap-learn"):
        umap(clusters())
