"""Which transcripts are scanned, and with which mask."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from common.interpret.masking import Scan
from reproductions.rnatracker import zipcode_run
from reproductions.rnatracker.data import Table

FRACTIONS = ("cytosol", "nuclear")
SHARES = np.array([[0.9, 0.1], [0.3, 0.7], [0.55, 0.45], [0.2, 0.8]])


class WidthScanner:
    """Stands in for a network: the shares under each mask depend on nothing."""

    def scan(self, sequence: str, *, width: int, stride: int, region: tuple[int, int]) -> Scan:
        starts = np.arange(region[0] - width // 2, region[1] - width // 2, stride)
        shares = np.full((len(starts), 2), 0.5)
        return Scan(starts, starts + width, shares[0], shares, np.full(len(starts), 0.02))


def table_of(lengths: list[int]) -> Table:
    frame = pd.DataFrame({"id": [f"T{n}" for n in lengths], "sequence": ["C" * n for n in lengths]})
    for column, name in enumerate(FRACTIONS):
        frame[name] = SHARES[: len(lengths), column]
    return Table(frame, FRACTIONS, "simulated", {})


def record() -> SimpleNamespace:
    """The network's own run: its mask is another than the scan's."""
    content = {"data_sha256": {}, "n_parameters": 1, "extra": {}, "predictions": {"sha256": "0"}}
    settings = {"pool": 3, "mask_width": 100, "mask_stride": 1, "strong_share": 0.5}
    key = SimpleNamespace(experiment="full-length", stem="seed1-fold0")
    return SimpleNamespace(
        key=key,
        settings=settings,
        content=content,
        data_variant="simulated",
        predictions=pd.DataFrame({"id": ["T"]}),
    )


@pytest.fixture
def run(monkeypatch):
    """Runs the experiment with some settings on a made table; gives its result and its scans."""

    def run_with(**settings):
        seen = []
        table = table_of([500, 500, 500, 500])
        counts = zipcode_run.counts_by_cutoff
        for name, stand_in in (
            ("first_record", lambda *_: record()),
            ("table_of", lambda _: table),
            ("load_network", lambda *_: None),
            ("predominant_found", lambda model, table, rows, own: np.ones(len(rows), bool)),
            ("Scanner", SimpleNamespace(of=lambda *_: WidthScanner())),
            ("counts_by_cutoff", lambda scans, *rest: seen.extend(scans) or counts(scans, *rest)),
        ):
            monkeypatch.setattr(zipcode_run, name, stand_in)
        context = SimpleNamespace(settings={"scanned": 0, **settings}, results=None)
        return zipcode_run.run(context), seen

    return run_with


@pytest.mark.parametrize(("width", "stride"), [(30, 1), (40, 10)])
def test_the_mask_is_that_of_the_experiments_own_settings(run, width, stride):
    result, scans = run(mask_width=width, mask_stride=stride, strong_share=0.5)
    assert len(scans) == 4 and result.metrics["count:scanned"] == 4
    for scan in scans:
        assert set(scan.ends - scan.starts) == {width}
        assert set(np.diff(scan.starts)) == {stride}


def test_the_share_from_which_a_transcript_counts_is_the_experiments_own(run):
    result, scans = run(mask_width=30, mask_stride=5, strong_share=0.65)
    assert result.metrics["count:strongly localised"] == len(scans) == 3


def test_transcripts_too_short_for_a_mask_are_not_scanned():
    found = zipcode_run.utr_scans(
        WidthScanner(), table_of([500, 30]), np.arange(2), {"mask_width": 40, "mask_stride": 1}
    )
    assert [row for row, _ in found] == [0]


def test_a_real_transcript_without_a_reading_frame_is_not_scanned():
    made, options = table_of([500]), {"mask_width": 40, "mask_stride": 100}
    assert len(list(zipcode_run.utr_scans(WidthScanner(), made, np.arange(1), options))) == 1
    real = replace(made, variant="partial data")
    assert not list(zipcode_run.utr_scans(WidthScanner(), real, np.arange(1), options))
