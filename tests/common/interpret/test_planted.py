import warnings

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from common.errors import DataError
from common.interpret import planted


def test_auc_by_hand():
    # signal residues weigh 0.4 and 0.1, the others 0.3 and 0.2: 2 of 4 pairs are in order
    score = planted.attention_auc([[0.4, 0.3, 0.2, 0.1]], [[(0, 1), (3, 4)]], n=50)
    assert score.per_protein.tolist() == [0.5]
    score = planted.attention_auc([[0.4, 0.3, 0.2, 0.1]], [[(0, 2)]], n=50)
    assert score.per_protein.tolist() == [1.0]


def test_auc_agrees_with_scikit_learn_and_pads_are_not_seen():
    rng = np.random.default_rng(0)
    padded, lengths = rng.random((6, 40)), np.array([40, 35, 30, 25, 20, 15])
    spans = [[(0, 5), (8, 12)]] * 6
    score = planted.attention_auc(padded, spans, lengths, n=50)
    for row, length, own in zip(padded, lengths, score.per_protein, strict=True):
        mask = np.zeros(length)
        mask[[*range(5), *range(8, 12)]] = 1
        assert own == pytest.approx(roc_auc_score(mask, row[:length]))
    assert score.mean.value == pytest.approx(score.per_protein.mean())


def test_interval_is_the_bootstrap_over_proteins():
    rng = np.random.default_rng(1)
    weights = rng.random((50, 30))
    score = planted.attention_auc(list(weights), [[(3, 9)]] * 50, n=300, seed=7)
    draws = np.random.default_rng(7).integers(0, 50, (300, 50))
    means = score.per_protein[draws].mean(axis=1)
    assert score.mean.low == pytest.approx(np.quantile(means, 0.025))
    assert score.mean.high == pytest.approx(np.quantile(means, 0.975))
    assert score.mean.n == 50
    again = planted.attention_auc(list(weights), [[(3, 9)]] * 50, n=300, seed=8)
    assert again.mean.low != score.mean.low


def test_chance_is_one_half():
    rng = np.random.default_rng(2)
    score = planted.attention_auc(list(rng.random((300, 60))), [[(10, 25)]] * 300, n=200)
    assert score.mean.low < 0.5 < score.mean.high
    assert score.mean.value == pytest.approx(0.5, abs=0.02)


def test_proteins_that_cannot_be_scored_are_left_out_and_counted():
    weights = [[0.6, 0.4], [0.5, 0.5], [0.3, 0.7], [0.2, 0.8]]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        score = planted.attention_auc(weights, [[(0, 1)], [], [(0, 2)], []], n=20)
    assert score.per_protein[0] == 1
    assert np.isnan(score.per_protein[1:]).all()
    assert (score.without_signal, score.wholly_signal, score.left_out) == (2, 1, 3)
    assert (score.mean.n, score.mean.value) == (1, 1)


def test_nothing_to_score_is_an_error():
    with pytest.raises(DataError, match="no protein has residues both inside and outside"):
        planted.attention_auc([[0.5, 0.5]], [[]])
    with pytest.raises(ValueError, match="1 proteins with weights, 2 with spans"):
        planted.attention_auc([[0.5, 0.5]], [[], []])


def test_signal_mask_is_half_open_and_joins_overlaps():
    assert planted.signal_mask(6, [(1, 3), (2, 4)]).tolist() == [0, 1, 1, 1, 0, 0]
    assert planted.signal_mask(3, []).sum() == 0


@pytest.mark.parametrize("span", [(2, 2), (3, 2), (-1, 2), (0, 5)])
def test_spans_outside_the_protein_are_refused(span):
    with pytest.raises(DataError, match=r"a span within 0\.\.4 is needed"):
        planted.signal_mask(4, [span])


@pytest.mark.parametrize("width", [2, 5, 6, 9, 10, 12])
def test_truncated_spans_are_the_spans_of_the_truncated_mask(width):
    length = 10
    for start in range(length):
        for end in range(start + 1, length + 1):
            mask = planted.signal_mask(length, [(start, end)])
            left, right = min(width, length) - min(width, length) // 2, min(width, length) // 2
            wanted = np.concatenate([mask[:left], mask[length - right :]])
            moved = planted.truncated_spans([(start, end)], length, width)
            assert planted.signal_mask(len(wanted), moved).tolist() == wanted.tolist()
