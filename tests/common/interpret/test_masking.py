"""Masking scans: windows, divergence, and the local scan's equality."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import entropy

from common.errors import UsageError
from common.interpret.local_masking import Block, local_scan
from common.interpret.masking import (
    divergence,
    mask_windows,
    masked_copies,
    random_scan,
    scan,
)

TABLE = np.concatenate([np.zeros((1, 4)), np.eye(4), np.full((1, 4), 0.25)]).astype("float32")


def test_masks_lie_wholly_on_the_sequence():
    starts, ends = mask_windows(10, 4)
    assert starts.tolist() == list(range(7)) and (ends - starts == 4).all() and ends[-1] == 10
    assert mask_windows(10, 4, 3)[0].tolist() == [0, 3, 6]
    assert [part.tolist() for part in mask_windows(3, 5)] == [[0], [3]]


def test_a_region_keeps_the_masks_whose_centre_lies_in_it():
    starts, ends = mask_windows(20, 4, 1, (10, 13))
    assert ((starts + ends) // 2).tolist() == [10, 11, 12]
    with pytest.raises(UsageError, match="no mask of 4"):
        mask_windows(20, 4, 1, (19, 20))


@pytest.mark.parametrize("sizes", [(0, 1, 1), (5, 0, 1), (5, 1, 0)])
def test_sizes_below_one_are_refused(sizes):
    with pytest.raises(UsageError, match="below 1"):
        mask_windows(*sizes)


def test_copies_are_blank_within_their_stretch_alone():
    tokens = np.arange(1, 7, dtype="uint8")
    assert masked_copies(tokens, [0, 4], [2, 6]).tolist() == [
        [0, 0, 3, 4, 5, 6],
        [1, 2, 3, 4, 0, 0],
    ]


def test_divergence_is_scipys_and_never_negative():
    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.ones(4)), rng.dirichlet(np.ones(4), 5)
    assert divergence(p, q) == pytest.approx([entropy(p, row) for row in q])
    assert divergence(p, p[None])[0] == 0
    assert divergence(np.array([0.0, 1.0]), np.array([[0.5, 0.5]]))[0] == pytest.approx(np.log(2))


def counting(tokens: np.ndarray) -> np.ndarray:
    """A network that looks at a run of token 1 at places 20 to 29 and nothing else."""
    seen = (tokens[:, 20:30] == 1).mean(axis=1)
    return np.stack([0.1 + 0.8 * seen, 0.9 - 0.8 * seen], axis=1)


def test_a_scan_finds_what_the_network_looks_at():
    tokens = np.full(60, 2, dtype="uint8")
    tokens[20:30] = 1
    found = scan(counting, tokens, width=10, batch=7)
    assert found.importance.argmax() == 20 == found.starts[found.importance.argmax()]
    assert (found.importance[31:] == 0).all() and (found.importance[:11] == 0).all()
    assert found.change(0)[20] == pytest.approx(-0.8) and found.change(1)[20] == pytest.approx(0.8)
    assert found.centres[20] == 25


def test_the_size_of_the_batch_does_not_matter():
    tokens = np.random.default_rng(0).integers(1, 3, 60).astype("uint8")
    one, many = (scan(counting, tokens, width=10, batch=size) for size in (1, 64))
    np.testing.assert_array_equal(one.masked, many.masked)


def test_random_masks_find_it_too_and_repeat_with_their_seed():
    tokens = np.full(60, 2, dtype="uint8")
    tokens[20:30] = 1
    found = random_scan(counting, tokens, 4, width=10, repetitions=20, seed=1)
    assert found.starts[found.importance.argmax()] == 20
    again = random_scan(counting, tokens, 4, width=10, repetitions=20, seed=1)
    np.testing.assert_array_equal(found.masked, again.masked)
    with pytest.raises(UsageError, match="repetitions"):
        random_scan(counting, tokens, 4, repetitions=0)


def a_network(depth: int, pool: int, width: int, seed: int = 0):
    """Random blocks, the whole network by definition, and its head alone."""
    rng = np.random.default_rng(seed)
    sizes = [4, *[5] * depth]
    blocks = [
        Block(rng.normal(size=(width, a, b), scale=0.4), rng.normal(size=b, scale=0.3), pool)
        for a, b in pairwise(sizes)
    ]
    weights = rng.normal(size=(5, 3))

    def head(features: np.ndarray, mask: np.ndarray) -> np.ndarray:
        place = np.sin(1 + np.arange(features.shape[1]))
        bounded = np.tanh(features / 3) * place[:, None] * mask[..., None]
        scores = bounded.sum(axis=1) @ weights / 3
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        return shares / shares.sum(axis=1, keepdims=True)

    def whole(tokens: np.ndarray) -> np.ndarray:
        x = TABLE.astype("float64")[tokens]
        for block in blocks:
            before = (width - 1) // 2
            padded = np.pad(x, ((0, 0), (before, width - 1 - before), (0, 0)))
            y = np.zeros((*x.shape[:2], 5))
            for offset in range(width):
                y += padded[:, offset : offset + x.shape[1]] @ block.kernel[offset]
            y = np.maximum(y + block.bias, 0)
            n = y.shape[1] // pool
            x = y[:, : n * pool].reshape(len(y), n, pool, 5).max(axis=2)
        return head(x, np.ones(x.shape[:2], dtype=bool))

    return blocks, head, whole


@pytest.mark.parametrize("length", [85, 100, 163, 301])
@pytest.mark.parametrize(
    ("depth", "pool", "width"), [(1, 3, 10), (2, 3, 10), (4, 3, 10), (3, 2, 5)]
)
def test_local_scan_equals_the_scan_of_the_whole(length, depth, pool, width):
    blocks, head, whole = a_network(depth, pool, width, seed=length)
    tokens = np.random.default_rng(length).integers(1, 6, length).astype("uint8")
    expected = scan(whole, tokens, width=20, stride=3)
    found = local_scan(TABLE, blocks, head, tokens, width=20, stride=3, batch=7)
    np.testing.assert_allclose(found.original, expected.original, rtol=0, atol=1e-5)
    np.testing.assert_allclose(found.masked, expected.masked, rtol=0, atol=1e-5)
    assert np.ptp(expected.masked, axis=0).max() > 1e-3
    part = local_scan(TABLE, blocks, head, tokens, width=20, region=(40, 60))
    same = scan(whole, tokens, width=20, region=(40, 60))
    np.testing.assert_allclose(part.masked, same.masked, rtol=0, atol=1e-5)


def test_a_mask_over_all_of_a_short_sequence():
    blocks, head, whole = a_network(2, 3, 10)
    tokens = np.random.default_rng(0).integers(1, 5, 50).astype("uint8")
    expected = scan(whole, tokens, width=100)
    found = local_scan(TABLE, blocks, head, tokens, width=100)
    np.testing.assert_allclose(found.masked, expected.masked, rtol=0, atol=1e-5)


def test_a_sequence_of_which_nothing_is_left_is_refused():
    blocks, head, _ = a_network(4, 3, 10)
    with pytest.raises(UsageError, match="nothing is left of 80 nucleotides"):
        local_scan(TABLE, blocks, head, np.ones(80, dtype="uint8"))
