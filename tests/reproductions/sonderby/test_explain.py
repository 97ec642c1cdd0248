"""Claims about attention, measured on made records whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from common.harness.outcome import prediction_table
from common.harness.record import RunKey, RunResult, read_records, write_record
from common.harness.targets import NotAttempted
from reproductions.sonderby import explain
from reproductions.sonderby.data import LOCATIONS

TRUTH = ["ER"] * 40 + ["Chloroplast"] * 30 + ["Mitochondrial"] * 30


def write(tmp_path, experiment, seed, extra):
    table = prediction_table(
        [f"P{n}" for n in range(len(TRUTH))], TRUTH, np.full((len(TRUTH), 11), 1 / 11), LOCATIONS
    )
    result = RunResult({}, table, 100, 100, "exact", {"a": "b"}, 1, extra=extra)
    key = RunKey("full", "sonderby", experiment, "paper", seed)
    write_record(key, result, {"epochs": 1}, {"commit": "c"}, tmp_path)


def attention(peaks_within=40, far=60.0, near=35.0):
    peak = [5] * peaks_within + [200] * (100 - peaks_within)
    reach = [20.0] * 40 + [far - 1, far + 1] * 15 + [near - 1, near + 1] * 15
    return {"attention": {"peak": peak, "within_30": [0.5] * 100, "reach": reach}}


def test_share_of_secretory_peaks(tmp_path):
    write(tmp_path, "a-lstm", 1, attention(peaks_within=30))
    found = explain.secretory_peak(read_records(tmp_path))
    assert found.difference == pytest.approx(30 / 40 - 0.5)
    assert found.low < found.difference < found.high
    assert (found.n_seeds, found.data, found.profile) == (1, "exact", "full")


def test_reach_of_transit_peptides(tmp_path):
    write(tmp_path, "a-lstm", 1, attention(far=60, near=35))
    found = explain.transit_reach(read_records(tmp_path))
    assert found.difference == pytest.approx(25)
    assert 24 < found.low < found.high < 26


def test_seeds_that_differ_widen_the_intervals(tmp_path):
    for seed, within, far in ((1, 20, 40), (2, 30, 60), (3, 40, 80)):
        write(tmp_path, "a-lstm", seed, attention(within, far))
    records = read_records(tmp_path)
    peak, reach = explain.secretory_peak(records), explain.transit_reach(records)
    assert (peak.n_seeds, reach.n_seeds) == (3, 3)
    # t(0.95, 2) = 2.92 times the standard deviation of 0.5, 0.75 and 1 over the root of 3
    assert peak.high - peak.difference > 2.9 * 0.25 / np.sqrt(3)
    assert reach.high - reach.difference > 2.9 * 20 / np.sqrt(3)


def test_profiles_are_preferred_to_none_and_nothing_is_no_claim(tmp_path):
    assert isinstance(explain.secretory_peak([]), NotAttempted)
    write(tmp_path, "a-lstm-60", 1, attention(peaks_within=0))
    write(tmp_path, "a-lstm", 1, attention(peaks_within=40))
    assert explain.secretory_peak(read_records(tmp_path)).difference == pytest.approx(0.5)


def test_planted_area_is_the_mean_over_seeds(tmp_path):
    for seed, auc in ((1, 0.8), (2, 0.85), (3, 0.9)):
        about = {"auc": auc, "low": auc - 0.01, "high": auc + 0.01, "proteins": 90}
        write(
            tmp_path,
            "a-lstm-planted",
            seed,
            {"planted": {**about, "left_out": 10, "by_location": {"ER": auc}}},
        )
    found = explain.planted_auc(read_records(tmp_path))
    assert found.difference == pytest.approx(0.35)
    assert found.n_seeds == 3
    spread = 2.92 * 0.05 / np.sqrt(3)
    assert found.high - found.difference == pytest.approx(np.hypot(0.01, spread), rel=1e-3)
    assert "'ER': 0.85" in found.detail
