"""Folds of homologues that cannot be dealt are refused with a remedy."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from common.data.alphabet import PROTEIN
from common.errors import DataError
from common.own import folds

LABELS = ("A", "B")


@pytest.fixture
def deal(monkeypatch):
    """Function that deals sequences, given as group and label, into folds."""
    monkeypatch.setattr(folds, "shutil", SimpleNamespace(which=lambda name: "mmseqs"))

    def run(rows, n):
        ids = [f"P{number}" for number in range(len(rows))]
        groups = [group for group, _ in rows]
        pairs = [(ids[groups.index(group)], own) for group, own in zip(groups, ids, strict=True)]
        monkeypatch.setattr(folds, "homologous_pairs", lambda *arguments: pairs)
        truth = np.array([label for _, label in rows], dtype=object)
        return folds.make_folds(ids, ["MK"] * len(ids), truth, LABELS, PROTEIN, n)[0]

    return run


def test_groups_are_dealt(deal):
    rows = [(1, "A"), (1, "B"), (2, "A"), (2, "B"), (3, "A"), (3, "B")]
    assert set(deal(rows, 3)) == {0, 1, 2}


def test_fewer_groups_than_folds(deal):
    rows = [(1, "A"), (1, "B"), (2, "A"), (2, "B"), (2, "A"), (1, "A")]
    with pytest.raises(DataError, match=r"2 groups of homologues fill 2 of 3 .*--folds 2"):
        deal(rows, 3)
    with pytest.raises(DataError, match="1 groups of homologues fill 1 of 2"):
        deal([(1, label) for _, label in rows], 2)


def test_a_fold_without_which_one_label_is_left(deal):
    rows = [(1, "A"), (1, "A"), (1, "B"), (1, "B"), (2, "A"), (2, "A")]
    with pytest.raises(DataError, match="without fold 0 only A is left to train on"):
        deal(rows, 2)
