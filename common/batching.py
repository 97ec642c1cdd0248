"""Examples to ragged batches, grouped by length.

Sequences of similar length share a batch, so that little of the dense form is padding. A plan,
made with NumPy, says which examples form which batch; `make_dataset` turns it into `tf.data`.
The same code serves tokens of proteins and RNA and per-residue features from a file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from common.errors import UsageError
from common.sources import Examples, hold

if TYPE_CHECKING:
    import tensorflow as tf

Plan = list[np.ndarray]


def plan_batches(
    lengths: np.ndarray,
    batch_size: int,
    *,
    max_positions: int | None = None,
    generator: np.random.Generator | None = None,
    jitter: float = 0.1,
) -> Plan:
    """Say which examples form which batch.

    Parameters
    ----------
    lengths : (n,) int
        Length of each example.
    batch_size : int
        Examples in a batch, as the paper says; at most.
    max_positions : int, optional
        Residue budget: examples times the longest of them stays below it, padding included.
        An example longer than the budget forms a batch of its own.
    generator : numpy.random.Generator, optional
        Draws the order of training: lengths are jittered before they are sorted, so that
        batches differ between epochs, and the batches are shuffled. Without it examples stand
        in the order of their length, as for prediction.
    jitter : float
        Half-width of the uniform noise on the logarithm of the lengths.

    Returns
    -------
    list of (batch,) int64
        Every example exactly once.

    Raises
    ------
    UsageError
        A batch size or a budget below 1.
    """
    for name, value in (("batch_size", batch_size), ("max_positions", max_positions)):
        if value is not None and value < 1:
            raise UsageError(name, f"{value} is below 1", "Give a positive number")
    lengths = np.asarray(lengths)
    keys = np.log(np.maximum(lengths, 1).astype(np.float64))
    if generator is not None:
        keys = keys + generator.uniform(-jitter, jitter, size=len(keys))
    plan: Plan = []
    batch: list[int] = []
    longest = 0
    for index in np.argsort(keys, kind="stable"):
        reach = max(longest, int(lengths[index]))
        full = len(batch) == batch_size
        over = max_positions is not None and reach * (len(batch) + 1) > max_positions
        if batch and (full or over):
            plan.append(np.array(batch, dtype=np.int64))
            batch, reach = [], int(lengths[index])
        batch.append(int(index))
        longest = reach
    if batch:
        plan.append(np.array(batch, dtype=np.int64))
    if generator is not None:
        plan = [plan[place] for place in generator.permutation(len(plan))]
    return plan


def padding_share(lengths: np.ndarray, plan: Plan) -> float:
    """Share of all positions of the dense batches that is padding, 0 to 1."""
    lengths = np.asarray(lengths)
    dense = sum(int(lengths[batch].max()) * len(batch) for batch in plan)
    return 1 - int(lengths.sum()) / dense if dense else 0.0


class BatchStream:
    """Batches of one set of examples, whose plan may change from epoch to epoch.

    The graph that fills a batch is traced once, however many epochs there are.

    Parameters
    ----------
    examples : Examples
        The data.
    with_targets : bool
        Yield ``(inputs, targets)`` or ``(inputs, targets, weights)``; else ``(inputs,)``.
    pad_to : int, optional
        Make the batches dense and their length a multiple of this: for backends that know no
        ragged tensors and compile anew for each shape. None keeps them ragged.

    Notes
    -----
    Inputs are a dict: each source by its name, (batch, (length), ...) ragged or dense, and
    ``length`` (batch,) int32.
    """

    def __init__(
        self, examples: Examples, *, with_targets: bool = True, pad_to: int | None = None
    ) -> None:
        import tensorflow as tf

        self._plan: Plan = []
        rows = tf.data.Dataset.from_generator(
            lambda: iter(self._plan), output_signature=tf.TensorSpec([None], tf.int64)
        )
        self._dataset = _filled(rows, examples, with_targets, pad_to)

    def follow(self, plan: Plan) -> tf.data.Dataset:
        """Batches of this plan, from the next iteration on."""
        self._plan = list(plan)
        return self._dataset


def make_dataset(
    examples: Examples, plan: Plan, *, with_targets: bool = True, pad_to: int | None = None
) -> tf.data.Dataset:
    """Batches of one plan, of known number; see `BatchStream`.

    The plan is a tensor: TensorFlow keeps every generator, and what it refers to, for ever.
    """
    import tensorflow as tf

    flat = np.concatenate([np.empty(0, np.int64), *plan])
    indices = tf.RaggedTensor.from_row_lengths(flat, [len(batch) for batch in plan])
    rows = tf.data.Dataset.from_tensor_slices(indices)
    return _filled(rows, examples, with_targets, pad_to)


def _filled(
    rows: tf.data.Dataset, examples: Examples, with_targets: bool, pad_to: int | None
) -> tf.data.Dataset:
    """Batches of the examples whose indices are in each row, (batch,) int64."""
    import tensorflow as tf

    fill = _filler(examples, with_targets, pad_to)
    options = tf.data.Options()
    options.autotune.enabled = False  # its thread ends up to a minute after an epoch does
    plain = tf.autograph.experimental.do_not_convert(fill)  # no control flow hangs on a tensor
    batches = rows.map(plain, num_parallel_calls=1, deterministic=True).prefetch(2)
    return batches.with_options(options)


def _filler(
    examples: Examples, with_targets: bool, pad_to: int | None
) -> Callable[[tf.Tensor], tuple]:
    """Function from the indices of a batch, (batch,) int64, to what Keras reads."""
    import tensorflow as tf

    lengths = hold(np.asarray(examples.lengths, np.int32))
    targets = tf.nest.map_structure(hold, examples.targets) if with_targets else None
    weights = None if examples.weights is None else hold(np.asarray(examples.weights, np.float32))

    def fill(indices: tf.Tensor) -> tuple:
        inputs = {name: source.batch(indices) for name, source in examples.sources.items()}
        length = tf.gather(lengths, indices)
        if pad_to is not None:
            inputs = {name: _dense(values, length, pad_to) for name, values in inputs.items()}
        inputs["length"] = length
        if not with_targets:
            return (inputs,)
        answers = tf.nest.map_structure(lambda values: tf.gather(values, indices), targets)
        if weights is None:
            return (inputs, answers)
        return (inputs, answers, tf.gather(weights, indices))

    return fill


def _dense(values: tf.RaggedTensor, length: tf.Tensor, multiple: int) -> tf.Tensor:
    """Zero-padded form whose second axis is a multiple of `multiple`; dense values as they are."""
    import tensorflow as tf

    if not isinstance(values, tf.RaggedTensor):
        return values
    dense = values.to_tensor()
    longest = tf.reduce_max(length)
    missing = (longest + multiple - 1) // multiple * multiple - longest
    return tf.pad(dense, [[0, 0], [0, missing]] + [[0, 0]] * (len(dense.shape) - 2))
