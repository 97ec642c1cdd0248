import itertools
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from common.errors import DataError, StorageError
from common.interpret import figures

LOCATIONS = [f"location {letter}" for letter in "ABCDEFGHIJK"]

# Machado, Oliveira & Fernandes 2009, severity 1.0, on linear RGB.
PROTANOPIA = [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
]
DEUTERANOPIA = [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.011820, 0.042940, 0.968881],
]


def lab(colours, vision):
    """CIE L*a*b* (D65) of sRGB colours, (n, 3), as an eye with that vision sees them."""
    rgb = np.array([to_rgb(colour) for colour in colours])
    rgb = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(rgb @ np.array(vision).T, 0, 1)
    to_xyz = [[0.4125, 0.3576, 0.1804], [0.2127, 0.7152, 0.0722], [0.0193, 0.1192, 0.9503]]
    x = seen @ np.array(to_xyz).T / [0.95047, 1, 1.08883]
    f = np.where(x > 0.008856, np.cbrt(x), 7.787 * x + 16 / 116)
    return np.stack(
        [116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1
    )


@pytest.mark.parametrize("vision", [np.eye(3), PROTANOPIA, DEUTERANOPIA])
def test_eleven_colours_stay_apart_for_colour_blind_eyes(vision):
    seen = lab(figures.PALETTE, vision)
    apart = np.linalg.norm(seen[:, None] - seen[None], axis=-1)[np.triu_indices(11, 1)]
    assert apart.min() > 11
    assert (seen[:, 0] < 86).all()
    assert len(set(figures.PALETTE)) == len(set(figures.MARKERS)) == 11


def heat_map(order=LOCATIONS, seed=0):
    """30 made-up proteins of the even-numbered locations; row r has its only weight in column r."""
    names = np.random.default_rng(seed).permutation(LOCATIONS[::2] * 5)
    ax = Figure(figsize=(6, 6)).add_axes((0.3, 0.1, 0.6, 0.8))
    image = figures.attention_heat_map(ax, np.eye(30, 40), names, order)
    return ax, image, names


def test_heat_map_groups_rows_in_the_callers_order():
    order = LOCATIONS[::-1]
    _, image, names = heat_map(order)
    shown = np.asarray(image.get_array()).argmax(axis=1)
    assert names[shown].tolist() == [name for name in order if name in names for _ in range(5)]
    for group in range(6):
        assert (np.diff(shown[5 * group : 5 * group + 5]) > 0).all()


def test_heat_map_labels_groups_and_draws_lines_between_them():
    ax, _, _ = heat_map()
    assert [text.get_text() for text in ax.texts] == [f"{name} (5)" for name in LOCATIONS[::2]]
    assert [text.xy[1] for text in ax.texts] == [2.5, 7.5, 12.5, 17.5, 22.5, 27.5]
    assert [line.get_ydata()[0] for line in ax.lines] == [5, 10, 15, 20, 25]
    assert ax.get_ylim() == (30, 0)


def test_labels_of_tiny_groups_do_not_overlap():
    names = [LOCATIONS[0]] * 900 + LOCATIONS[1:]
    fig = Figure(figsize=(6, 6))
    ax = fig.add_axes((0.3, 0.1, 0.6, 0.8))
    figures.attention_heat_map(ax, np.ones((910, 50)), names, LOCATIONS)
    fig.canvas.draw()
    boxes = sorted((Text.get_window_extent(text) for text in ax.texts), key=lambda box: box.y0)
    assert len(boxes) == 11
    assert all(lower.y1 <= upper.y0 for lower, upper in itertools.pairwise(boxes))
    assert boxes[0].y0 > 0
    assert max(box.x1 for box in boxes) < ax.get_window_extent().x0


def test_spaced_keeps_what_fits_and_moves_what_does_not():
    np.testing.assert_allclose(figures.spaced([1, 5, 9], 2, 10), [1, 5, 9])
    np.testing.assert_allclose(figures.spaced([5, 5.1], 2, 10), [5, 7])
    np.testing.assert_allclose(figures.spaced([8, 9, 9.5], 2, 10), [5, 7, 9])
    np.testing.assert_allclose(figures.spaced([9, 9, 9, 9], 5, 10), [1.25, 3.75, 6.25, 8.75])


def test_heat_map_refuses_what_does_not_fit():
    ax = Figure().add_subplot()
    with pytest.raises(DataError, match="Vacuole not among the labels"):
        figures.attention_heat_map(ax, np.ones((1, 5)), ["Vacuole"], LOCATIONS)
    with pytest.raises(ValueError, match="2 rows of attention, 1 locations"):
        figures.attention_heat_map(ax, np.ones((2, 5)), LOCATIONS[:1], LOCATIONS)
    with pytest.raises(DataError, match="NaN"):
        figures.attention_heat_map(ax, np.full((1, 5), np.nan), LOCATIONS[:1], LOCATIONS)


def test_scatter_gives_each_location_its_own_points_colour_and_marker():
    names = np.array([LOCATIONS[10], LOCATIONS[1], LOCATIONS[10]])
    points = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])
    ax = Figure().add_subplot()
    second, last = figures.location_scatter(ax, points, names, LOCATIONS)
    assert second.get_offsets().tolist() == [[2, 3]]
    assert last.get_offsets().tolist() == [[0, 1], [4, 5]]
    assert second.get_facecolor()[0, :3].tolist() == list(to_rgb(figures.PALETTE[1]))
    assert last.get_facecolor()[0, :3].tolist() == list(to_rgb(figures.PALETTE[10]))
    titles = [text.get_text() for text in ax.get_legend().get_texts()]
    assert titles == ["location B (1)", "location K (2)"]


