"""Figure 8 with a user's own track: ``python -m reproductions.rnatracker.conserved TRACK EXONS``.

EXONS is a table (TSV) with the columns ``id``, ``chromosome``, ``strand``, ``start``, ``end``: a
row for each exon, 0-based and half open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer

from common.data.content import read_table
from common.errors import DataError
from common.files import written_whole
from common.interpret.conservation import Exons, open_track, transcript_scores
from reproductions.rnatracker.cutoffs import CUTOFFS
from reproductions.rnatracker.data import Table
from reproductions.rnatracker.networks import load_network, table_of
from reproductions.rnatracker.scanning import Scanner
from reproductions.rnatracker.stretches import ScoredScan, compare_by_cutoff
from reproductions.rnatracker.user_scan import fullest_network
from reproductions.rnatracker.zipcode_run import predominant_found, strongly_localised, utr_scans

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
class Scored:
    """Scans with a score for each nucleotide, and how many transcripts have none.

    Parameters
    ----------
    scans : list of ScoredScan
    without_exons : int
        Strongly localised transcripts of which the table has no exons.
    other_length : int
        Those whose exons are together longer or shorter than the transcript.
    """

    scans: list[ScoredScan]
    without_exons: int
    other_length: int


def rows_with_exons(
    table: Table, rows: np.ndarray, exons: Mapping[str, Exons]
) -> tuple[np.ndarray, int, int]:
    """Rows of the transcripts with exons of their own length, and the other fields of `Scored`.

    Raises
    ------
    DataError
        There is no such transcript.
    """
    frame = table.frame.iloc[rows]
    found = [exons.get(name) for name in frame["id"]]
    lengths = frame["sequence"].str.len()
    without = sum(own is None for own in found)
    same = np.array(
        [own is not None and own.length == n for own, n in zip(found, lengths, strict=True)], bool
    )
    if not same.any():
        fault = (
            f"of {len(rows)} strongly localised transcripts none has exons of its own length; "
            f"{without} have none at all"
        )
        raise DataError("exons", fault, "Give the exons of the transcripts of the data set")
    return rows[same], without, int(len(rows) - without - same.sum())


def scored_rows(
    scanner: Scanner,
    table: Table,
    rows: np.ndarray,
    exons: Mapping[str, Exons],
    track: Path,
    settings: Mapping[str, Any],
) -> list[ScoredScan]:
    """Scan the 3' UTRs of some transcripts and read the track along them.

    Parameters
    ----------
    scanner : Scanner
    table : Table
    rows : (n,) int
        Of transcripts with exons of their own length.
    exons : mapping of str to Exons
        By id.
    track : Path
        bigWig file.
    settings : mapping
        As for `zipcode_run.utr_scans`.
    """
    ids, fractions = table.frame["id"].tolist(), table.shares.argmax(axis=1)
    opened = open_track(track)
    try:
        return [
            (scan, int(fractions[row]), transcript_scores(opened, exons[ids[row]]))
            for row, scan in utr_scans(scanner, table, rows, settings)
        ]
    finally:
        opened.close()


def scored_scans(track: Path, exons: Mapping[str, Exons], results: Path) -> Scored:
    """Scan and score the strongly localised transcripts that have exons of their own length.

    Of those the ones whose predominant fraction the network finds, as in `zipcode_run`; with the
    fullest network there is.

    Raises
    ------
    DataError
        There is no such transcript, or no network.
    """
    record = fullest_network(results)
    table, settings = table_of(record), record.settings
    strong = strongly_localised(table, settings["strong_share"])
    rows, *lacking = rows_with_exons(table, strong, exons)
    model = load_network(record, results)
    rows = rows[predominant_found(model, table, rows, settings)]
    scanner = Scanner.of(model, settings["pool"])
    return Scored(scored_rows(scanner, table, rows, exons, track, settings), *lacking)


def main(
    track: Annotated[Path, typer.Argument(help="phyloP scores as bigWig.")],
    exons: Annotated[Path, typer.Argument(help="Table of exons.")],
    out: Annotated[Path, typer.Option(help="Folder of the table and the figure.")] = Path(
        "conservation"
    ),
) -> None:
    """Compare the conservation of zipcodes with that of the rest of the 3' UTRs, at each cutoff."""
    from common.paths import results_folder
    from reproductions.rnatracker.conservation_figure import draw_conservation

    scored = scored_scans(track, read_exons(exons), results_folder())
    typer.echo(
        f"{len(scored.scans)} transcripts scanned; left out: {scored.without_exons} without exons, "
        f"{scored.other_length} whose exons have another length",
        err=True,
    )
    table = compare_by_cutoff(scored.scans, CUTOFFS)
    path = out / "conservation.tsv"
    with written_whole(path) as temporary:
        table.to_csv(temporary, sep="\t", float_format="%.5g", lineterminator="\n")
    typer.echo(table.to_string())
    typer.echo(path)
    typer.echo(draw_conservation(scored.scans, track.name, out))


if __name__ == "__main__":
    from reproductions.cli import run_alone

    run_alone(main)
