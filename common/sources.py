"""What a model reads of each example: tokens, features from a file, or whole vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from common.data.alphabet import Alphabet
from common.errors import ReproduceError
from common.features.per_residue import PerResidueStore
from common.features.truncation import cut_middle

if TYPE_CHECKING:
    import tensorflow as tf


class Source(Protocol):
    """One input of a model, for every example."""

    def batch(self, indices: tf.Tensor) -> tf.RaggedTensor | tf.Tensor:
        """Values of the examples `indices` (batch,) int64, as (batch, (length), ...).

        A source without an axis along the sequence may give a dense (batch, ...) tensor.
        """


def hold(values: ArrayLike) -> tf.Tensor:
    """A tensor of all examples that the graph of a batch refers to.

    A plain constant would be copied into that graph, which every new iterator, two an epoch,
    writes out and optimises whole: seconds for tens of megabytes.
    """
    import tensorflow as tf

    with tf.init_scope():
        return tf.constant(values)


@dataclass(frozen=True)
class TokenSource:
    """Tokens, made from sequences with tensorflow-text.

    Parameters
    ----------
    sequences : sequence of str
        Clean and already cut to length.
    alphabet : Alphabet
        What the letters mean.
    """

    sequences: Sequence[str]
    alphabet: Alphabet

    def batch(self, indices: tf.Tensor) -> tf.RaggedTensor:
        """(batch,) int64 to (batch, (length)) uint8."""
        import tensorflow as tf

        from common.features.tokens import tokenize

        strings = hold([sequence.encode("ascii") for sequence in self.sequences])
        return tokenize(tf.gather(strings, indices), self.alphabet)


@dataclass(frozen=True)
class ResidueSource:
    """Per-residue features, read when a batch is made; the file is never whole in memory.

    Parameters
    ----------
    store : PerResidueStore
        Profiles or embeddings of the whole sequences.
    ids : sequence of str
        Names of the examples in the store.
    max_length : int, optional
        Shorten longer ones, as their sequences were shortened.
    cut : callable
        How: from the features of a protein and `max_length` to what is kept of them.
    faults : list of ReproduceError
        Why batches could not be read; see `named_faults`.
    """

    store: PerResidueStore
    ids: Sequence[str]
    max_length: int | None = None
    cut: Callable[[np.ndarray, int], np.ndarray] = cut_middle
    faults: list[ReproduceError] = field(default_factory=list, repr=False, compare=False)

    def batch(self, indices: tf.Tensor) -> tf.RaggedTensor:
        """(batch,) int64 to (batch, (length), width), in the file's precision."""
        import tensorflow as tf

        types = [tf.as_dtype(self.store.dtype), tf.int64]
        values, lengths = tf.numpy_function(self._read_or_note, [indices], types)
        values.set_shape((None, self.store.width))
        lengths.set_shape((None,))
        return tf.RaggedTensor.from_row_lengths(values, lengths, validate=False)

    def read(self, indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Values (sum of lengths, width) and lengths (batch,) of some examples."""
        values, lengths = self.store.read_many([self.ids[index] for index in indices])
        if self.max_length is not None and lengths.max(initial=0) > self.max_length:
            parts = np.split(values, np.cumsum(lengths)[:-1])
            parts = [self.cut(part, self.max_length) for part in parts]
            values = np.concatenate(parts)
            lengths = np.array([len(part) for part in parts], dtype=np.int64)
        return values, lengths

    def _read_or_note(self, indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As `read`; keeps the error that TensorFlow would raise as one of its own."""
        try:
            return self.read(indices)
        except ReproduceError as fault:
            self.faults.append(fault)
            raise


@dataclass(frozen=True)
class VectorSource:
    """As many numbers for each example, without a ragged axis; all are held in memory.

    Parameters
    ----------
    values : (n, width) array
        Per-protein embeddings, counts of k-mers, or tokens at a fixed length.
    """

    values: np.ndarray

    def batch(self, indices: tf.Tensor) -> tf.Tensor:
        """(batch,) int64 to (batch, width), of the values' type."""
        import tensorflow as tf

        return tf.gather(hold(self.values), indices)


@dataclass(frozen=True)
class Examples:
    """What a model reads, and what it should answer.

    Parameters
    ----------
    ids : (n,) str
        Names of the records, for messages and predictions.
    lengths : (n,) int
        Residues or nucleotides of each, as the sources give them.
    sources : mapping of str to Source
        One for each input of the model, by the input's name.
    targets : (n, ...) array, mapping of str to array, or None
        What the heads should answer; None at prediction.
    """

    ids: np.ndarray
    lengths: np.ndarray
    sources: Mapping[str, Source]
    targets: Any = None
    weights: np.ndarray | None = field(default=None)

    def __len__(self) -> int:
        return len(self.ids)


@contextmanager
def named_faults(*examples: Examples | None) -> Iterator[None]:
    """Raise a source's own error in the place of what TensorFlow makes of it.

    Parameters
    ----------
    examples : Examples or None
        Those whose batches are read inside.
    """
    sources = [source for one in examples if one is not None for source in one.sources.values()]
    noted = [source.faults for source in sources if isinstance(source, ResidueSource)]
    for faults in noted:
        faults.clear()
    try:
        yield
    except Exception:
        for faults in noted:
            if faults:
                raise faults.pop(0) from None
        raise
