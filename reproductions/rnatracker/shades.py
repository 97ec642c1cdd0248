"""One colour for each fraction in all figures."""

from __future__ import annotations

from collections.abc import Sequence

from common.interpret.figures import PALETTE


def colour(names: Sequence[str]) -> dict[str, str]:
    """A colour for each fraction, in the data set's order."""
    return dict(zip(names, (PALETTE[0], PALETTE[6], PALETTE[2], PALETTE[3]), strict=False))
