"""Figure 8 with a user's own track: ``python -m reproductions.rnatracker.conserved TRACK EXONS``.

EXONS is a table (TSV) with the columns ``id``, ``chromosome``, ``strand``, ``start``, ``end``: a
row for each exon, 0-based and half open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from common.data.content import read_table
from common.errors import DataError
from common.files import written_whole
from common.interpret.conservation import (
    Exons,
    compare_conservation,
    open_track,
    transcript_scores,
    window_means,
)
from common.interpret.masking import Scan
from common.interpret.zipcodes import zipcodes
from reproductions.rnatracker.cutoffs import CONSERVATION_CUTOFF, CUTOFFS
from reproductions.rnatracker.networks import load_network, table_of
from reproductions.rnatracker.scanning import Scanner
from reproductions.rnatracker.user_scan import fullest_network
from reproductions.rnatracker.zipcode_run import (
    predominant_found,
    strongly_localised,
    utr_scans,
)

NEEDED = ("id", "chromosome", "strand", "start", "end")


def read_exons(path: Path) -> dict[str, Exons]:
    """Exons of each transcript, by id.

    Parameters
    ----------
    path : Path
        Table with the columns `NEEDED`: a row for each exon, 0-based and half open.

    Raises
    ------
    DataError
        The table cannot be read, lacks a column, or has a start or end that is no number.
    """
    table = read_table(path)
    missing = [name for name in NEEDED if name not in table]
    if missing:
        raise DataError(str(path), f"no column {', '.join(missing)}", f"Give {', '.join(NEEDED)}")
    wrong = table[["start", "end"]].apply(pd.to_numeric, errors="coerce").isna().any(axis=1)
    if wrong.any():
        worst = f"{path}, {table['id'][wrong].iloc[0]}"
        raise DataError(worst, "a start or end that is no number", "Give positions from 0")
    found = {}
    for name, rows in table.sort_values("start").groupby("id"):
        blocks = list(zip(rows["start"].astype(int), rows["end"].astype(int), strict=True))
        first = rows.iloc[0]
        found[str(name)] = Exons(str(first["chromosome"]), str(first["strand"]), blocks)
    return found


@dataclass(frozen=True)
class Stretches:
    """Mean score of each stretch of all 3' UTRs, and which are zipcodes; both (m,)."""

    means: np.ndarray
    chosen: np.ndarray


def scored_scans(
    track: Path, exons: dict[str, Exons], results: Path
) -> list[tuple[Scan, int, np.ndarray]]:
    """Scan, predominant fraction and scores of each transcript that has exons of its own length.

    The transcripts are strongly localised ones whose predominant fraction the fullest network that
    there is finds.

    Raises
    ------
    DataError
        There is no such transcript, or no network.
    """
    record = fullest_network(results)
    table = table_of(record)
    opened = open_track(track)
    found = []
    settings, model = record.settings, load_network(record, results)
    strong = strongly_localised(table, settings["strong_share"])
    chosen = strong[predominant_found(model, table, strong, settings)]
    for row, scan in utr_scans(Scanner.of(model, settings["pool"]), table, chosen, settings):
        own = exons.get(table.frame["id"].iloc[row])
        if own is not None and own.length == len(table.frame["sequence"].iloc[row]):
            found.append((scan, int(table.shares[row].argmax()), transcript_scores(opened, own)))
    opened.close()
    if not found:
        fault = "no strongly localised transcript has exons of its own length"
        raise DataError("exons", fault, "Give the exons of the transcripts of the data set")
    return found


def stretches_at(scored: Sequence[tuple[Scan, int, np.ndarray]], cutoff: float) -> Stretches:
    """Zipcodes that do not overlap, and every mask below the cutoff.

    Parameters
    ----------
    scored : sequence of (Scan, int, (length,) float64)
        From `scored_scans`: scan, predominant fraction, and a score for each nucleotide.
    cutoff : float
        Least divergence of a zipcode, in nats.

    Returns
    -------
    Stretches
        m is the number of zipcodes and lower masks of all transcripts; 0 without transcripts.
    """
    means, chosen = [np.empty(0)], [np.empty(0, bool)]
    for scan, fraction, scores in scored:
        inside = zipcodes(scan, cutoff, fraction, merge=False)
        below = scan.importance < cutoff
        starts = np.concatenate([inside["start"], scan.starts[below]]).astype(np.int64)
        ends = np.concatenate([inside["end"], scan.ends[below]]).astype(np.int64)
        means.append(window_means(scores, starts, ends))
        chosen.append(np.arange(len(starts)) < len(inside))
    return Stretches(np.concatenate(means), np.concatenate(chosen))


def compare_by_cutoff(
    scored: Sequence[tuple[Scan, int, np.ndarray]], cutoffs: Sequence[float]
) -> pd.DataFrame:
    """Fields of `Conserved` at each cutoff that leaves some of both sets, index ``cutoff``.

    Raises
    ------
    DataError
        None does.
    """
    rows = {}
    for cutoff in cutoffs:
        found = stretches_at(scored, cutoff)
        if found.chosen.any() and not found.chosen.all():
            rows[cutoff] = vars(compare_conservation(found.means, found.chosen))
    if not rows:
        fault = "no cutoff leaves zipcodes and other stretches"
        raise DataError("conservation", fault, "Use a network that is trained further")
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("cutoff")


def main(
    track: Annotated[Path, typer.Argument(help="phyloP scores as bigWig.")],
    exons: Annotated[Path, typer.Argument(help="Table of exons.")],
    out: Annotated[Path, typer.Option(help="Folder of the table and the figure.")] = Path(
        "conservation"
    ),
) -> None:
    """Compare the conservation of zipcodes with that of the rest of the 3' UTRs, at each cutoff."""
    from common.paths import results_folder
    from reproductions.rnatracker.figures import draw_scores

    scored = scored_scans(track, read_exons(exons), results_folder())
    table = compare_by_cutoff(scored, CUTOFFS)
    path = out / "conservation.tsv"
    with written_whole(path) as temporary:
        table.to_csv(temporary, sep="\t", float_format="%.5g", lineterminator="\n")
    typer.echo(table.to_string())
    typer.echo(path)
    if CONSERVATION_CUTOFF in table.index:
        shown = stretches_at(scored, CONSERVATION_CUTOFF)
        title = f"cutoff {CONSERVATION_CUTOFF:g} nats"
        typer.echo(draw_scores(shown.means, shown.chosen, title, out))


if __name__ == "__main__":
    from reproductions.cli import run_alone

    run_alone(main)
