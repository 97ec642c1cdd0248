"""The papers of the suite."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from common.errors import UsageError

if TYPE_CHECKING:
    from common.harness.experiment import Paper

NAMES: tuple[str, ...] = ("light_attention", "sonderby", "deeploc", "rnatracker", "cross")
"""The four papers, and the table that sets their networks beside each other."""


def load_papers(names: list[str] | tuple[str, ...] = ()) -> dict[str, Paper]:
    """Papers by name, all of them unless some are named.

    Raises
    ------
    UsageError
        A paper that the suite does not have.
    """
    for name in names:
        if name not in NAMES:
            raise UsageError(f"paper {name!r}", "not in the suite", f"Known: {', '.join(NAMES)}")
    return {
        name: import_module(f"reproductions.{name}.experiments").PAPER for name in names or NAMES
    }