def test_scatter_refuses_what_does_not_fit():
    ax = Figure().add_subplot()
    with pytest.raises(
        ValueError, match="at most 11 locations and 2 columns are drawn, received 12"
    ):
        figures.location_scatter(ax, [[0, 1]], ["x"], [*LOCATIONS, "x"])
    with pytest.raises(ValueError, match=r"points of shape \(1, 3\)"):
        figures.location_scatter(ax, [[0, 1, 2]], LOCATIONS[:1], LOCATIONS)
    with pytest.raises(DataError, match="x not among"):
        figures.location_scatter(ax, [[0, 1]], ["x"], LOCATIONS)


def confusion_table(values):
    names = ["ER", "Golgi"]
    return pd.DataFrame(values, index=names, columns=names)


def test_confusion_shows_counts_and_colours_by_share_of_the_true_class():
    ax = Figure().add_subplot()
    image = figures.confusion_heat_map(ax, confusion_table([[30, 10], [0, 5]]))
    assert np.asarray(image.get_array()).tolist() == [[0.75, 0.25], [0, 1]]
    shown = {text.get_position(): text.get_text() for text in ax.texts}
    assert shown == {(0, 0): "30", (1, 0): "10", (0, 1): "0", (1, 1): "5"}
    assert ax.get_xlabel() == "predicted location"
    assert ax.get_ylabel() == "true location"


def test_confusion_of_a_class_without_examples_is_blank():
    image = figures.confusion_heat_map(Figure().add_subplot(), confusion_table([[3, 1], [0, 0]]))
    assert np.asarray(image.get_array()).tolist() == [[0.75, 0.25], [0, 0]]


def test_confusion_of_fractions_is_written_in_percent():
    ax = Figure().add_subplot()
    figures.confusion_heat_map(ax, confusion_table([[0.75, 0.25], [0.0, 1.0]]))
    assert [text.get_text() for text in ax.texts] == ["75", "25", "0", "100"]
    assert "percent" in ax.get_xlabel()


def test_confusion_refuses_other_columns():
    table = confusion_table([[1, 2], [3, 4]]).rename(columns={"Golgi": "Nucleus"})
    with pytest.raises(ValueError, match="rows and columns must be the same labels"):
        figures.confusion_heat_map(Figure().add_subplot(), table)


def small_figure():
    fig = Figure(figsize=(2, 2))
    ax = fig.add_subplot()
    ax.imshow(np.eye(3))
    ax.plot([0, 2], [0, 2], clip_on=True, marker="o")
    ax.set_title("a title")
    return fig


def test_saved_figures_are_equal_byte_by_byte(tmp_path):
    png, svg = figures.save_figure(small_figure(), tmp_path / "new" / "folder", "figure_5")
    assert (png.name, svg.name) == ("figure_5.png", "figure_5.svg")
    again = figures.save_figure(small_figure(), tmp_path / "again", "figure_5")
    assert png.read_bytes() == again[0].read_bytes()
    assert svg.read_bytes() == again[1].read_bytes()
    assert sorted(path.name for path in png.parent.iterdir()) == ["figure_5.png", "figure_5.svg"]


def test_another_process_writes_the_same_bytes(tmp_path):
    code = (
        "import sys; sys.path.insert(0, sys.argv[2]); import pathlib; "
        "from test_figures import figures, small_figure; "
        "figures.save_figure(small_figure(), pathlib.Path(sys.argv[1]), 'f')"
    )
    arguments = [str(tmp_path / "there"), str(Path(__file__).parent)]
    root = Path(figures.__file__).parents[2]
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, cwd=root)
    for path in figures.save_figure(small_figure(), tmp_path / "here", "f"):
        assert path.read_bytes() == (tmp_path / "there" / path.name).read_bytes()


def test_saved_figures_hold_no_date_and_have_150_dots_an_inch(tmp_path):
    png, svg = figures.save_figure(small_figure(), tmp_path, "f")
    text = svg.read_text()
    assert "<svg" in text
    assert "date" not in text
    assert "Matplotlib v" not in text
    data = png.read_bytes()
    assert b"Matplotlib" not in data
    position = data.index(b"pHYs") + 4
    assert int.from_bytes(data[position : position + 4], "big") == round(150 / 0.0254)


def test_a_folder_that_cannot_be_written_is_a_storage_error(tmp_path, monkeypatch):
    def full(*_args, **_settings):
        raise OSError(28, "No space left on device")

    fig = small_figure()
    monkeypatch.setattr(fig, "savefig", full)
    with pytest.raises(StorageError, match="no space left"):
        figures.save_figure(fig, tmp_path, "f")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "a/b", ".."])
def test_names_with_folders_are_refused(tmp_path, name):
    with pytest.raises(ValueError, match="name of a figure"):
        figures.save_figure(small_figure(), tmp_path, name)
