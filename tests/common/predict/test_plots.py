"""Figures of predictions are written, and show what was predicted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from common.predict.plots import plot_mutations, plot_prediction

TEXT = "MKTAYIAKQRQISFVKSHFSACDEGLNPTVW"


def test_prediction_with_an_id_that_is_no_file_name(predictor, tmp_path):
    paths = plot_prediction(predictor, "../sp|P1/2", TEXT, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(p.name for p in paths)
    assert {p.suffix for p in paths} == {".png", ".svg"}
    assert all(p.parent == tmp_path and p.stat().st_size > 1000 for p in paths)


def test_mutations(predictor, tmp_path):
    scan = predictor.mutational_scan(TEXT, range(1, 11))
    paths = plot_mutations(scan, TEXT, tmp_path, "scan")
    assert [p.name for p in paths] == ["scan.png", "scan.svg"]


def test_a_scan_without_any_effect_is_drawn(tmp_path):
    scan = pd.DataFrame(np.zeros((2, 3)), index=[1, 2], columns=list("ACD"))
    scan.attrs["location"] = "ER"
    assert plot_mutations(scan, "XX", tmp_path, "none")[0].exists()
