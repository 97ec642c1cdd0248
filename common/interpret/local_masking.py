"""A masking scan that recomputes only what a mask can change.

A mask of 100 nucleotides changes about 20 of the 1,100 outputs of a second convolution. Here every
convolution and pooling is computed once for the whole transcript; under each mask only the outputs
that see it are computed again, and the rest is taken from the whole. The answer is that of
`masking.scan` (tested to 1e-5); the cost falls by an order of magnitude.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from common.errors import UsageError
from common.interpret.masking import BLANK, Scan, mask_windows, random_letters, scan_of

Head = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From features (batch, steps, width) and mask (batch, steps) bool to shares (batch, k)."""


@dataclass(frozen=True)
class Block:
    """Convolution with padding ``same``, ReLU, and maximum over windows side by side.

    Parameters
    ----------
    kernel : (width, features, filters) float
    bias : (filters,) float
    pool : int
        Window and step of the pooling.
    """

    kernel: np.ndarray
    bias: np.ndarray
    pool: int

    @property
    def before(self) -> int:
        """Positions before its own that an output sees; behind it are `after`."""
        return (len(self.kernel) - 1) // 2

    @property
    def after(self) -> int:
        return len(self.kernel) - 1 - self.before


@dataclass(frozen=True)
class _Region:
    """What differs from the whole: for each mask `width` positions from `starts` on."""

    starts: np.ndarray
    values: np.ndarray

    @property
    def width(self) -> int:
        return self.values.shape[1]

    @property
    def places(self) -> np.ndarray:
        """(m, width) int64: positions in the whole; some may lie outside it."""
        return self.starts[:, None] + np.arange(self.width)


def local_scan(
    table: np.ndarray,
    blocks: Sequence[Block],
    head: Head,
    tokens: np.ndarray,
    *,
    width: int = 100,
    stride: int = 1,
    region: tuple[int, int] | None = None,
    repetitions: int = 0,
    seed: int = 0,
    batch: int = 256,
) -> Scan:
    """Move a mask along one sequence: a blank one, or one of random letters.

    Parameters
    ----------
    table : (tokens, features) float
        What each token is to the network; row 0 is blank.
    blocks : sequence of Block
        The convolutional part.
    head : callable
        The rest of the network.
    tokens : (length,) uint8
    width, stride, region
        As for `mask_windows`.
    repetitions, seed : int
        As for `masking.random_scan`, with the letters A, C, G and U; 0 repetitions blank the
        stretch.
    batch : int
        Masks computed together.

    Raises
    ------
    UsageError
        A number below 1, repetitions below 0, or a sequence of which nothing is left after all
        poolings.
    """
    starts, ends = mask_windows(len(tokens), width, stride, region)
    fill = _filling(int(ends[0] - starts[0]), repetitions, seed)
    whole = [np.asarray(table, dtype=np.float32)[tokens]]
    for block in blocks:
        whole.append(_pooled(_convolved(_padded(whole[-1], block), block), block.pool))
    steps = len(whole[-1])
    if not steps:
        fault = f"nothing is left of {len(tokens)} nucleotides after {len(blocks)} poolings"
        raise UsageError("sequence", fault, "Give a longer one")
    mask = np.ones((1, steps), dtype=bool)
    original = head(whole[-1][None], mask)[0]
    pieces, copies = [], max(repetitions, 1)
    for at in range(0, len(starts), max(batch // copies, 1)):
        one_each = starts[at : at + max(batch // copies, 1)]
        chosen = np.repeat(one_each, copies)
        hidden = _Region(chosen, np.asarray(table, np.float32)[fill(len(one_each))])
        for level, block in enumerate(blocks):
            hidden = _changed(hidden, whole[level], block)
        features = _put_back(hidden, whole[-1])
        pieces.append(head(features, np.repeat(mask, len(chosen), axis=0)))
    masked = np.concatenate(pieces).reshape(len(starts), copies, -1)
    return scan_of(original, masked, starts, ends)


def _filling(width: int, repetitions: int, seed: int) -> Callable[[int], np.ndarray]:
    """From a number of masks to what stands in them: (masks * copies, width) tokens."""
    if repetitions < 0:
        raise UsageError("repetitions", f"{repetitions} is below 0", "Give none, or how many")
    if not repetitions:
        return lambda masks: np.full((masks, width), BLANK)
    draw = random_letters(len("ACGU"), repetitions, seed)
    return lambda masks: np.concatenate([draw(width) for _ in range(masks)])


def _changed(region: _Region, whole: np.ndarray, block: Block) -> _Region:
    """Outputs of a block that see a changed input, in windows that suit the pooling."""
    first = region.starts - block.after
    first = first - first % block.pool
    reach = region.width + block.before + block.after + block.pool - 1
    outputs = -(-reach // block.pool) * block.pool
    places = first[:, None] - block.before + np.arange(outputs + block.before + block.after)
    inputs = np.where(
        ((places >= 0) & (places < len(whole)))[..., None],
        whole[np.clip(places, 0, len(whole) - 1)],
        np.float32(0),
    )
    shift = region.starts - (first - block.before)
    rows = np.arange(len(first))[:, None]
    inside = (region.places >= 0) & (region.places < len(whole))
    inputs[rows, shift[:, None] + np.arange(region.width)] = region.values * inside[..., None]
    convolved = _convolved(inputs, block)
    made = first[:, None] + np.arange(outputs)
    convolved *= ((made >= 0) & (made < len(whole)))[..., None]
    pooled = convolved.reshape(len(first), -1, block.pool, convolved.shape[-1]).max(axis=2)
    return _Region(first // block.pool, pooled)


def _put_back(region: _Region, whole: np.ndarray) -> np.ndarray:
    """(m, steps, filters): the whole, with what each mask changes; nothing outside it."""
    features = np.repeat(whole[None], len(region.starts), axis=0)
    inside = (region.places >= 0) & (region.places < len(whole))
    rows = np.broadcast_to(np.arange(len(features))[:, None], inside.shape)
    features[rows[inside], region.places[inside]] = region.values[inside]
    return features


def _padded(x: np.ndarray, block: Block) -> np.ndarray:
    return np.pad(x, ((block.before, block.after), (0, 0)))


def _convolved(x: np.ndarray, block: Block) -> np.ndarray:
    """Valid convolution and ReLU: (..., n, features) to (..., n - width + 1, filters)."""
    windows = np.lib.stride_tricks.sliding_window_view(x, len(block.kernel), axis=-2)
    flat = windows.reshape(*windows.shape[:-2], -1)
    kernel = np.transpose(block.kernel, (1, 0, 2)).reshape(-1, block.kernel.shape[-1])
    return np.maximum(flat @ kernel.astype(np.float32) + block.bias.astype(np.float32), 0)


def _pooled(x: np.ndarray, pool: int) -> np.ndarray:
    """Maximum over whole windows; an incomplete one at the end is dropped."""
    n = len(x) // pool
    return x[: n * pool].reshape(n, pool, x.shape[1]).max(axis=1)
