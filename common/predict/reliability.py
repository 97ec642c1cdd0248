"""Reliability diagrams: what probabilities say beside what is found (Guo et al. 2017, figure 4)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from common.harness.scores import SeedScores
from common.harness.tasks import Distribution
from common.interpret.figures import MARKERS, PALETTE, save_figure
from common.metrics.calibration import expected_calibration_error, reliability
from common.predict.calibration import Calibration

BEFORE, AFTER = "#999999", "#332288"
SHARE_BINS = 10


def draw_reliability(
    scores: SeedScores, calibration: Calibration | None, title: str, folder: Path, name: str
) -> list[Path]:
    """Draw confidence against accuracy, or predicted against observed fractions.

    Parameters
    ----------
    scores : SeedScores
        Predictions; of fractions they are drawn themselves.
    calibration : Calibration or None
        From `common.predict.calibration.calibrate`; None for fractions.
    title : str
    folder : Path
    name : str
        Of the files, without an ending.

    Returns
    -------
    list of Path
        A PNG and an SVG; none where there is nothing to draw.
    """
    figure = Figure(figsize=(4.6, 4.8), layout="constrained")
    if calibration is not None:
        upper, lower = figure.subplots(2, 1, height_ratios=(4, 1), sharex=True)
        _confidence(upper, lower, calibration)
    elif isinstance(scores.task, Distribution):
        _fractions(figure.subplots(), scores)
    else:
        return []
    figure.suptitle(title, fontsize=9)
    return list(save_figure(figure, folder, name))


def _confidence(upper: Axes, lower: Axes, found: Calibration) -> None:
    """Accuracy by confidence, before and after scaling, above the number of examples."""
    _diagonal(upper)
    for label, rows, colour, marker in (
        ("as trained", found.before, BEFORE, "s"),
        ("calibrated", found.after, AFTER, "o"),
    ):
        counts, confidence, right = reliability(rows, found.truth).T
        error = expected_calibration_error(rows, found.truth)
        style: dict[str, Any] = {"color": colour, "marker": marker, "markersize": 4}
        some = counts > 0
        upper.plot(confidence[some], right[some], label=f"{label}, ECE {error:.3f}", **style)
        lower.plot(confidence[some], counts[some], **style)
    upper.set_ylabel("accuracy")
    upper.legend(frameon=False, fontsize=8, loc="upper left")
    lower.set(xlabel="confidence", ylabel="examples", yscale="log")
    lower.spines[["top", "right"]].set_visible(False)


def _fractions(ax: Axes, scores: SeedScores) -> None:
    """Mean observed fraction of the examples in each tenth of the predicted ones, by label."""
    _diagonal(ax)
    for place, label in enumerate(scores.labels):
        order = np.argsort(scores.predicted[:, place], kind="stable")
        parts = [part for part in np.array_split(order, SHARE_BINS) if len(part)]
        style: dict[str, Any] = {"color": PALETTE[place % len(PALETTE)], "markersize": 4}
        ax.plot(
            [scores.predicted[part, place].mean() for part in parts],
            [scores.truth[part, place].mean() for part in parts],
            label=label,
            marker=MARKERS[place % len(MARKERS)],
            **style,
        )
    ax.set(xlabel="predicted fraction, mean of a tenth of the examples", ylabel="observed fraction")
    for name in ax.legend(frameon=False, fontsize=8).get_texts():
        name.set_parse_math(False)


def _diagonal(ax: Axes) -> None:
    ax.plot([0, 1], [0, 1], color="#BBBBBB", linewidth=0.8)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.spines[["top", "right"]].set_visible(False)
