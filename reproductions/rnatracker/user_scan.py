"""Candidate zipcodes of a user's own transcripts: a table and a plot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from common.data.alphabet import RNA
from common.data.fasta import read_fasta
from common.errors import DataError
from common.files import written_whole
from common.harness.drawn import fullest, run_name
from common.harness.record import Record
from common.harness.scores import label_columns
from common.interpret.figures import PALETTE, save_figure
from common.interpret.masking import Scan
from common.interpret.zipcodes import zipcodes
from reproductions.rnatracker import inputs
from reproductions.rnatracker.networks import load_network
from reproductions.rnatracker.scanning import Scanner

COLUMNS = (
    *("transcript", "start", "end", "effect", "fraction"),
    *("importance", "peak", "change", "share"),
)


@dataclass(frozen=True)
class UserScan:
    """The scan of one transcript.

    Attributes
    ----------
    id : str
    scan : Scan
    fraction : str
        Predicted predominant fraction, which enhancing and repressive refer to.
    table : DataFrame
        The columns `COLUMNS`; positions count from 1, both ends included.
    """

    id: str
    scan: Scan
    fraction: str
    table: pd.DataFrame


def fullest_network(results: Path) -> Record:
    """Record of the full-length network of the fullest run whose weights are there.

    Raises
    ------
    DataError
        There is none.
    """
    record = fullest(results, "rnatracker", ("full-length",), with_weights=True)
    if record is None:
        raise DataError(
            str(results / "weights"),
            "no trained full-length network",
            "Train one: reproduce run rnatracker/full-length --variant code --profile quick",
        )
    return record


def about_network(results: Path) -> str:
    """Which network answers, and what it was trained on; errors as `fullest_network`."""
    record = fullest_network(results)
    told = f"{record.key.experiment}, {run_name(record)}"
    trained = record.data_variant != "simulated"
    return told if trained else f"{told}: it has seen no real transcript, its zipcodes mean nothing"


def scan_fasta(fasta: Path, results: Path, *, cutoff: float, **mask: int) -> Iterator[UserScan]:
    """Scan every transcript of a FASTA file.

    Parameters
    ----------
    fasta : Path
        Letters of RNA or DNA; plain or gzip.
    results : Path
        Folder with the trained network.
    cutoff : float
        Least divergence of a zipcode, in nats.
    mask : int
        ``width``, ``stride``, ``repetitions`` and ``seed``, as for
        `common.interpret.local_masking.local_scan`.

    Raises
    ------
    DataError
        No network, a letter that no transcript has, or a transcript that is too short.
    """
    record = fullest_network(results)
    pool, blocks = record.settings["pool"], record.settings["blocks"]
    names = label_columns(record.predictions)
    scanner = Scanner.of(load_network(record, results), pool)
    for one in read_fasta(fasta):
        sequence = RNA.clean(one.id, one.sequence)
        inputs.check_lengths([one.id], [len(sequence)], inputs.least_length(blocks, pool))
        scan = scanner.scan(sequence, **mask)
        column = int(scan.original.argmax())
        table = zipcodes(scan, cutoff, column)
        table = table.assign(
            transcript=one.id,
            fraction=names[column],
            share=scan.original[column],
            start=table["start"] + 1,
            peak=table["peak"] + 1,
        )
        yield UserScan(one.id, scan, names[column], table[list(COLUMNS)])


def write_table(scans: list[UserScan], path: Path) -> None:
    """Write the zipcodes of all transcripts as TSV."""
    tables = [one.table for one in scans if len(one.table)]
    table = pd.concat(tables) if tables else pd.DataFrame(columns=list(COLUMNS))
    with written_whole(path) as temporary:
        table.to_csv(temporary, sep="\t", index=False, float_format="%.5g", lineterminator="\n")


def draw_scan(one: UserScan, cutoff: float, folder: Path, name: str) -> Path:
    """Draw importance and change of share along a transcript; the PNG file."""
    scan = one.scan
    figure, (above, below) = plt.subplots(
        2, 1, figsize=(10, 5), sharex=True, height_ratios=(2, 1), layout="constrained"
    )
    above.fill_between(scan.centres + 1, scan.importance, color=PALETTE[0], alpha=0.7)
    above.axhline(cutoff, color="0.4", linestyle="--", linewidth=0.8)
    for row in one.table.itertuples():
        shade = PALETTE[2] if row.effect == "enhancing" else PALETTE[6]
        above.axvspan(row.start, row.end, color=shade, alpha=0.25, linewidth=0)
    above.set(ylabel="divergence, nats", ylim=(0, None))
    column = int(scan.original.argmax())
    above.set_title(
        f"{one.id}: {one.fraction} {scan.original[column]:.2f}; {len(one.table)} candidate zipcodes"
    )
    below.plot(scan.centres + 1, scan.change(column), color=PALETTE[7], linewidth=1)
    below.axhline(0, color="0.6", linewidth=0.8)
    below.set(xlabel="centre of the mask, nucleotide", ylabel=f"change of {one.fraction}")
    return save_figure(figure, folder, name)[0]
