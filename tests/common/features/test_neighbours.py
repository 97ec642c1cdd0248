"""Nearest proteins and clusters, with the real MMseqs2."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from common.errors import UsageError
from common.features.neighbours import best_hits, representatives

needs_mmseqs = pytest.mark.skipif(
    shutil.which("mmseqs") is None, reason="mmseqs is not installed (Debian: mmseqs2)"
)
LETTERS = np.array(list("ACDEFGHIKLMNPQRSTVWY"))


def protein(seed: int, n: int = 120) -> str:
    return "".join(np.random.default_rng(seed).choice(LETTERS, n))


def changed(sequence: str, share: float, seed: int = 0) -> str:
    """The sequence with a share of its residues replaced by others."""
    rng = np.random.default_rng(seed)
    letters = list(sequence)
    for place in rng.choice(len(letters), int(share * len(letters)), replace=False):
        letters[place] = rng.choice([c for c in LETTERS if c != letters[place]])
    return "".join(letters)


@needs_mmseqs
def test_best_hit_is_the_most_identical_target():
    base = protein(1)
    queries = [("sp|P12345|X_HUMAN", base), ("Q1", protein(2)), ("A0A1", changed(protein(3), 0.3))]
    targets = [("far", changed(base, 0.4)), ("near", changed(base, 0.1)), ("other", protein(3))]
    hits = best_hits(queries, targets, threads=1)
    assert hits["query"].tolist() == ["sp|P12345|X_HUMAN", "A0A1"]
    assert hits["target"].tolist() == ["near", "other"]
    assert hits["identity"].iloc[0] == pytest.approx(0.9, abs=0.02)
    assert hits["identity"].iloc[1] == pytest.approx(0.7, abs=0.05)
    few = best_hits(queries, targets, least_identity=0.8, threads=1)
    assert few["query"].tolist() == ["sp|P12345|X_HUMAN"]


@needs_mmseqs
def test_one_protein_of_each_cluster_stays():
    proteins = [(f"P{n}", protein(n)) for n in range(3)]
    proteins += [("P0-like", changed(protein(0), 0.2)), ("P2-like", changed(protein(2), 0.3))]
    kept = representatives(proteins, 0.2, threads=1)
    assert len(kept) == 3
    assert {name.split("-")[0] for name in kept} == {"P0", "P1", "P2"}


def test_missing_program_is_named_with_its_package(monkeypatch):
    monkeypatch.setattr("common.features.tools.shutil.which", lambda name: None)
    with pytest.raises(UsageError, match="apt-get install mmseqs2"):
        best_hits([("P1", "MKV")], [("P2", "MKV")])
