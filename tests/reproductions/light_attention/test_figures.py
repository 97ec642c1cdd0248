"""Figures that need no network: the search's and the audit's."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from common.errors import DataError
from reproductions.light_attention.figures import (
    _own_bars,
    _same_model,
    draw_leakage,
    draw_search,
)
from reproductions.light_attention.leakage import SEARCHES


def test_search_is_drawn_from_its_table(tmp_path):
    table = pd.DataFrame(
        {
            "search": ["search-la", "search-la", "search-ffn"],
            "learning_rate": [1e-4, 1e-3, 1e-3],
            "d_out": [32, 64, None],
            "hidden_units": [None, None, 16],
            "val_accuracy": [0.5, 0.6, 0.4],
        }
    )
    path = draw_search(table, tmp_path)
    assert path.stat().st_size > 5000 and path.with_suffix(".svg").exists()


def test_a_search_of_one_network_alone_is_drawn(tmp_path):
    columns = {"search": ["search-la"], "learning_rate": [1e-4], "d_out": [32]}
    assert draw_search(pd.DataFrame({**columns, "val_accuracy": [0.5]}), tmp_path).exists()


def test_identities_are_drawn_without_any_run(tmp_path):
    found = pd.DataFrame({"set": list(SEARCHES), "identity": [0.5, None, 0.1, 0.28, 0.9, None]})
    path = draw_leakage({}, found, tmp_path)
    assert path.stat().st_size > 5000 and path.with_suffix(".svg").exists()


@pytest.mark.parametrize(
    ("profile", "data", "label"),
    [
        ("full", "reconstructed", "FFN unirep-256 (ours)"),
        ("quick", "reconstructed", "FFN unirep-256, quick (ours)"),
        ("smoke", "simulated", "FFN unirep-256, smoke, simulated (ours)"),
    ],
)
def test_bars_of_shortened_runs_say_so(profile, data, label):
    content = {"extra": {"embeddings": {"language_model": "unirep-256"}}}
    group = SimpleNamespace(
        profile=profile,
        data=data,
        records=[SimpleNamespace(content=content)],
        estimate=lambda metric: SimpleNamespace(value=0.5, seed_sd=float("nan")),
    )
    (bar,) = _own_bars({"ffn-unirep256": group})
    assert bar["label"] == label and bar["setHARD"] == (50, 0)


def test_weights_and_embeddings_of_two_models_are_not_put_together():
    trained = {"language_model": "prott5-bfd", "revision": "1"}
    record = SimpleNamespace(path="r.json", content={"extra": {"embeddings": trained}})
    _same_model(record, {"language_model": "prott5-bfd", "revision": "1"})
    with pytest.raises(DataError, match="trained on language_model prott5-bfd, and not on seqvec"):
        _same_model(record, {"language_model": "seqvec", "revision": "1"})
    with pytest.raises(DataError, match="trained on revision 1, and not on 2"):
        _same_model(record, {"language_model": "prott5-bfd", "revision": "2"})
