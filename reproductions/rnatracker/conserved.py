"""Figure 8 with a user's own track: ``python -m reproductions.rnatracker.conserved TRACK EXONS``.

EXONS is a table (TSV) with the columns ``id``, ``chromosome``, ``strand``, ``start``, ``end``: a
row for each exon, 0-based and half open.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from common.data.content import read_table
from common.errors import DataError
from common.interpret.conservation import (
    Conserved,
    Exons,
    compare_conservation,
    open_track,
    transcript_scores,
    window_means,
)
from reproductions.rnatracker.networks import load_network, table_of
from reproductions.rnatracker.scanning import Scanner
from reproductions.rnatracker.user_scan import fullest_network
from reproductions.rnatracker.zipcode_run import scan_utr

PAPERS_CUTOFF = 0.0076
NEEDED = ("id", "chromosome", "strand", "start", "end")


def read_exons(path: Path) -> dict[str, Exons]:
    """Exons of each transcript by id; `DataError` where the table lacks a column."""
    table = read_table(path)
    missing = [name for name in NEEDED if name not in table]
    if missing:
        raise DataError(str(path), f"no column {', '.join(missing)}", f"Give {', '.join(NEEDED)}")
    found = {}
    for name, rows in table.sort_values("start").groupby("id"):
        blocks = list(zip(rows["start"].astype(int), rows["end"].astype(int), strict=True))
        first = rows.iloc[0]
        found[str(name)] = Exons(str(first["chromosome"]), str(first["strand"]), blocks)
    return found


def conserved_zipcodes(
    track: Path, exons: dict[str, Exons], results: Path, cutoff: float = PAPERS_CUTOFF
) -> Conserved:
    """Compare the scores of masks above the cutoff with all others of the same 3' UTRs.

    Raises
    ------
    DataError
        No strongly localised transcript has exons of its own length, or no mask is above the
        cutoff.
    """
    record = fullest_network(results)
    settings, table = record.settings, table_of(record)
    scanner = Scanner.of(load_network(record, results), settings["pool"])
    opened = open_track(track)
    means: list[np.ndarray] = []
    chosen: list[np.ndarray] = []
    strong = table.shares.max(axis=1) > settings["strong_share"]
    for row in table.frame[strong].itertuples():
        own = exons.get(row.id)
        if own is None or own.length != len(row.sequence):
            continue
        scan = scan_utr(scanner, row.sequence, settings["mask_width"], settings["mask_stride"])
        if scan is not None:
            scores = transcript_scores(opened, own)
            means.append(window_means(scores, scan.starts, scan.ends))
            chosen.append(scan.importance >= cutoff)
    opened.close()
    if not means:
        fault = "no strongly localised transcript has exons of its own length"
        raise DataError("exons", fault, "Give the exons of the transcripts of the data set")
    return compare_conservation(np.concatenate(means), np.concatenate(chosen))


def main(
    track: Annotated[Path, typer.Argument(help="phyloP scores as bigWig.")],
    exons: Annotated[Path, typer.Argument(help="Table of exons.")],
    cutoff: Annotated[float, typer.Option(help="Divergence, in nats.")] = PAPERS_CUTOFF,
) -> None:
    """Compare the conservation of zipcodes with that of the rest of the 3' UTRs."""
    from common.paths import results_folder

    found = conserved_zipcodes(track, read_exons(exons), results_folder(), cutoff)
    typer.echo(pd.Series(vars(found)).to_string())


if __name__ == "__main__":
    from reproductions.cli import run_app

    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(main)
    run_app(app)
