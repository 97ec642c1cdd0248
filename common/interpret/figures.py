"""Figures of explanations, drawn on axes that the caller gives, and written the same each time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import ArrayLike

from common.files import written_whole
from common.metrics.checks import checked_labels, checked_names, checked_numbers

PALETTE = (
    "#332288", "#DDCC77", "#117733", "#88CCEE", "#882255", "#44AA99",
    "#CC6677", "#000000", "#999933", "#AA4499", "#6699CC",
)  # fmt: skip
"""Eleven colours that stay apart in protanopia and deuteranopia (Paul Tol's muted and two more)."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*", "p")
"""A second sign beside the colour; one for each."""

HASH_SALT = "reproduce"
DPI = 150


def attention_heat_map(
    ax: Axes, aligned: np.ndarray, locations: ArrayLike, order: Sequence[str]
) -> AxesImage:
    """Attention of every protein, a row each, grouped by true location (Sønderby, figure 5).

    Parameters
    ----------
    ax : Axes
        Where to draw; about 6 inches high for 11 locations. Labels stand to its left.
    aligned : (n, width) float
        From `attention.align_termini`.
    locations : (n,) str
        True locations, all among `order`.
    order : sequence of str
        Locations from top to bottom; those without proteins are left out. Within a location the
        proteins keep the order they come in.

    Returns
    -------
    AxesImage
        For a colour bar. The scale is a square root, so that broad attention shows beside narrow
        peaks: white is 0, black the 90th percentile of the proteins' highest weights.

    Raises
    ------
    DataError
        No proteins, NaN, or a location outside `order`.
    ValueError
        Different numbers of proteins.
    """
    rows = checked_numbers("aligned attention", aligned, 2)
    names = checked_names("locations", locations)
    if len(names) != len(rows):
        raise ValueError(f"{len(rows)} rows of attention, {len(names)} locations")
    groups = [name for name in checked_labels(order, location=names) if name in set(names)]
    members = [np.flatnonzero(names == name) for name in groups]
    image = ax.imshow(
        rows[np.concatenate(members)],
        aspect="auto",
        cmap="Greys",
        norm=PowerNorm(0.5, vmin=0, vmax=np.quantile(rows.max(axis=1), 0.9)),
        interpolation="auto",
        extent=(0.5, rows.shape[1] + 0.5, len(rows), 0),
    )
    edges = np.cumsum([0, *map(len, members)])
    for edge in edges[1:-1]:
        ax.axhline(edge, color="#0077BB", linewidth=0.7)
    titles = [f"{name} ({len(own)})" for name, own in zip(groups, members, strict=True)]
    _labels_beside(ax, (edges[:-1] + edges[1:]) / 2, titles, len(rows))
    ax.set_yticks([])
    ax.spines[:].set_color("#BBBBBB")
    ax.set_xlabel("aligned position (N terminus at the left, C terminus at the right)")
    return image


def _labels_beside(ax: Axes, centres: np.ndarray, titles: Sequence[str], height: int) -> None:
    """Write a title left of each centre, moved apart where two would touch, with a leader line."""
    inches = ax.get_window_extent().height / ax.figure.dpi
    size = 9.0
    places = spaced(centres.tolist(), 1.25 * size / 72 / inches * height, height)
    for centre, place, title in zip(centres, places, titles, strict=True):
        ax.annotate(
            title,
            xy=(0, centre),
            xytext=(-0.035, place),
            xycoords=ax.get_yaxis_transform(),
            textcoords=ax.get_yaxis_transform(),
            ha="right",
            va="center",
            fontsize=size,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "linewidth": 0.6, "shrinkA": 0, "shrinkB": 0},
        )


def spaced(centres: Sequence[float], gap: float, height: float) -> np.ndarray:
    """Places near rising centres, in 0..`height` and at least `gap` apart (less if none fit).

    Parameters
    ----------
    centres : (n,) float
        Wanted places, rising.
    gap : float
        Smallest distance.
    height : float
        Upper end.

    Returns
    -------
    np.ndarray
        (n,) float64, rising.
    """
    places = np.array(centres, dtype=np.float64)
    gap = min(gap, height / len(places))
    for index in range(1, len(places)):
        places[index] = max(places[index], places[index - 1] + gap)
    places[-1] = min(places[-1], height - gap / 2)
    for index in range(len(places) - 2, -1, -1):
        places[index] = min(places[index], places[index + 1] - gap)
    return places


