"""First-layer filters as position-specific scoring matrices and logos (Sønderby, figure 7)."""

from __future__ import annotations

import logomaker
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from common.data.alphabet import NUCLEOTIDES, RESIDUES
from common.errors import DataError

LETTER_COLOURS: dict[str, str] = {
    **dict.fromkeys("DE", "#CC3311"),
    **dict.fromkeys("KRH", "#0077BB"),
    **dict.fromkeys("AVLIMFWP", "#222222"),
    **dict.fromkeys("STNQYCG", "#009988"),
}
"""Acidic vermillion, basic blue, hydrophobic black, polar teal: apart for colour-blind eyes too."""

NUCLEOTIDE_COLOURS = {
    "A": "#009988",
    "C": "#0077BB",
    "G": "#EE7733",
    "T": "#CC3311",
    "U": "#CC3311",
}

FONT = "DejaVu Sans Mono"
"""Comes with matplotlib; its I has serifs and does not become a bar when it is stretched."""

LEAST_COLUMNS = 5
"""Columns that a logo has room for, so that the letters of a narrower filter stay readable."""


def filter_pssm(
    kernel: np.ndarray,
    features: slice = slice(0, 20),
    letters: str = RESIDUES,
    *,
    flipped: bool = False,
) -> list[pd.DataFrame]:
    """One scoring matrix for each filter, rescaled so that its highest column is 1.

    The height of a column is the sum of the absolute values of its letters, so that letters for
    and against count alike. Each filter is rescaled by itself (Sønderby, section 2.5).

    Parameters
    ----------
    kernel : (width, features, filters) float
        Weights of a 1D convolution in Keras' order.
    features : slice
        The one-hot columns among the input features; other encodings are not drawn.
    letters : str
        Residues or nucleotides in the order of those columns.
    flipped : bool
        The layer is a true convolution, which reads its kernel from the last row (Lasagne's
        `flip_filters`): rows are turned round, so that the first is the N-terminal one.

    Returns
    -------
    list of pd.DataFrame
        For each filter (width, letters), index `position` from 1. A filter that is all 0 stays so.

    Raises
    ------
    DataError
        NaN or infinite weights.
    ValueError
        Not three dimensions, or as many columns as letters are needed.
    """
    weights = np.asarray(kernel, dtype=np.float64)
    if weights.ndim != 3:
        raise ValueError(f"kernel: (width, features, filters) is needed, received {weights.shape}")
    weights = weights[::-1, features] if flipped else weights[:, features]
    if weights.shape[1] != len(letters):
        raise ValueError(f"kernel: {weights.shape[1]} columns for the {len(letters)} of {letters}")
    if not np.isfinite(weights).all():
        raise DataError("kernel", "weights are NaN or infinite", "Look for a run that diverged")
    highest = np.abs(weights).sum(axis=1).max(axis=0)
    scaled = weights / np.where(highest > 0, highest, 1)
    positions = pd.RangeIndex(1, len(weights) + 1, name="position")
    return [
        pd.DataFrame(scaled[:, :, one], index=positions, columns=list(letters))
        for one in range(weights.shape[2])
    ]


def draw_filter_logo(ax: Axes, pssm: pd.DataFrame, title: str = "") -> None:
    """Draw a scoring matrix as a logo: letters for above the axis, letters against below it.

    A matrix of fewer than `LEAST_COLUMNS` columns stands in the middle.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    pssm : (width, letters) pd.DataFrame
        One of `filter_pssm`'s.
    title : str
        Such as the filter's number.
    """
    colours = NUCLEOTIDE_COLOURS if len(pssm.columns) <= len(NUCLEOTIDES) else LETTER_COLOURS
    logomaker.Logo(
        pssm,
        ax=ax,
        color_scheme=colours,
        font_name=FONT,
        flip_below=False,
        shade_below=0.4,
        baseline_width=0.8,
    )
    ax.set_ylim(-1.02, 1.02)
    ax.set_yticks([-1, 0, 1])
    ax.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, min_n_ticks=1))
    first, last = pssm.index[[0, -1]]
    margin = max(LEAST_COLUMNS - len(pssm), 0) / 2 + 0.6
    ax.set_xlim(first - margin, last + margin)
    ax.set_xticks([tick for tick in ax.get_xticks() if first <= tick <= last])
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_xlabel("position in the filter")
    ax.set_ylabel("weight, scaled")
    if title:
        ax.set_title(title)
