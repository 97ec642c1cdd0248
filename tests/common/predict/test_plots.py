"""Figures of predictions are written, and show what was predicted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from common.predict.plots import file_name, plot_mutations, plot_prediction, shortened
from common.predict.predictor import Predictor

TEXT = "MKTAYIAKQRQISFVKSHFSACDEGLNPTVW"


def test_prediction_with_an_id_that_is_no_file_name(predictor, tmp_path):
    paths = plot_prediction(predictor, "../sp|P1/2", TEXT, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(p.name for p in paths)
    assert {p.suffix for p in paths} == {".png", ".svg"}
    assert all(p.parent == tmp_path and p.stat().st_size > 1000 for p in paths)


def test_figures_of_other_ids_have_other_names():
    ids = ["a_b", "a/b", "a|b", ".a_b", "x" * 80, "x" * 81, "..."]
    names = [file_name(one) for one in ids]
    assert names[0] == "a_b" and names[4] == "x" * 80
    assert len(set(names)) == len(ids)
    assert names[6].startswith("sequence-")


def test_a_heading_is_one_line_of_its_width():
    assert shortened("sp|P1|X") == "sp|P1|X"
    assert shortened("x" * 3000) == "x" * 79 + "…"
    assert shortened("a\x1b[31mb\n") == "a\ufffd[31mb\ufffd"


def test_a_letter_that_the_font_lacks_is_no_warning(predictor, tmp_path, recwarn):
    assert all(path.exists() for path in plot_prediction(predictor, "蛋白", TEXT, tmp_path))
    assert not [one for one in recwarn if "Glyph" in str(one.message)]


def test_dollars_are_no_formula(predictor, tmp_path):
    scan = pd.DataFrame(np.zeros((2, 3)), index=[1, 2], columns=list("ACD"))
    scan.attrs["location"] = "$_$"
    plot_mutations(scan, "AC", tmp_path, "scan")
    labels = ("$_$", "Golgi", "$^$")
    named = Predictor(replace(predictor.card, labels=labels), predictor.network)
    assert all(path.exists() for path in plot_prediction(named, "$_$", TEXT, tmp_path))


def test_mutations(predictor, tmp_path):
    scan = predictor.mutational_scan(TEXT, range(1, 11))
    paths = plot_mutations(scan, TEXT, tmp_path, "scan")
    assert [p.name for p in paths] == ["scan.png", "scan.svg"]


def test_a_scan_without_any_effect_is_drawn(tmp_path):
    scan = pd.DataFrame(np.zeros((2, 3)), index=[1, 2], columns=list("ACD"))
    scan.attrs["location"] = "ER"
    assert plot_mutations(scan, "XX", tmp_path, "none")[0].exists()
