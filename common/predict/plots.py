"""A figure for each predicted sequence: probabilities, and attention along the sequence."""

from __future__ import annotations

import hashlib
import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from common.interpret.figures import save_figure
from common.predict.predictor import Predictor

BAR, LINE = "#332288", "#117733"
LONGEST_NAME = 80


def plot_prediction(
    predictor: Predictor, identifier: str, sequence: str, folder: Path
) -> list[Path]:
    """Draw a bar for each label and, where the model has it, attention along the sequence.

    Parameters
    ----------
    predictor : Predictor
    identifier : str
        Heads the figure, shortened to 80 characters, and names its files, as `file_name` says.
    sequence : str
    folder : Path

    Returns
    -------
    list of Path
        A PNG and an SVG.

    Raises
    ------
    DataError
        A letter outside the alphabet.
    """
    row, weights = predictor.look(identifier, sequence)
    shown = weights is not None
    figure = Figure(figsize=(10 if shown else 5, 3.4), layout="constrained")
    axes = figure.subplots(1, 2, width_ratios=(1, 1.6)) if shown else [figure.subplots()]
    heading = f"{shortened(identifier)}, {row['length']:,} long: {row['location']}"
    figure.suptitle(heading, fontsize=10, parse_math=False)
    _bars(axes[0], predictor, row[list(predictor.labels)].to_numpy(dtype=float))
    if weights is not None:
        _attention(axes[1], weights)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # a letter that the font lacks is a box
        return list(save_figure(figure, folder, file_name(identifier)))


def shortened(identifier: str) -> str:
    """An id as a heading holds it: one line of at most 80 characters, `�` for controls."""
    text = "".join(c if c.isprintable() else "\ufffd" for c in identifier)
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"


def file_name(identifier: str) -> str:
    """An id where a file can have it as its name, and otherwise one of its own that is like it.

    Characters that file names may not hold become ``_``, and a checksum of the id follows.
    """
    name = re.sub(r"[^A-Za-z0-9._-]", "_", identifier)[:LONGEST_NAME].lstrip(".")
    if name == identifier:
        return name
    return f"{name or 'sequence'}-{hashlib.sha256(identifier.encode()).hexdigest()[:8]}"


def plot_mutations(scan: pd.DataFrame, sequence: str, folder: Path, name: str) -> list[Path]:
    """Draw a scan of point mutations as a heat map, positions across, residues down.

    Parameters
    ----------
    scan : DataFrame
        From `Predictor.mutational_scan`.
    sequence : str
        The sequence that was scanned; its own letters are marked with dots.
    folder : Path
    name : str
        Of the files, without an ending.

    Returns
    -------
    list of Path
        A PNG and an SVG.
    """
    width = min(max(4.0, 0.11 * len(scan) + 2), 24.0)
    figure = Figure(figsize=(width, 0.16 * scan.shape[1] + 1.2), layout="constrained")
    ax = figure.subplots()
    values = scan.to_numpy(dtype=float).T
    reach = max(float(np.abs(values).max()), 1e-6)
    image = ax.imshow(
        values, cmap="RdBu", vmin=-reach, vmax=reach, aspect="auto", interpolation="nearest"
    )
    own = [
        (column, list(scan.columns).index(sequence[place - 1].upper()))
        for column, place in enumerate(scan.index)
        if sequence[place - 1].upper() in scan.columns
    ]
    ax.plot(*zip(*own, strict=True), ".", color="black", markersize=3)
    ax.set_yticks(range(scan.shape[1]), scan.columns, fontsize=7)
    step = max(1, len(scan) // 20)
    ax.set_xticks(range(0, len(scan), step), scan.index[::step], fontsize=7)
    ax.set_xlabel("position")
    label = f"change of the probability of {scan.attrs['location']}"
    figure.colorbar(image, ax=ax, pad=0.01).set_label(label, parse_math=False)
    return list(save_figure(figure, folder, name))


def _bars(ax: Axes, predictor: Predictor, probabilities: np.ndarray) -> None:
    order = np.argsort(probabilities, kind="stable")
    names = [predictor.labels[place] for place in order]
    ax.barh(range(len(names)), probabilities[order], color=BAR)
    ax.set_yticks(range(len(names)), names, parse_math=False)
    ax.set_xlim(0, 1)
    fractions = predictor.card.task == "distribution"
    ax.set_xlabel("predicted fraction" if fractions else "probability")
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(axis="y", length=0, labelsize=8)


def _attention(ax: Axes, weights: np.ndarray) -> None:
    positions = np.arange(1, len(weights) + 1)
    ax.fill_between(positions, weights, step="mid", color=LINE, linewidth=0)
    ax.set_xlim(0.5, len(weights) + 0.5)
    ax.set_ylim(bottom=0)
    ax.set_xlabel("position")
    ax.set_ylabel("attention")
    ax.spines[["top", "right"]].set_visible(False)
