"""Zipcodes of strongly localised transcripts at several cutoffs (section 3.4, Figure 7)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from common.data.fetch import SIMULATED
from common.harness.ensemble import read_from
from common.harness.experiment import Context
from common.harness.record import RunResult
from common.interpret.masking import Scan
from common.interpret.zipcodes import counts_by_cutoff, counts_by_fraction
from common.training.fit import predict
from reproductions.rnatracker.cutoffs import CONSERVATION_CUTOFF, CUTOFFS, PAPERS_CUTOFF
from reproductions.rnatracker.data import Table
from reproductions.rnatracker.networks import first_record, load_network, table_of
from reproductions.rnatracker.scanning import Scanner, three_prime_utr
from reproductions.rnatracker.training import examples_of

if TYPE_CHECKING:
    import keras

POINTS = 400


def run(context: Context) -> RunResult:
    """Scan the 3' UTRs of strongly localised transcripts with the first fold's network.

    As in the released code the network of one fold scans all genes, those that it was trained on
    too, and a transcript counts where the network finds its predominant fraction. The record's
    metrics are counts; ``extra`` has them at every cutoff, by predominant fraction too and with
    overlapping masks merged, and the scan of one transcript.
    """
    settings = context.settings
    record = first_record(context, "full-length")
    table = table_of(record)
    model, shares = load_network(record, context.results), table.shares
    strong = strongly_localised(table, settings["strong_share"])
    started = time.monotonic()
    chosen = strong[predominant_found(model, table, strong, record.settings)]
    scanner = Scanner.of(model, record.settings["pool"])
    found = list(islice(utr_scans(scanner, table, chosen, settings), settings["scanned"] or None))
    seconds = time.monotonic() - started
    rows, scans = [row for row, _ in found], [scan for _, scan in found]
    fractions = [int(shares[row].argmax()) for row in rows]
    counts = counts_by_cutoff(scans, fractions, CUTOFFS)
    by_fraction = counts_by_fraction(scans, fractions, table.fractions, CUTOFFS)
    by_cutoff = counts.set_index("cutoff")
    at, compared = by_cutoff.loc[PAPERS_CUTOFF], by_cutoff.loc[CONSERVATION_CUTOFF]
    predictions = record.predictions
    return RunResult(
        metrics={
            "count:strongly localised": float(len(strong)),
            "count:scanned": float(len(scans)),
            "count:enhancing": float(at["enhancing"]),
            "count:repressive": float(at["repressive"]),
            "count:zipcodes": float(compared.sum()),
        },
        predictions=predictions,
        n_original=len(strong),
        n_effective=len(scans),
        data_variant=record.data_variant,
        data_sha256=record.content["data_sha256"],
        n_parameters=record.content["n_parameters"],
        seconds=round(seconds, 1),
        extra={
            **read_from([record]),
            "most": 1,
            "counts": counts.to_dict("records"),
            "by_fraction": by_fraction.to_dict("records"),
            "masks": int(sum(len(scan.starts) for scan in scans)),
            "example": _example(scans, rows, table.frame["id"].tolist()),
        },
    )


def strongly_localised(table: Table, share: float) -> np.ndarray:
    """(n,) int: rows of the transcripts of which one fraction holds more than a share."""
    return np.flatnonzero(table.shares.max(axis=1) > share)


def predominant_found(
    model: keras.Model, table: Table, rows: np.ndarray, settings: Mapping[str, Any]
) -> np.ndarray:
    """(n,) bool: whether the network finds the predominant fraction of these transcripts.

    `settings` are those of the network's own run.
    """
    frame = table.frame.iloc[rows].reset_index(drop=True)
    examples = examples_of(frame, settings)
    guessed = predict(model, examples, batch_size=64, max_positions=settings["max_positions"])
    return guessed.argmax(axis=1) == table.shares[rows].argmax(axis=1)


def utr_scans(
    scanner: Scanner, table: Table, rows: np.ndarray, settings: Mapping[str, Any]
) -> Iterator[tuple[int, Scan]]:
    """Rows and 3' UTR scans of transcripts, one after the other.

    Parameters
    ----------
    scanner : Scanner
        Of a network on whole transcripts.
    table : Table
    rows : (n,) int
        Of the transcripts; those whose 3' UTR is too short for a mask are left out. Simulated ones
        have no reading frames: all of their length counts.
    settings : mapping
        ``mask_width`` and ``mask_stride``, in nucleotides: those of the scan, whatever the
        network's own run has.
    """
    width, stride = settings["mask_width"], settings["mask_stride"]
    for row in rows:
        sequence = table.frame["sequence"].iloc[row]
        utr = (0, len(sequence)) if table.variant == SIMULATED else three_prime_utr(sequence)
        scan = scan_utr(scanner, sequence, utr, width, stride)
        if scan is not None:
            yield int(row), scan


def scan_utr(
    scanner: Scanner, sequence: str, utr: tuple[int, int], width: int, stride: int
) -> Scan | None:
    """Scan of a transcript's 3' UTR; None where it is too short for a mask."""
    start, end = utr
    first, last = max(start, width // 2), min(end, len(sequence) - width + width // 2 + 1)
    if last - first < stride or len(sequence) < width:
        return None
    return scanner.scan(sequence, width=width, stride=stride, region=(first, last))


def _example(scans: list[Scan], rows: list[int], ids: list[str]) -> dict[str, object]:
    """The scan with the highest importance, thinned to some hundred points, for a figure."""
    if not scans:
        return {}
    best = int(np.argmax([scan.importance.max() for scan in scans]))
    scan = scans[best]
    kept = np.unique(np.linspace(0, len(scan.starts) - 1, POINTS).astype(int))
    return {
        "id": ids[rows[best]],
        "centres": scan.centres[kept].tolist(),
        "importance": [float(f"{value:.4g}") for value in scan.importance[kept]],
    }
