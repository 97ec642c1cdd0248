"""Scan and attention scored against the truth, which no real data set has: planted zipcodes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from common.harness.experiment import Context
from common.harness.record import RunResult
from common.harness.verdict import CONFIDENCE
from common.interpret.masking import Scan
from common.interpret.planted import attention_auc
from common.interpret.retrieval import stretch_scores, top_share_scores
from common.interpret.zipcodes import zipcodes
from common.predict.network import Steps
from reproductions.rnatracker import training
from reproductions.rnatracker.attention import step_places
from reproductions.rnatracker.scanning import Scanner

SHARES = (0.02, 0.05, 0.1, 0.2)
CUTOFFS = (0.0025, 0.005, 0.0075, 0.01, 0.02, 0.05)


def run(context: Context) -> RunResult:
    """Train the full-length network on simulated transcripts and score its explanations.

    The record's ``extra["planted"]`` holds, for the scan and for the attention, the mean area
    under the ROC curve against the planted positions with its 90 % bootstrap interval, precision
    and recall of the nucleotides with the highest weight, and precision and recall of candidate
    zipcodes at several cutoffs.
    """
    trained = training.train(context)
    settings = context.settings
    frame = trained.parts.test_frame
    frame = frame[frame["signals"].map(len) > 0]
    frame = frame.iloc[: settings["scanned"] or None]
    spans = [[(start, end) for _, start, end in signals] for signals in frame["signals"]]
    scanner = Scanner.of(trained.model, settings["pool"])
    options = {"width": settings["mask_width"], "stride": settings["mask_stride"]}
    scans = [scanner.scan(sequence, **options) for sequence in frame["sequence"]]
    lengths = frame["sequence"].str.len().to_numpy()
    steps = Steps(*step_places(settings))
    weights = {
        "scan": [per_nucleotide(*pair) for pair in zip(scans, lengths, strict=True)],
        "attention": [
            steps.spread(trained.outputs["attention"][row], length)
            for row, length in zip(frame.index, lengths, strict=True)
        ],
    }
    planted: dict[str, Any] = {"transcripts": len(frame)}
    metrics = {}
    for name, rows in weights.items():
        score = attention_auc(rows, spans, confidence=CONFIDENCE)
        planted[name] = {
            "auc": score.mean.value,
            "low": score.mean.low,
            "high": score.mean.high,
            "top": _records(top_share_scores(rows, spans, SHARES)),
        }
        metrics[f"auc:{name}"] = score.mean.value
    planted["zipcodes"] = [
        {"cutoff": cutoff, **stretch_scores(_found(scans, cutoff), spans)} for cutoff in CUTOFFS
    ]
    result = training.result_of(trained)
    return replace(
        result, metrics={**result.metrics, **metrics}, extra={**result.extra, "planted": planted}
    )


def per_nucleotide(scan: Scan, length: int) -> np.ndarray:
    """Mean importance of the masks that cover each nucleotide, (length,); a little above 0."""
    steps = np.zeros((2, length + 1))
    for row, values in zip(steps, (scan.importance, np.ones(len(scan.starts))), strict=True):
        np.add.at(row, scan.starts, values)
        np.add.at(row, scan.ends, -values)
    total, covering = steps.cumsum(axis=1)[:, :length]
    return np.maximum(total, 0) / np.maximum(covering, 1) + 1e-12


def _found(scans: list[Scan], cutoff: float) -> list[list[tuple[int, int]]]:
    """Candidate zipcodes of each transcript, for its predominant fraction."""
    tables = [zipcodes(scan, cutoff, int(scan.original.argmax())) for scan in scans]
    return [list(zip(table["start"], table["end"], strict=True)) for table in tables]


def _records(table: pd.DataFrame) -> list[dict[str, float]]:
    return [{str(k): float(v) for k, v in row.items()} for row in table.to_dict("records")]
