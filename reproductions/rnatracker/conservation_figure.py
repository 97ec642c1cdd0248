"""Figure 8, and Figure 7 right: zipcodes and other stretches by conservation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from common.interpret.figures import PALETTE, save_figure
from common.interpret.zipcodes import ENHANCING, REPRESSIVE
from reproductions.rnatracker.cutoffs import CONSERVATION_CUTOFF, CUTOFFS
from reproductions.rnatracker.stretches import ScoredScan, compare_by_cutoff, stretches_at


def draw_conservation(
    scored: Sequence[ScoredScan],
    title: str,
    folder: Path,
    null: Sequence[ScoredScan] = (),
) -> Path:
    """Draw mean scores at the paper's cutoff, and the Kolmogorov-Smirnov statistic by cutoff.

    Parameters
    ----------
    scored : sequence of ScoredScan
    title : str
        What the scores are.
    folder : Path
    null : sequence of ScoredScan
        The same scans with scores that have nothing to do with them, drawn beside it.

    Raises
    ------
    DataError
        No cutoff leaves zipcodes and other stretches.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
    _draw_scores(left, scored)
    _draw_statistics(right, compare_by_cutoff(scored, CUTOFFS), "-", "")
    if null:
        _draw_statistics(right, compare_by_cutoff(null, CUTOFFS), ":", ", unrelated scores")
    right.set(xlabel="cutoff, nats", ylabel="KS statistic", ylim=(0, 1.02), xscale="log")
    shown = [one for one in CUTOFFS if one != CONSERVATION_CUTOFF]
    right.set_xticks(shown, [f"{cutoff:g}" for cutoff in shown], fontsize=7)
    right.minorticks_off()
    right.set_title("zipcodes against other stretches")
    right.legend(frameon=False, fontsize=8)
    figure.suptitle(f"{len(scored):,} transcripts, {title}")
    return save_figure(figure, folder, "conservation")[0]


def _draw_scores(ax: Axes, scored: Sequence[ScoredScan]) -> None:
    """Densities of the mean scores of zipcodes and of other stretches."""
    found = stretches_at(scored, CONSERVATION_CUTOFF)
    bins = np.linspace(-2.5, 4, 66)
    for inside, label, shade in ((True, "zipcodes", PALETTE[0]), (False, "others", PALETTE[6])):
        values = found.means[found.chosen == inside]
        if len(values):
            label = f"{len(values):,} {label}"
            ax.hist(values, bins, density=True, histtype="step", color=shade, label=label)
            ax.axvline(values.mean(), color=shade, linestyle=":")
    ax.set(xlabel="mean score of a stretch", ylabel="density")
    ax.set_title(f"cutoff {CONSERVATION_CUTOFF:g} nats")
    ax.legend(frameon=False)


def _draw_statistics(ax: Axes, table: pd.DataFrame, line: str, note: str) -> None:
    """KS statistic by cutoff, of either effect."""
    for effect, marker, shade in ((ENHANCING, "o", PALETTE[2]), (REPRESSIVE, "s", PALETTE[6])):
        if effect in table.index.get_level_values("effect"):
            own = table.loc[effect, "statistic"]
            style = {"marker": marker, "markersize": 4, "color": shade, "linestyle": line}
            ax.plot(own.index, own, label=f"{effect}{note}", **style)
