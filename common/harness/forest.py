"""Forest plot of differences, each in units of its own margin, as positions in percent."""

from __future__ import annotations

import math
from dataclasses import dataclass

REACH = 4.0
"""Margins on either side of 0 that the plot shows; what lies beyond is drawn at the edge."""


@dataclass(frozen=True)
class Mark:
    """One line of the plot: positions from 0 (left edge) to 100 (right edge).

    Parameters
    ----------
    low, middle, high : float
        Ends of the interval and the difference.
    beyond : str
        ``left`` or ``right`` where the difference lies outside the plot, else empty.
    margins : float
        The difference in margins.
    """

    low: float
    middle: float
    high: float
    beyond: str
    margins: float


def mark_of(difference: float, low: float, high: float, margin: float) -> Mark | None:
    """Place a difference and its interval on the plot.

    Parameters
    ----------
    difference, low, high : float
        In one unit with `margin`; NaN ends mean that there is no interval.

    Returns
    -------
    Mark or None
        None for a margin of 0 or a difference that is not known: there is no scale to draw it on.
    """
    if not margin > 0 or math.isnan(difference):
        return None
    margins = difference / margin
    beyond = "right" if margins > REACH else "left" if margins < -REACH else ""
    ends = [difference if math.isnan(end) else end for end in (low, high)]
    return Mark(
        position(ends[0] / margin), position(margins), position(ends[1] / margin), beyond, margins
    )


def position(margins: float) -> float:
    """Place of a value in percent of the width, kept within the plot."""
    inside = min(max(margins, -REACH), REACH)
    return round(50 + 50 * inside / REACH, 2)


def ticks() -> list[tuple[float, str]]:
    """Position and text of every tick of the axis."""
    whole = range(-int(REACH), int(REACH) + 1)
    return [(position(tick), f"{tick:+d}".replace("-", "−") if tick else "0") for tick in whole]
