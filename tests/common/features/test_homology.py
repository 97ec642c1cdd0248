"""Groups of homologues, and folds that keep them together."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest

from common.features.homology import deal_groups, homologous_groups, homologous_pairs


def test_homologues_share_a_fold_and_labels_are_spread():
    rng = np.random.default_rng(0)
    ids = [f"P{number}" for number in range(400)]
    labels = rng.choice(["a", "b", "c"], 400, p=[0.7, 0.2, 0.1]).tolist()
    pairs = [(ids[a], ids[b]) for a, b in rng.integers(0, 150, (120, 2))]
    groups = homologous_groups(ids, pairs)
    dealt = deal_groups(ids, labels, groups, 4, 2017)
    fold = dict(zip(ids, dealt, strict=True))
    assert all(fold[a] == fold[b] for a, b in pairs)
    counts = pd.crosstab(np.array(labels), dealt)
    assert (counts.max(axis=1) - counts.min(axis=1)).max() <= 8
    order = rng.permutation(400)
    shuffled = [[rows[n] for n in order] for rows in (ids, labels)]
    assert (deal_groups(*shuffled, groups[order], 4, 2017) == dealt[order]).all()
    assert (deal_groups(ids, labels, groups, 4, 1) != dealt).any()


def test_chains_are_one_group():
    groups = homologous_groups(list("abcde"), [("a", "b"), ("c", "b"), ("d", "d")])
    assert groups[0] == groups[1] == groups[2]
    assert len(set(groups)) == 3


@pytest.mark.skipif(shutil.which("mmseqs") is None, reason="mmseqs is not installed")
def test_search_finds_the_near_copy_and_keeps_odd_ids():
    rng = np.random.default_rng(1)
    letters = np.array(list("ACDEFGHIKLMNPQRSTVWY"))
    first, other = ("".join(rng.choice(letters, 120)) for _ in range(2))
    near = first[:50] + "AAAA" + first[54:]
    ids = ["sp|P1|X", "one,two", "tr|Q9"]
    pairs = {frozenset(pair) for pair in homologous_pairs(ids, [first, other, near])}
    assert frozenset({"sp|P1|X", "tr|Q9"}) in pairs
    assert not any("one,two" in pair and len(pair) > 1 for pair in pairs)