def location_scatter(
    ax: Axes, points: ArrayLike, locations: ArrayLike, order: Sequence[str], *, legend: bool = True
) -> list[PathCollection]:
    """Scatter of a two-dimensional map, a colour and a marker for each location (figure 6).

    Parameters
    ----------
    ax : Axes
        Where to draw.
    points : (n, 2) float
        From `projection.tsne`.
    locations : (n,) str
        True locations, all among `order`.
    order : sequence of str
        At most 11 locations; a location keeps its colour and marker in every figure that is
        drawn with the same order. Those without points are left out of the legend.
    legend : bool
        Draw one to the right of the axes.

    Raises
    ------
    DataError
        No points, NaN, or a location outside `order`.
    ValueError
        More than 11 locations, or different numbers of points and locations.
    """
    xy, names = checked_numbers("points", points, 2), checked_names("locations", locations)
    groups = checked_labels(order, location=names)
    if len(groups) > len(PALETTE) or xy.shape != (len(names), 2):
        raise ValueError(
            f"at most {len(PALETTE)} locations and 2 columns are drawn, received {len(groups)} "
            f"locations, points of shape {xy.shape} and {len(names)} names"
        )
    drawn = []
    for group, colour, marker in zip(groups, PALETTE, MARKERS, strict=False):
        own = names == group
        if own.any():
            style: dict[str, Any] = {"color": colour, "marker": marker, "s": 16, "alpha": 0.8}
            x, y = xy[own].T
            drawn.append(ax.scatter(x, y, linewidths=0, label=f"{group} ({own.sum()})", **style))
    ax.set_xticks([])
    ax.set_yticks([])
    if legend:
        ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=9)
    return drawn


def confusion_heat_map(ax: Axes, counts: pd.DataFrame) -> AxesImage:
    """Confusion matrix: counts as text, the share of the true class as colour.

    Parameters
    ----------
    ax : Axes
        Where to draw; about 6 by 6 inches for 11 labels.
    counts : (k, k) pd.DataFrame
        From `classification.confusion`: true labels in rows. Fractions of the true class are
        written as percent.

    Returns
    -------
    AxesImage
        For a colour bar, 0..1.

    Raises
    ------
    DataError
        NaN.
    ValueError
        Rows and columns are not the same labels.
    """
    if list(counts.index) != list(counts.columns):
        raise ValueError("confusion matrix: rows and columns must be the same labels")
    values = checked_numbers("confusion matrix", counts, 2)
    totals = values.sum(axis=1, keepdims=True)
    shares = values / np.where(totals > 0, totals, 1)
    percent = bool((values <= 1).all() and (values % 1 != 0).any())
    image = ax.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), value in np.ndenumerate(values):
        text = f"{100 * value:.0f}" if percent else f"{value:.0f}"
        ink = "white" if shares[row, column] > 0.55 else "black" if value else "#BBBBBB"
        ax.text(column, row, text, ha="center", va="center", fontsize=8, color=ink)
    ticks = range(len(counts))
    ax.set_xticks(
        ticks, counts.columns, rotation=45, ha="right", rotation_mode="anchor", parse_math=False
    )
    ax.set_yticks(ticks, counts.index, parse_math=False)
    ax.tick_params(length=0)
    ax.set_xlabel("predicted location" + (" (percent of the true location)" if percent else ""))
    ax.set_ylabel("true location")
    return image


def save_figure(fig: Figure, folder: Path, name: str) -> tuple[Path, Path]:
    """Write a figure as PNG (150 dpi) and SVG, with the same bytes whenever it is drawn again.

    A figure that pyplot made is closed.

    No date and no version of the drawing library is written, and the ids in the SVG come from a
    fixed salt. Text is drawn as outlines, so that the page needs no fonts.

    Parameters
    ----------
    fig : Figure
        The figure.
    folder : Path
        Made where it is missing.
    name : str
        File name without a suffix or folder.

    Returns
    -------
    tuple of Path
        The PNG and the SVG.

    Raises
    ------
    StorageError
        The folder cannot be written.
    ValueError
        `name` is empty, holds a folder or starts with a dot.
    """
    if Path(name).name != name or name[:1] in ("", "."):
        raise ValueError(f"name of a figure: no folder, no leading dot, received {name!r}")
    quiet = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}}
    paths = {suffix: Path(folder) / f"{name}.{suffix}" for suffix in quiet}
    with mpl.rc_context({"svg.hashsalt": HASH_SALT, "svg.fonttype": "path"}):
        for suffix, path in paths.items():
            with written_whole(path) as temporary:
                fig.savefig(
                    temporary, format=suffix, dpi=DPI, bbox_inches="tight", metadata=quiet[suffix]
                )
    plt.close(fig)
    return paths["png"], paths["svg"]
