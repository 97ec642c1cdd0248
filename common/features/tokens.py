"""Letters to tokens, inside `tf.data`, with tensorflow-text.

A token is a `uint8`: 0 is padding and never stands for a residue; letter ``k`` of the alphabet
is token ``k + 1``. One byte a residue travels to the device, where a frozen table
(`common.layers.FixedEmbedding`) turns it into features.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from common.data.alphabet import Alphabet

if TYPE_CHECKING:
    import tensorflow as tf

PADDING = 0


def token_table(alphabet: Alphabet) -> np.ndarray:
    """Token of every ASCII code point.

    Parameters
    ----------
    alphabet : Alphabet
        Its ``letters`` are numbered from 1.

    Returns
    -------
    numpy.ndarray
        (128,) uint8; code points that are no letter of the alphabet give 0.
    """
    table = np.zeros(128, dtype=np.uint8)
    for position, letter in enumerate(alphabet.letters):
        table[ord(letter)] = position + 1
    return table


def tokenize(sequences: tf.Tensor, alphabet: Alphabet) -> tf.RaggedTensor:
    """Turn clean sequences into tokens, one a residue or nucleotide.

    Parameters
    ----------
    sequences : (batch,) string
        As `Alphabet.clean` returns them: every letter is one of ``alphabet.letters``.
    alphabet : Alphabet
        `PROTEIN` or `RNA`.

    Returns
    -------
    tf.RaggedTensor
        (batch, (length)) uint8.

    Raises
    ------
    tf.errors.InvalidArgumentError
        A letter outside the alphabet: the sequence was not cleaned.
    """
    import tensorflow as tf
    import tensorflow_text as tf_text

    points = tf_text.UnicodeCharTokenizer().tokenize(sequences)
    table = tf.constant(token_table(alphabet))
    tokens = tf.gather(table, tf.minimum(points.flat_values, 127))
    known = tf.debugging.assert_greater(
        tf.reduce_min(tf.concat([tokens, tf.constant([1], tf.uint8)], 0)),
        tf.constant(PADDING, tf.uint8),
        message=f"a letter outside the {alphabet.name} alphabet reached the tokenizer",
    )
    with tf.control_dependencies([known] if known is not None else []):
        return points.with_flat_values(tf.identity(tokens))
