"""A convolution as one product over windows that lie side by side, some windows at a time.

Windows of width w take w times the memory of what they are cut from: 2.2 GB for 60,000 residues
with 1,024 features and w = 9. Some after the others they take a fixed amount, and the gradient
cuts them again in place of keeping them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

Tensor = Any

WINDOW_BYTES = 1 << 27
"""Memory of the windows that are multiplied at a time."""


def window_product(
    rows: Tensor, first: Tensor, places: Tensor, kernel: Tensor, width: int, size: Tensor
) -> Tensor:
    """Multiply windows with a kernel, and lay the results in their places.

    Parameters
    ----------
    rows : (n, features)
        All sequences one after the other.
    first : (windows,) int32
        Where each window begins in `rows`.
    places : (windows,) int32
        Row of the output for each, all different.
    kernel : (width * features, filters)
    width : int
        Rows of a window.
    size : int
        Rows of the output.

    Returns
    -------
    (size, filters)
        Zero at rows that no window has.

    Notes
    -----
    Not for JAX, whose compiled steps need fixed shapes.
    """
    features, filters = rows.shape[1], kernel.shape[1]
    most = windows_at_a_time(width * features, rows.dtype)

    def taken(start: Tensor) -> tuple[Tensor, Tensor]:
        """Rows (m * width,) of the next windows, and their places (m,)."""
        begin = ops.expand_dims(first[start : start + most], 1)
        reach = begin + ops.arange(width, dtype=first.dtype)
        return ops.reshape(reach, (-1,)), places[start : start + most]

    def cut(rows: Tensor, reach: Tensor) -> Tensor:
        return ops.reshape(ops.take(rows, reach, axis=0), (-1, width * features))

    def gathered(add: Callable[..., tuple[Tensor, Tensor]], result: Tensor) -> Tensor:
        """What the parts of all windows come to: `add` gives a part and the new result."""

        def step(start: Tensor, result: Tensor) -> tuple[Tensor, Tensor]:
            part, result = add(*taken(start), result)
            return start + _once_there(most, part), result

        total = ops.shape(first)[0]
        return ops.while_loop(lambda start, _: start < total, step, (0, result))[1]

    @ops.custom_gradient
    def product(rows: Tensor, kernel: Tensor) -> tuple[Tensor, Any]:
        def lay(reach: Tensor, own: Tensor, result: Tensor) -> tuple[Tensor, Tensor]:
            part = ops.matmul(cut(rows, reach), kernel)
            return part, ops.scatter_update(result, ops.expand_dims(own, 1), part)

        def gradient(*received: Tensor, upstream: Tensor | None = None) -> tuple[Tensor, Tensor]:
            slope = received[0] if upstream is None else upstream

            def of_kernel(reach: Tensor, own: Tensor, result: Tensor) -> tuple[Tensor, Tensor]:
                turned = ops.transpose(cut(rows, reach), (1, 0))
                part = ops.matmul(turned, ops.take(slope, own, axis=0))
                return part, result + ops.cast(part, result.dtype)

            def of_rows(reach: Tensor, own: Tensor, result: Tensor) -> tuple[Tensor, Tensor]:
                part = ops.matmul(ops.take(slope, own, axis=0), ops.transpose(kernel, (1, 0)))
                part, places = ops.reshape(part, (-1, features)), ops.expand_dims(reach, 1)
                return part, ops.scatter_update(result, places, part, reduction="add")

            nothing = ops.zeros((width * features, filters), dtype="float32")
            for_kernel = ops.cast(gathered(of_kernel, nothing), kernel.dtype)
            return gathered(of_rows, ops.zeros_like(rows)), for_kernel

        return gathered(lay, ops.zeros((size, filters), dtype=rows.dtype)), gradient

    return product(rows, kernel)


def windows_at_a_time(numbers: int, dtype: Any) -> int:
    """How many windows of so many numbers `WINDOW_BYTES` hold, at least one."""
    halved = keras.backend.standardize_dtype(dtype) in ("float16", "bfloat16")
    return max(1, WINDOW_BYTES // (numbers * (2 if halved else 4)))


def _once_there(number: int, part: Tensor) -> Tensor:
    """A number that has to wait for a tensor: else a loop would cut all its windows at once."""
    return number + 0 * ops.cast(ops.isnan(part[0, 0]), "int32")
