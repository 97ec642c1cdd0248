"""Figure 6: motifs of filters beside known ones, and clusters of filters."""

from __future__ import annotations

from pathlib import Path

import logomaker
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy.cluster.hierarchy import dendrogram

from common.data.fetch import SIMULATED, locate
from common.data.motifs import read_motifs
from common.harness.record import Record
from common.harness.scores import label_columns
from common.interpret.figures import PALETTE, save_figure
from common.interpret.logos import FONT, NUCLEOTIDE_COLOURS

SHOWN = 4


def draw_motifs(record: Record, about: str, folder: Path) -> Path:
    """Figure 6A: the filters with the best matches, each above the motif that it matches."""
    extra = record.content["extra"]
    matches = pd.DataFrame(extra["matches"])
    known = locate("ray2013", simulate=True)
    names = list(extra["motifs"])[:SHOWN]
    below: dict[str, tuple[str, np.ndarray]] = {}
    if len(matches) and known.origin != SIMULATED:
        best = matches.sort_values("p_value").head(SHOWN)
        names = [str(number) for number in best["filter"]]
        motifs = read_motifs(next(iter(known.paths.values())))
        for number, motif, p_value in zip(names, best["motif"], best["p_value"], strict=True):
            below[number] = f"{motif}\np = {p_value:.1e}", motifs[motif]
    columns = max(len(names), 1)
    figure, axes = plt.subplots(
        2, columns, figsize=(3.4 * columns, 4.4), squeeze=False, layout="constrained"
    )
    for column, name in enumerate(names):
        sites = extra["sites"][name]
        title = f"filter {int(name) + 1}, {sites:,} sites"
        _logo(axes[0, column], np.array(extra["motifs"][name]), title)
        if name in below:
            _logo(axes[1, column], below[name][1], below[name][0])
    for ax in axes.flat:
        ax.set_visible(ax.has_data())
    figure.suptitle(f"Filters of the full-length network ({about})")
    return save_figure(figure, folder, "motifs")[0]


def draw_clusters(record: Record, about: str, folder: Path) -> Path:
    """Figure 6B: tree of the filters, their activation on each transcript, each filter alone."""
    extra = record.content["extra"]
    order = np.array(extra["order"])
    active = np.array(extra["activations"])[order]
    highest = active.max(axis=1, keepdims=True)
    fractions = pd.Series(extra["fractions"])
    columns = np.argsort(pd.Categorical(fractions, pd.unique(fractions)).codes, kind="stable")
    figure, (tree, left, right) = plt.subplots(
        1, 3, figsize=(13, 6.5), width_ratios=(1, 4, 1), layout="constrained"
    )
    _draw_tree(tree, np.array(extra["tree"], dtype=float))
    image = left.imshow(active[:, columns] / highest, aspect="auto", cmap="viridis", vmin=0)
    ordered = fractions.iloc[columns].reset_index(drop=True)
    edges = np.flatnonzero(ordered.ne(ordered.shift())).tolist()
    left.set_xticks(edges, ordered.iloc[edges], ha="left")
    left.set_yticks(range(len(order)), [str(number + 1) for number in order], fontsize=7)
    left.set(ylabel="filter, in the order of the clusters", title="mean activation, scaled")
    figure.colorbar(image, ax=left, shrink=0.6)
    names = label_columns(record.predictions)
    alone = np.array(extra["isolated"], dtype=float)[order]
    image = right.imshow(alone, aspect="auto", cmap="RdBu_r", vmin=-1, vmax=1)
    right.set_xticks(range(len(names)), names, rotation=45, ha="right")
    right.set_yticks([])
    right.set_title("r of the filter alone")
    figure.colorbar(image, ax=right, shrink=0.6)
    figure.suptitle(f"{active.shape[1]:,} strongly localised transcripts ({about})")
    return save_figure(figure, folder, "clusters")[0]


def _draw_tree(ax: Axes, tree: np.ndarray) -> None:
    """Dendrogram beside the heat map: its leaves are the map's rows, from the top.

    Parameters
    ----------
    ax : Axes
    tree : (m - 1, 4) float
        SciPy's linkage of m filters.
    """
    dendrogram(tree, orientation="left", ax=ax, no_labels=True, link_color_func=lambda _: "0.3")
    ax.set_ylim(10 * (len(tree) + 1), 0)
    ax.spines[["top", "left", "right"]].set_visible(False)
    ax.set(xlabel="cosine distance", yticks=[])


def _logo(ax: Axes, probabilities: np.ndarray, title: str) -> None:
    """Letters of a motif in bits."""
    p = np.clip(probabilities, 1e-9, 1)
    bits = p * (2 + (p * np.log2(p)).sum(axis=1, keepdims=True))
    table = pd.DataFrame(np.clip(bits, 0, None), columns=list("ACGU"))
    logomaker.Logo(table, ax=ax, color_scheme=NUCLEOTIDE_COLOURS, font_name=FONT)
    ax.set(ylim=(0, 2), xticks=[])
    ax.set_title(title, fontsize=10)
    ax.set_ylabel("bits", color=PALETTE[7])
