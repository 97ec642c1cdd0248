"""The reference's folds against the label table, which holds them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from common.data.fetch import locate
from common.errors import UsageError
from common.paths import mirror_folder
from reproductions.rnatracker.cefra import read_labels
from reproductions.rnatracker.folds import (
    network_folds,
    reference_folds,
    reference_position,
    split_rows,
    with_folds,
)

needs_mirror = pytest.mark.skipif(mirror_folder() is None, reason="the real data are not here")


@pytest.mark.mirror
@needs_mirror
def test_our_folds_are_those_of_the_label_table():
    table = read_labels(locate("cefra-labels"))
    n = len(table)
    assert n == 11373
    assert (reference_position(n) == table["position"]).all()
    assert (network_folds(n) == table["fold"]).all()
    assert (reference_folds(n) == table["kmer_fold"]).all()
    assert (table["kmer_position"] == np.arange(n)).all()


def test_every_gene_is_tested_once_and_folds_are_even():
    folds = network_folds(105)
    assert sorted(np.bincount(folds)) == [10] * 5 + [11] * 5
    assert (network_folds(105) != reference_folds(105)).any()


def test_a_table_gets_the_folds_of_its_order():
    frame = with_folds(pd.DataFrame({"id": [f"G{place}" for place in range(105)]}))
    assert (frame["fold"] == network_folds(105)).all()
    assert (frame["position"] == reference_position(105)).all()
    assert (frame["kmer_fold"] == reference_folds(105)).all()
    assert (frame["kmer_position"] == np.arange(105)).all()


@pytest.mark.parametrize("end", ["first", "last"])
def test_parts_are_disjoint_and_cover_all(end):
    n = 97
    fold, order = network_folds(n), reference_position(n)
    training, validation, test = split_rows(fold, order, 3, end)
    assert sorted([*training, *validation, *test]) == list(range(n))
    assert (fold[test] == 3).all() and (fold[training] != 3).all()
    assert len(validation) == int(0.1 * (n - len(test)))
    before = order[validation].max() < order[training].min()
    behind = order[validation].min() > order[training].max()
    assert before if end == "first" else behind


def test_wrong_words_and_empty_parts_are_refused():
    with pytest.raises(UsageError, match="first or last"):
        split_rows(np.zeros(20, int), np.arange(20), 0, "middle")
    with pytest.raises(UsageError, match="0 test"):
        split_rows(np.zeros(20, int), np.arange(20), 1, "first")
