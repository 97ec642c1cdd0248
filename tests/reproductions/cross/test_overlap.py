"""Which test proteins have a homologue in another set, with a search that is made up."""

from __future__ import annotations

import pandas as pd

from reproductions.cross import overlap, sets
from reproductions.cross.sets import ProteinSet


def proteins(*ids: str) -> pd.DataFrame:
    return pd.DataFrame({"id": ids, "sequence": "MK", "location": "Nucleus"}, dtype=str)


def test_homologues_of_another_sets_training_proteins_are_written(tmp_path, monkeypatch):
    """A protein of both sets counts; one that is like its own set's or a test protein does not."""
    path, asked = tmp_path / "overlap.csv", []
    known = {
        "multiloc": ProteinSet(proteins("M1", "B1"), proteins("M2", "M3"), "exact", {}),
        "deeploc1": ProteinSet(proteins("D1"), proteins("D2", "B1"), "exact", {}),
        "sethard": ProteinSet(proteins(), proteins("H1"), "exact", {}),
    }

    def pairs(ids, sequences):
        asked.append((list(ids), len(sequences)))
        near = {("train D1", "test M3"), ("test B1", "train B1"), ("test M2", "test M3")}
        return [pair for pair in near if set(pair) <= set(ids)]

    monkeypatch.setattr(overlap, "load_sets", lambda settings: known)
    monkeypatch.setattr(overlap, "homologous_pairs", pairs)
    for module in (overlap, sets):
        monkeypatch.setattr(module, "OVERLAP", path)
    overlap.main()
    assert path.read_text().splitlines() == [
        "# mmseqs easy-search -s 4 --min-seq-id 0.3 -c 0.5 --cov-mode 0,"
        " test against training proteins",
        "trained_on,tested_on,id",
        "deeploc1,multiloc,M3",
        "multiloc,deeploc1,B1",
    ]
    assert (["test M2", "test M3", "train D1"], 3) in asked and len(asked) == 4
    assert sets.askable(known["multiloc"].test, "deeploc1", "multiloc")["id"].tolist() == ["M2"]
