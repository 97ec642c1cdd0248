"""The report's two figures of matrices, and what each of its proposals is worth."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from common.harness.drawn import run_name
from common.harness.record import Record
from common.harness.scores import TRUTH
from common.interpret.figures import confusion_heat_map, save_figure
from common.metrics.classification import confusion, most_likely
from reproductions.deeploc.report_data import TEST_LABELS

THRESHOLD = 0.5


def cells(record: Record) -> dict[str, np.ndarray]:
    """2 × 2 counts of each location: rows truth no and yes, columns predicted no and yes."""
    table = record.predictions
    found = {}
    for name in TEST_LABELS:
        truth = table[TRUTH + name].to_numpy() > THRESHOLD
        guessed = table[name].to_numpy() >= THRESHOLD
        counts = [[np.sum((truth == t) & (guessed == g)) for g in (False, True)] for t in (0, 1)]
        found[name] = np.array(counts)
    return found


def draw_cells(record: Record, folder: Path) -> Path:
    """Report, figure 1: a matrix of two by two for each location."""
    figure, grid = plt.subplots(2, 4, figsize=(12, 6.2), layout="constrained")
    for axes, (name, counts) in zip(grid.flat, cells(record).items(), strict=True):
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        for (row, column), count in np.ndenumerate(counts):
            ink = "white" if shares[row, column] > 0.55 else "black"
            axes.text(column, row, f"{count:,}", ha="center", va="center", color=ink)
        axes.set_xticks((0, 1), ("no", "yes"))
        axes.set_yticks((0, 1), ("no", "yes"))
        axes.set_title(name, fontsize=10)
    figure.supxlabel("predicted")
    figure.supylabel("true")
    figure.suptitle(
        f"The report's network on {len(record.predictions):,} proteins ({run_name(record)})"
    )
    return save_figure(figure, folder, "report-matrices")[0]


def draw_matrices(record: Record, folder: Path) -> Path:
    """Report, figure 2: 8 × 8, one true and one predicted location a protein."""
    table = record.tables["argmax"]
    truth = table["truth"].to_numpy(dtype=str)
    predicted = most_likely(table[list(TEST_LABELS)].to_numpy(), TEST_LABELS)
    figure, axes = plt.subplots(figsize=(6.4, 6), layout="constrained")
    confusion_heat_map(axes, confusion(truth, predicted, TEST_LABELS))
    axes.set_title(f"First true and most likely location ({run_name(record)})")
    return save_figure(figure, folder, "report-confusion")[0]


def draw_ablations(table: pd.DataFrame, folder: Path) -> Path:
    """Differences with their intervals, a line for each row of `ablation_table`."""
    figure, axes = plt.subplots(figsize=(9, 0.5 * len(table) + 1.6), layout="constrained")
    places = np.arange(len(table))
    reach = [table["difference"] - table["low"], table["high"] - table["difference"]]
    axes.errorbar(table["difference"], places, xerr=reach, fmt="o", color="#332288", capsize=3)
    axes.axvline(0, color="#888888", linewidth=1)
    names = [
        f"{row.title}\n{row.metric}, {' / '.join(dict.fromkeys(map(run_name, row.groups)))}"
        for row in table.itertuples()
    ]
    axes.set_yticks(places, names, fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel("difference of the score, with 90 % interval")
    axes.set_title("What each proposal is worth")
    return save_figure(figure, folder, "ablations")[0]
