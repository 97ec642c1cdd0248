"""Steps of pooled attention at positions of the sequence; sequences that a network cannot read."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from common.data.alphabet import PROTEIN, RNA
from common.errors import DataError
from common.predict.network import Network, Steps


def network(alphabet=RNA, **options) -> Network:
    kept = options.pop("kept", np.arange)
    return Network(
        SimpleNamespace(), SimpleNamespace(), alphabet, "out", "attention", kept, **options
    )


def test_without_pooling_every_position_has_its_own_weight():
    weights = np.array([0.1, 0.2, 0.7, 0.0])
    np.testing.assert_array_equal(Steps().spread(weights, 3), weights[:3])
    assert Steps().centres(3).tolist() == [0, 1, 2]


@pytest.mark.parametrize("length", [3, 9, 10, 11, 100])
def test_pooled_weights_keep_their_sum_and_lie_around_their_centres(length):
    steps = Steps(3, 2.0)
    count = length // 3
    weights = np.random.default_rng(length).dirichlet(np.ones(count))
    spread = steps.spread(np.concatenate([weights, np.zeros(5)]), length)
    assert spread.sum() == pytest.approx(1)
    assert len(spread) == length
    middle = steps.centres(length)
    assert middle.tolist() == [min(2 + 3 * k, length - 1) for k in range(count)]
    if count > 2:
        own = spread[middle[1] - 1 : middle[1] + 2]
        assert own == pytest.approx([weights[1] / 3] * 3)


def test_highest_are_middles_of_steps_of_the_uncut_sequence():
    reads = network(kept=lambda n: np.arange(max(n - 9, 0), n), steps=Steps(3, 1.0))
    weights = np.array([0.2, 0.5, 0.3, 0.0])
    assert reads.highest(weights, 20, 2) == [11 + 4 + 1, 11 + 7 + 1]
    assert (reads.attended(weights, 20)[:11] == 0).all()
    assert reads.attended(weights, 20).argmax() in (14, 15, 16)
    assert reads.highest(np.zeros(3), 9, 5) == []


def test_what_a_network_cannot_read():
    with pytest.raises(DataError, match=r"p: a protein, and this model reads transcripts"):
        network().clean("p", "MKTAYIAKQRQISFVK")
    with pytest.raises(DataError, match="r: 4 letters, and this model needs 81"):
        network(least=81).clean("r", "acgu")
    with pytest.raises(DataError, match="1 letter outside the RNA alphabet"):
        network().clean("x", "ACG1")
    assert network(least=4).clean("r", "acgu") == "ACGT"
    assert network(PROTEIN).clean("p", "mkt*") == "MKT"
