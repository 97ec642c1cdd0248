"""What each figure is drawn from, on made networks."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from reproductions.sonderby import figures
from reproductions.sonderby.data import LOCATIONS
from reproductions.sonderby.experiments import PAPER

N = 22


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    """Records of made networks have no name."""
    monkeypatch.setattr(figures, "run_name", lambda record: "made")


def network(model=None, **outputs) -> figures.Explained:
    locations = np.array([LOCATIONS[place % len(LOCATIONS)] for place in range(N)])
    return figures.Explained(None, model, outputs, locations, np.full(N, 100))


def test_locations_stand_in_the_papers_order():
    """Figure 5 from its top: the secretory pathway, the organelles with transit peptides."""
    assert figures.PAPER_ORDER == (
        "ER",
        "Golgi",
        "Extracellular",
        "Lysosomal",
        "Plasma membrane",
        "Vacuolar",
        "Chloroplast",
        "Mitochondrial",
        "Cytoplasmic",
        "Nuclear",
        "Peroxisomal",
    )
    assert set(figures.PAPER_ORDER) == set(LOCATIONS)


def test_maps_are_of_both_last_states_and_the_context(monkeypatch, tmp_path):
    rng = np.random.default_rng(0)
    forward, backward, context = (rng.normal(size=(N, width)) for width in (8, 8, 16))
    r_lstm = network(location=rng.random((N, 11)), forward=forward, backward=backward)
    a_lstm = network(location=rng.random((N, 11)), context=context)
    mapped, drawn = [], []

    def tsne(matrix, seed=0):
        mapped.append(matrix)
        return matrix[:, :2]

    def scatter(axes, points, locations, order, **options):
        drawn.append((axes, points, locations, order))

    monkeypatch.setattr(figures, "tsne", tsne)
    monkeypatch.setattr(figures, "location_scatter", scatter)
    assert figures.draw_tsne(r_lstm, a_lstm, tmp_path).name == "tsne.png"
    wanted = (("forward state", forward), ("backward state", backward), ("context", context))
    for found, (axes, points, locations, order), (title, matrix) in zip(
        mapped, drawn, wanted, strict=True
    ):
        np.testing.assert_array_equal(found, matrix)
        np.testing.assert_array_equal(points, matrix[:, :2])
        np.testing.assert_array_equal(locations, r_lstm.locations)
        assert title in axes.get_title()
        assert order == figures.PAPER_ORDER


@pytest.mark.parametrize(("profile", "widths"), [("full", [1, 5, 9, 21]), ("smoke", [1, 3, 5])])
def test_filters_of_short_and_long_widths_are_drawn(monkeypatch, tmp_path, profile, widths):
    """Short filters pick residues of one kind, long ones patterns: Figure 7 shows both."""
    sizes = PAPER.settings.resolve("paper", profile, "a-lstm")["kernel_sizes"]
    assert figures.logo_widths(sizes) == figures.logo_widths(sizes[::-1]) == widths
    rng = np.random.default_rng(0)
    kernels = {str(width): rng.normal(size=(width, 60, 4)) for width in sizes}
    for kernel in kernels.values():
        kernel[:, :20, 2] *= 5  # the strongest on the one-hot columns, the third
        kernel[:, 20:, 1] *= 50
    drawn = []

    def logo(axes, pssm, title):
        drawn.append((title, len(pssm)))

    monkeypatch.setattr(figures, "draw_filter_logo", logo)
    layer = SimpleNamespace(kernels=kernels)
    model = SimpleNamespace(get_layer={"convolutions": layer}.__getitem__)
    assert figures.draw_filters(network(model), tmp_path).name == "filters.png"
    assert [length for _, length in drawn] == [
        width for width in widths for _ in range(figures.LOGOS_EACH)
    ]
    firsts = [title for title, _ in drawn[:: figures.LOGOS_EACH]]
    assert firsts == [f"width {width}, filter 3" for width in widths]
