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
RANDOM_DRAWS = 5
"""Of random letters at each place of the mask, over which its divergence is averaged."""
CUTOFFS = (0.0025, 0.005, 0.0075, 0.01, 0.02, 0.05)


def run(context: Context) -> RunResult:
    """Train the full-length network on simulated transcripts and score its explanations.

    The record's ``extra["planted"]`` holds, for the scan, for the scan with random letters in the
    mask and for the attention, the mean area under the ROC curve against the planted positions
    with its 90 % bootstrap interval, and precision and recall of the nucleotides with the highest
    weight. ``zipcodes`` has precision and recall of the scan's candidates at several cutoffs,
    those on transcripts without a planted element among them.
    """
    trained = training.train(context)
    frame = first_with_elements(trained.parts.test_frame, context.settings["scanned"])
    spans = [[(start, end) for _, start, end in signals] for signals in frame["signals"]]
    lengths = frame["sequence"].str.len().tolist()
    scans, weights = _weights(trained, frame, lengths)
    planted: dict[str, Any] = {
        "transcripts": sum(map(bool, spans)),
        "without": sum(not own for own in spans),
        "draws": RANDOM_DRAWS,
    }
    for name, rows in weights.items():
        score = attention_auc(rows, spans, confidence=CONFIDENCE)
        planted[name] = {
            "auc": score.mean.value,
            "low": score.mean.low,
            "high": score.mean.high,
            "top": _records(top_share_scores(rows, spans, SHARES)),
        }
    planted["zipcodes"] = [
        {"cutoff": cutoff, **stretch_scores(_found(scans, cutoff), spans, lengths)}
        for cutoff in CUTOFFS
    ]
    metrics = {f"auc:{name}": planted[name]["auc"] for name in ("scan", "attention")}
    result = training.result_of(trained)
    return replace(
        result, metrics={**result.metrics, **metrics}, extra={**result.extra, "planted": planted}
    )


def _weights(
    trained: training.Trained, frame: pd.DataFrame, lengths: list[int]
) -> tuple[list[Scan], dict[str, list[np.ndarray]]]:
    """Scans of the transcripts, and by kind of explanation a weight for each nucleotide."""
    settings, attention = trained.context.settings, trained.outputs["attention"]
    scanner = Scanner.of(trained.model, settings["pool"])
    options = {"width": settings["mask_width"], "stride": settings["mask_stride"]}
    scans = [scanner.scan(sequence, **options) for sequence in frame["sequence"]]
    options |= {"repetitions": RANDOM_DRAWS, "seed": 0}
    randomised = [scanner.scan(sequence, **options) for sequence in frame["sequence"]]
    steps = Steps(*step_places(settings))
    return scans, {
        "scan": [per_nucleotide(*pair) for pair in zip(scans, lengths, strict=True)],
        "random mask": [per_nucleotide(*pair) for pair in zip(randomised, lengths, strict=True)],
        "attention": [
            steps.spread(attention[row], length)
            for row, length in zip(frame.index, lengths, strict=True)
        ],
    }


def first_with_elements(frame: pd.DataFrame, most: int) -> pd.DataFrame:
    """The first transcripts up to the last of `most` with a planted element; all for 0.

    Those without one that stand among them are kept: what is found there is wrong.
    """
    having = np.flatnonzero(frame["signals"].map(len) > 0)
    return frame.iloc[: having[most - 1] + 1] if 0 < most <= len(having) else frame


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
