"""The scan of a whole network near the mask, against the scan of everything."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from common.interpret.masking import random_scan, scan
from reproductions.rnatracker.experiments import SETTINGS
from reproductions.rnatracker.inputs import base_tokens
from reproductions.rnatracker.model import build
from reproductions.rnatracker.planted import per_nucleotide
from reproductions.rnatracker.scanning import Scanner, three_prime_utr


@pytest.mark.parametrize("experiment", ["full-length", "no-lstm"])
@pytest.mark.parametrize("variant", ["code", "paper"])
def test_local_scan_of_the_network_equals_masking_everything(experiment, variant):
    settings = SETTINGS.resolve(variant, "full", experiment)
    model = build(settings, 4)
    rng = np.random.default_rng(0)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(size=weight.shape, scale=0.25))
    sequence = "".join(rng.choice(list("ACGTN"), 437, p=[0.24] * 4 + [0.04]))

    def predict(rows: np.ndarray) -> np.ndarray:
        tokens = tf.RaggedTensor.from_tensor(tf.constant(rows))
        length = tf.fill([len(rows)], rows.shape[1])
        return np.array(model.predict_on_batch({"tokens": tokens, "length": length}))

    expected = scan(predict, base_tokens(sequence), stride=13)
    found = Scanner.of(model, 3).scan(sequence, stride=13)
    np.testing.assert_allclose(found.original, expected.original, rtol=0, atol=1e-5)
    np.testing.assert_allclose(found.masked, expected.masked, rtol=0, atol=1e-5)
    assert np.ptp(expected.masked, axis=0).max() > 1e-3
    options = {"width": 40, "stride": 57, "repetitions": 3, "seed": 7}
    expected = random_scan(predict, base_tokens(sequence), 4, **options)
    found = Scanner.of(model, 3).scan(sequence, **options)
    np.testing.assert_allclose(found.masked, expected.masked, rtol=0, atol=1e-5)
    np.testing.assert_allclose(found.importance, expected.importance, rtol=0, atol=1e-5)


def test_the_utr_follows_the_longest_reading_frame():
    frame = "ATG" + "GCC" * 120 + "TAA"
    sequence = "CCATGCCCTGACC" + frame + "GGGTTTAAACCC"
    assert three_prime_utr(sequence) == (13 + len(frame), len(sequence))


def test_without_a_frame_of_100_codons_there_is_no_utr():
    assert three_prime_utr("ATGGCCTAA" + "C" * 300) == (309, 309)


def test_importance_is_spread_over_the_masked_nucleotides():
    from common.interpret.masking import Scan

    shares = np.array([[0.5, 0.5]] * 3)
    made = Scan(np.array([0, 2, 4]), np.array([4, 6, 8]), shares[0], shares, np.array([0, 1.0, 0]))
    weights = per_nucleotide(made, 9)
    assert weights[[0, 2, 5, 6, 8]] == pytest.approx([0, 0.5, 0.5, 0, 0], abs=1e-9)
