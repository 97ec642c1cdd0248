"""Figure 3: what the labels are like, drawn from the data set itself; no run is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from common.data.fetch import SIMULATED, locate
from common.interpret.figures import save_figure
from reproductions.rnatracker import cefra
from reproductions.rnatracker.data import DATASETS, Table
from reproductions.rnatracker.experiments import SETTINGS
from reproductions.rnatracker.shades import colour
from reproductions.rnatracker.training import load_settings_table


def summary_source() -> dict[str, Any]:
    """Data sets that the figure is drawn from, with the checksums of their files."""
    names = (*DATASETS["cefra-authors"], *DATASETS["cefra"])
    found = {name: locate(name, simulate=True) for name in names}
    here = {name: one.sha256 for name, one in found.items() if one.origin != SIMULATED}
    return {"data sets": here} if here else {"data": SIMULATED}


def labelled() -> tuple[Table, pd.DataFrame]:
    """Transcripts, and the shares of all labelled genes: of the partial set of more genes.

    Simulated transcripts where there are no others.
    """
    settings = SETTINGS.resolve("code", "full", "full-length")
    table = load_settings_table(settings, simulate=True)
    if table.variant == "partial data":
        return table, cefra.read_labels(locate("cefra-labels"))
    return table, table.frame


def draw_summary(folder: Path) -> Path:
    """Distributions of the shares, number of genes and mean length by predominant fraction."""
    table, labels = labelled()
    names, shades = list(table.fractions), colour(list(table.fractions))
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
    bins = np.linspace(0, 1, 41)
    for name in names:
        left.hist(
            labels[name], bins, histtype="step", color=shades[name], label=name, linewidth=1.6
        )
    left.set(xlabel="share of the fraction", ylabel="genes", title="A: shares")
    left.legend(frameon=False)
    counts = labels[names].idxmax(axis=1).value_counts()
    lengths = table.frame["sequence"].str.len().groupby(table.predominant).mean()
    for ax, values, label in (
        (middle, counts, "genes"),
        (right, lengths, "mean length, nucleotides"),
    ):
        ax.bar(names, [values.get(name, 0) for name in names], color=[shades[n] for n in names])
        ax.set(ylabel=label, xlabel="predominant fraction")
    middle.set_title("B: number")
    right.set_title(f"B: mean length of {len(table.frame):,}")
    sequences = f"{len(table.frame):,} with a sequence, {table.variant}"
    figure.suptitle(f"{len(labels):,} labelled genes, {sequences}")
    return save_figure(figure, folder, "summary")[0]
