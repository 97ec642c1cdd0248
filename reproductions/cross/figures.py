"""The cross table as a picture."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.image import AxesImage

from common.harness.drawn import Drawing, draw_figures, source_of
from common.harness.record import read_records
from common.interpret.figures import save_figure
from reproductions.cross.networks import TITLES
from reproductions.cross.sets import NAMES, TESTED_ON, TRAINED_ON
from reproductions.cross.table import cross_table, write_cross_table


def draw(results: Path) -> list[Path]:
    """Write `cross.csv` and draw it, unless that was done from the same records before."""
    folder = results / "figures" / "cross"
    sources = {str(r.key): source_of(r) for r in read_records(results, paper="cross")}
    table = cross_table(results)
    if table.empty:
        return []
    return draw_figures(folder, [Drawing("cross", sources, lambda: _draw(table, results, folder))])


def _draw(table: pd.DataFrame, results: Path, folder: Path) -> Path:
    write_cross_table(table, results)
    shown = [name for name in TRAINED_ON if (table["trained_on"] == name).any()]
    figure, axes = plt.subplots(
        1, len(shown), figsize=(4.6 * len(shown) + 1, 3.6), layout="constrained", squeeze=False
    )
    image = None
    for ax, trained_on in zip(axes[0], shown, strict=True):
        image = _panel(ax, table[table["trained_on"] == trained_on], trained_on)
    figure.colorbar(image, ax=axes[0].tolist(), label="accuracy over the common locations")
    return save_figure(figure, folder, "cross")[0]


def _panel(ax: Axes, rows: pd.DataFrame, trained_on: str) -> AxesImage:
    """Accuracy of each network (down) on each test set (across)."""
    names = [name for name in TITLES if (rows["network"] == name).any()]
    values = rows.pivot(index="network", columns="tested_on", values="accuracy")
    grid = values.loc[names, list(TESTED_ON)].to_numpy()
    image = ax.imshow(grid, cmap="cividis", vmin=0, vmax=1, aspect="auto")
    for row, line in enumerate(grid):
        for column, value in enumerate(line):
            shade = "black" if value > 0.55 else "white"
            ax.text(column, row, f"{value:.3f}", ha="center", va="center", color=shade)
    ax.set_xticks(range(len(TESTED_ON)), [NAMES[name] for name in TESTED_ON])
    ax.set_yticks(range(len(names)), [TITLES[name] for name in names])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    runs = "/".join([*dict.fromkeys(rows["profile"]), *sorted({*rows["data"]} - {"exact"})])
    ax.set_title(f"trained on {NAMES[trained_on]} ({runs})", fontsize=10)
    ax.set_xlabel("tested on")
    return image
