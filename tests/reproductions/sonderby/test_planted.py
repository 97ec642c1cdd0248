"""Attention that is the planted truth, or its opposite, has the area that it must have."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from common.features.truncation import cut_middle
from common.harness.record import RunResult
from reproductions.sonderby import planted, training
from reproductions.sonderby.experiments import PAPER


@pytest.fixture
def scored(monkeypatch):
    """Function that scores attention made from the mask of each test protein's signals."""
    settings = PAPER.settings.resolve(
        "paper", "smoke", "a-lstm-planted", {"simulated_proteins": 110, "max_length": 61}
    )
    split = training.load_split(settings)
    masks = [
        cut_middle(planted_mask(row.sequence, row.signals), settings["max_length"])
        for row in split.test_frame.itertuples()
    ]
    assert max(split.test_frame["sequence"].str.len()) > settings["max_length"]
    context = SimpleNamespace(settings=settings)
    result = RunResult({}, pd.DataFrame(), 0, 0, "simulated", {}, 1, extra={})
    monkeypatch.setattr(training, "result_of", lambda trained: result)

    def score(attention) -> dict:
        weights = np.zeros((len(masks), settings["max_length"]))
        for row, mask in zip(weights, masks, strict=True):
            own = attention(mask)
            row[: len(mask)] = own if own.any() else 1.0
        trained = SimpleNamespace(split=split, outputs={"attention": weights})
        monkeypatch.setattr(training, "train", lambda context: trained)
        return planted.run(context)

    return score, masks


def planted_mask(sequence: str, signals) -> np.ndarray:
    """(length,) bool, True on the residues of the whole protein's signals."""
    mask = np.zeros(len(sequence), dtype=bool)
    for _, start, end in signals:
        mask[start:end] = True
    return mask


@pytest.mark.parametrize(
    ("attention", "auc"), [(lambda mask: mask, 1.0), (lambda mask: ~mask, 0.0)]
)
def test_attention_on_the_signals_alone_has_area_1_and_beside_them_0(scored, attention, auc):
    score, masks = scored
    result = score(attention)
    found = result.extra["planted"]
    assert (found["auc"], found["low"], found["high"]) == (auc, auc, auc)
    assert set(found["by_location"].values()) == {auc}
    assert result.metrics["auc:attention"] == auc
    both = sum(mask.any() and not mask.all() for mask in masks)
    assert (found["proteins"], found["left_out"]) == (both, len(masks) - both)
    assert both > len(masks) / 2
