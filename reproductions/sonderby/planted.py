"""Attention scored against the truth, which no real data set has: planted signals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from common.harness.experiment import Context
from common.harness.record import RunResult
from common.interpret.planted import attention_auc, truncated_spans
from reproductions.sonderby import training


def run(context: Context) -> RunResult:
    """Train the A-LSTM on simulated proteins and score its attention on the test proteins.

    The record's ``extra["planted"]`` holds the mean area under the ROC curve of attention against
    the planted positions with its 90 % bootstrap interval over proteins, and the means by
    location.
    """
    trained = training.train(context)
    frame, weights = trained.split.test_frame, trained.outputs["attention"]
    width = context.settings["max_length"]
    spans = [
        truncated_spans([(start, end) for _, start, end in signals], len(sequence), width)
        for signals, sequence in zip(frame["signals"], frame["sequence"], strict=True)
    ]
    score = attention_auc(weights, spans, trained.split.test.lengths, confidence=0.9)
    by_location = {
        location: round(float(np.nanmean(values)), 3)
        for location, values in _grouped(frame["location"].to_numpy(), score.per_protein).items()
    }
    planted = {
        "auc": score.mean.value,
        "low": score.mean.low,
        "high": score.mean.high,
        "proteins": int(np.isfinite(score.per_protein).sum()),
        "left_out": score.left_out,
        "by_location": by_location,
    }
    result = training.result_of(trained)
    metrics = {**result.metrics, "auc:attention": score.mean.value}
    return replace(result, metrics=metrics, extra={**result.extra, "planted": planted})


def _grouped(names: np.ndarray, values: np.ndarray) -> dict[str, np.ndarray]:
    """Values of each name that has a finite one."""
    finite = np.isfinite(values)
    return {str(name): values[finite & (names == name)] for name in np.unique(names[finite])}
