"""Baselines on made sequences whose answer is known."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from common.data.alphabet import PROTEIN, RNA
from common.own import baselines

LABELS = ("acid", "base")


@pytest.fixture
def made():
    """Sequences rich in D and E, or in K and R, and their labels."""
    rng = np.random.default_rng(0)
    truth = np.array(rng.choice(LABELS, 120), dtype=object)
    pools = {"acid": list("ACDDDEEEGLV"), "base": list("ACKKKRRRGLV")}
    return ["".join(rng.choice(pools[name], 60)) for name in truth], truth


def test_majority_is_the_shares_of_training():
    truth = np.array(["acid", "acid", "base", "acid"], dtype=object)
    assert baselines.majority(truth, 2, LABELS).tolist() == [[0.75, 0.25]] * 2
    several = np.array([[1, 1], [0, 1.0]])
    assert baselines.majority(several, 1, LABELS).tolist() == [[0.5, 1.0]]


def test_composition_by_hand():
    row = baselines.composition(["AACX"], PROTEIN)[0]
    assert row[:3].tolist() == [0.5, 0.25, 0]
    assert row[-1] == pytest.approx(np.log(4))
    assert baselines.composition(["ACGTN"], RNA).shape == (1, 5)


@pytest.mark.parametrize("method", [baselines.linear_on_composition, baselines.nearest_neighbour])
def test_composition_tells_acids_from_bases(made, method):
    texts, truth = made
    features = baselines.composition(texts, PROTEIN)
    found = method(features[:80], truth[:80], features[80:], LABELS)
    assert (np.array(LABELS)[found.argmax(axis=1)] == truth[80:]).all()
    assert np.allclose(found.sum(axis=1), 1)


@pytest.mark.skipif(shutil.which("mmseqs") is None, reason="mmseqs is not installed")
def test_a_relative_is_nearer_than_the_same_composition():
    rng = np.random.default_rng(1)
    texts = ["".join(rng.choice(list("ACDEFGHIKLMNPQRSTVWY"), 120)) for _ in range(12)]
    shuffled = "".join(rng.permutation(list(texts[0])))
    relative = texts[0][:60] + texts[1][:6] + texts[0][66:]
    stranger = "".join(rng.choice(list("ACDEFGHIKLMNPQRSTVWY"), 120))
    train, test = [shuffled, *texts], [relative, stranger]
    truth = np.array(["base", "acid", *["base"] * 11], dtype=object)
    hits = baselines.best_hits(train, test, PROTEIN)
    assert hits.tolist() == [1, baselines.NO_HIT]
    features = [baselines.composition(part, PROTEIN) for part in (train, test)]
    found = baselines.nearest_neighbour(features[0], truth, features[1], LABELS, hits)
    assert found[0].tolist() == [1, 0]
    by_composition = baselines.nearest_neighbour(features[0], truth, features[1], LABELS)
    np.testing.assert_array_equal(found[1], by_composition[1])


def test_without_mmseqs_no_sequence_has_a_hit(monkeypatch):
    monkeypatch.setattr("common.own.baselines.shutil.which", lambda name: None)
    assert baselines.best_hits(["MKV"], ["MKV", "MKT"], PROTEIN).tolist() == [-1, -1]


def test_label_that_no_training_sequence_has_gets_nothing(made):
    texts, truth = made
    features = baselines.composition(texts, PROTEIN)
    labels = ("absent", *LABELS)
    found = baselines.linear_on_composition(features, truth, features, labels)
    assert (found[:, 0] == 0).all()


def test_shares_and_several_labels(made):
    texts, truth = made
    features = baselines.composition(texts, PROTEIN)
    acid = (truth == "acid").astype(float)
    shares = np.stack([0.2 + 0.6 * acid, 0.8 - 0.6 * acid], axis=1)
    found = baselines.linear_on_composition(features[:80], shares[:80], features[80:], LABELS)
    assert np.allclose(found.sum(axis=1), 1)
    assert np.corrcoef(found[:, 0], shares[80:, 0])[0, 1] > 0.9
    both = np.stack([acid, np.ones(120)], axis=1)
    both[::7, 1] = 0
    found = baselines.linear_on_composition(features[:80], both[:80], features[80:], LABELS)
    assert ((found[:, 0] > 0.5) == acid[80:]).all()
