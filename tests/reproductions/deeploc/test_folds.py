"""Inner folds: what is read, and how they are drawn again."""

from __future__ import annotations

import pandas as pd
import pytest

from common.errors import DataError
from common.features.homology import SEARCH
from reproductions.deeploc import data, folds


def test_a_protein_without_a_fold_is_named():
    with pytest.raises(DataError, match="NOT-THERE"):
        folds.read_folds(["NOT-THERE"])


def test_folds_are_drawn_again_with_homologues_together(tmp_path, monkeypatch):
    ids = [f"P{number}" for number in range(12)]
    frame = pd.DataFrame({"id": ids, "sequence": "MK", "location": ["Nucleus", data.BOTH] * 6})
    asked = []

    def pairs(names, sequences, search, threads):
        asked.append((names, sequences, search, threads))
        return [("P0", "P5"), ("P5", "P7")]

    monkeypatch.setattr(folds, "homologous_pairs", pairs)
    monkeypatch.setattr(folds, "FILE", tmp_path / "inner_folds.csv")
    monkeypatch.setattr(data, "training_proteins", lambda: frame)
    folds.main(threads=1)
    assert asked == [(ids, ["MK"] * 12, SEARCH, 1)]
    found = folds.read_folds(ids)
    assert found[0] == found[5] == found[7]
    assert set(found) == {0, 1, 2, 3}
    before = folds.FILE.read_bytes()
    folds.main()
    assert folds.FILE.read_bytes() == before
