"""Figures that need no network: the search's and the audit's."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from common.errors import DataError
from reproductions.light_attention.figures import _same_model, draw_leakage, draw_search


def test_search_is_drawn_from_its_table(tmp_path):
    table = pd.DataFrame(
        {
            "search": ["search-la", "search-la", "search-ffn"],
            "learning_rate": [1e-4, 1e-3, 1e-3],
            "channels": [32, 64, None],
            "hidden_units": [None, None, 16],
            "val_accuracy": [0.5, 0.6, 0.4],
        }
    )
    path = draw_search(table, tmp_path)
    assert path.stat().st_size > 5000 and path.with_suffix(".svg").exists()


def test_a_search_of_one_network_alone_is_drawn(tmp_path):
    columns = {"search": ["search-la"], "learning_rate": [1e-4], "channels": [32]}
    assert draw_search(pd.DataFrame({**columns, "val_accuracy": [0.5]}), tmp_path).exists()


def test_identities_are_drawn_without_any_run(tmp_path):
    found = pd.DataFrame(
        {"set": ["val", "test", "hard", "hard-test"], "identity": [0.5, None, 0.1, 0.28]}
    )
    path = draw_leakage({}, found, tmp_path)
    assert path.stat().st_size > 5000 and path.with_suffix(".svg").exists()


def test_weights_and_embeddings_of_two_models_are_not_put_together():
    trained = {"language_model": "prott5-bfd", "revision": "1"}
    record = SimpleNamespace(path="r.json", content={"extra": {"embeddings": trained}})
    _same_model(record, {"language_model": "prott5-bfd", "revision": "1"})
    with pytest.raises(DataError, match="trained on language_model prott5-bfd, and not on seqvec"):
        _same_model(record, {"language_model": "seqvec", "revision": "1"})
    with pytest.raises(DataError, match="trained on revision 1, and not on 2"):
        _same_model(record, {"language_model": "prott5-bfd", "revision": "2"})
