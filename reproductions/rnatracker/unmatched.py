"""Every id that has no label or no sequence: ``python -m reproductions.rnatracker.unmatched``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import pandas as pd
import typer

from common.data.fetch import locate
from common.errors import UsageError
from reproductions.rnatracker import apex, cefra
from reproductions.rnatracker.labels import standing_alone
from reproductions.rnatracker.transcripts import read_transcripts


def _cefra() -> tuple[pd.DataFrame, pd.DataFrame]:
    return cefra.read_labels(locate("cefra-labels")), cefra.read_index(locate("cefra-sequences"))


def _apex() -> tuple[pd.DataFrame, pd.DataFrame]:
    found = locate("apexseq")
    return apex.read_shares(found), read_transcripts(found.paths["apexseq_sequences.fa.gz"])


SETS: dict[str, Callable[[], tuple[pd.DataFrame, pd.DataFrame]]] = {"cefra": _cefra, "apex": _apex}
"""Labels and sequences of the sets in which some stand alone; the authors' files are whole."""


def listed(name: str) -> list[tuple[str, str]]:
    """Id and what it lacks, sorted.

    Raises
    ------
    UsageError
        Another name than those of `SETS`.
    DataError
        The data set is not here.
    """
    if name not in SETS:
        raise UsageError("set", f"{name!r} is not known", f"Use {' or '.join(SETS)}")
    alone = standing_alone(*SETS[name]())
    return sorted((one, kind) for kind, ids in alone.items() for one in ids)


def main(
    name: Annotated[str, typer.Argument(metavar="SET", help=f"{' or '.join(SETS)}.")],
) -> None:
    """List the ids that are left out, one a line, with what they lack."""
    for row in listed(name):
        typer.echo("\t".join(row))


if __name__ == "__main__":
    from reproductions.cli import run_alone

    run_alone(main)
