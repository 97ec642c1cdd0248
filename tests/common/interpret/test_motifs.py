"""Motifs of filters, their matches and clusters, on filters whose motif is known."""

from __future__ import annotations

import numpy as np
import pytest

from common.errors import UsageError
from common.interpret.motifs import (
    FilterMotif,
    cluster_filters,
    filter_activations,
    filter_motifs,
    match_motifs,
    mean_activations,
)

TABLE = np.concatenate([np.zeros((1, 4)), np.eye(4), np.full((1, 4), 0.25)]).astype("float32")
CODES = {"A": 1, "C": 2, "G": 3, "T": 4, "N": 5}


def tokens_of(sequence: str) -> np.ndarray:
    return np.array([CODES[letter] for letter in sequence], dtype="uint8")


def kernel_for(*words: str) -> np.ndarray:
    """(width, 4, filters): +1 for the letters of each word, -1 for all others."""
    return np.stack([2 * TABLE[tokens_of(word)] - 1 for word in words], axis=2)


def transcripts(word: str, n: int = 40) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    rows = ["".join(rng.choice(list("ACGT"), 80)) for _ in range(n)]
    return [tokens_of(row[:30] + word + row[30:]) for row in rows]


def test_activations_are_those_of_a_valid_convolution():
    rng = np.random.default_rng(1)
    kernel, tokens = rng.normal(size=(3, 4, 2)), tokens_of("ACGTNA")
    found = filter_activations(tokens, TABLE, kernel)
    by_hand = [np.einsum("wf,wfk->k", TABLE[tokens[i : i + 3]], kernel) for i in range(4)]
    assert found == pytest.approx(np.array(by_hand), abs=1e-6)
    assert filter_activations(tokens[:2], TABLE, kernel).shape == (0, 2)


def test_the_motif_of_a_filter_is_the_word_it_is_made_for():
    (motif,) = filter_motifs(
        transcripts("TGTATA"), TABLE, kernel_for("TGTATA"), np.zeros(1), share=0.9
    )
    assert motif.sites >= 40
    assert "".join("ACGT"[place] for place in motif.counts.argmax(axis=1)) == "TGTATA"
    assert motif.probabilities.sum(axis=1) == pytest.approx(np.ones(6))
    assert motif.information.sum(axis=1).min() > 1.5


def test_filters_with_few_sites_or_no_activity_have_no_motif():
    kernel = np.concatenate([kernel_for("TGTATA"), np.full((6, 4, 1), -1.0)], axis=2)
    found = filter_motifs(transcripts("TGTATA"), TABLE, kernel, np.zeros(2), share=0.9)
    assert [motif.filter for motif in found] == [0]
    assert filter_motifs(transcripts("TGTATA", 5), TABLE, kernel, np.zeros(2), share=1.0) == []


@pytest.mark.parametrize("bias", [-2.0, 0.0, 3.0])
def test_sites_are_above_basset_s_threshold(bias):
    """Half the way from the mean output to the highest, behind bias and ReLU, counted by hand."""
    rows, kernel = transcripts("TGTATA"), kernel_for("TGTATA")
    outputs = np.concatenate([filter_activations(row, TABLE, kernel)[:, 0] for row in rows])
    outputs = np.maximum(outputs + bias, 0)
    expected = (outputs > outputs.mean() + 0.5 * (outputs.max() - outputs.mean())).sum()
    (motif,) = filter_motifs(rows, TABLE, kernel, np.array([bias]))
    assert motif.sites == expected
    assert motif.counts.sum(axis=1).tolist() == [expected] * 6


def test_a_letter_that_no_site_has_counts_one():
    motif = FilterMotif(0, np.array([[16.0, 0, 0, 0]]), 16)
    assert motif.probabilities.tolist() == [[0.85, 0.05, 0.05, 0.05]]


def test_a_share_outside_its_range_is_refused():
    with pytest.raises(UsageError, match="share"):
        filter_motifs([], TABLE, kernel_for("ACG"), np.zeros(1), share=0)


def known(seed: int = 0) -> dict[str, np.ndarray]:
    """Thirty random motifs, and one that is TGTATA."""
    rng = np.random.default_rng(seed)
    motifs = {f"M{n}": rng.dirichlet(np.full(4, 0.3), 7) for n in range(30)}
    motifs["PUM"] = 0.94 * TABLE[tokens_of("TGTATA")] + 0.015
    return motifs


def test_tomtom_finds_the_known_motif():
    exact = FilterMotif(3, 50 * TABLE[tokens_of("CTGTATAC")].astype(float), 50)
    even = FilterMotif(4, np.full((8, 4), 12.5), 50)
    table = match_motifs([exact, even], known())
    assert table.loc[0, ["filter", "motif", "matched"]].tolist() == [3, "PUM", True]
    assert table.loc[0, "p_value"] < 1e-3 < table.loc[1, "p_value"]
    assert table.loc[0, "p_value"] < table.loc[0, "q_value"]
    assert table.loc[0, "q_value"] <= 31 * table.loc[0, "p_value"] * (1 + 1e-9)
    assert not table.loc[1, "matched"]


def test_the_other_strand_is_no_match():
    reverse = FilterMotif(0, 50 * TABLE[tokens_of("TATACA")].astype(float), 50)
    assert match_motifs([reverse], {**known()}).loc[0, "p_value"] > 1e-3


def test_no_motif_gives_no_row():
    assert match_motifs([], known()).empty


def test_filters_for_the_same_transcripts_cluster_together():
    words = ("TTTTTT", "GCGCGC", "TTTTAT", "CGCGCG")
    rows = [tokens_of("T" * 30 + "A" + "T" * 20), tokens_of("GC" * 25), tokens_of("ACGT" * 12)]
    active = mean_activations(rows, TABLE, kernel_for(*words), np.zeros(4))
    assert active.shape == (4, 3) and (active >= 0).all()
    order, tree = cluster_filters(active)
    places = {number: place for place, number in enumerate(order.tolist())}
    assert abs(places[0] - places[2]) == abs(places[1] - places[3]) == 1
    assert tree.shape == (3, 4)


def test_filters_that_tell_nothing_apart_are_left_out_of_the_clusters():
    order, _ = cluster_filters(np.array([[1.0, 2.0], [0.0, 0.0], [2.0, 1.0], [3.0, 3.0]]))
    assert sorted(order) == [0, 2]
    with pytest.raises(UsageError, match="1 filters"):
        cluster_filters(np.array([[1.0, 2.0], [0.0, 0.0]]))


def test_clusters_do_not_see_how_active_a_filter_is_on_the_whole():
    """Standardised: filter 1 goes with filter 0, which is as active elsewhere, not with 2."""
    active = np.array([[1.0, 2.0, 3.0], [101.0, 102.0, 103.0], [102.0, 101.0, 100.0]])
    _, tree = cluster_filters(active)
    assert tree[0, :2].tolist() == [0, 1] and tree[0, 2] == pytest.approx(0, abs=1e-9)
    assert tree[1, 2] == pytest.approx(2)
