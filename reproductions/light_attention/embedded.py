"""A network on embeddings and its language model as one network that reads letters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from common.layers import GlobalMaskedAveragePool1D, RaggedToDense
from common.layers.inputs import length_input, sequence_input
from reproductions.light_attention.data import AMINO_ACIDS
from reproductions.light_attention.model import attended

Tensor = Any


def on_letters(model: keras.Model, settings: Mapping[str, Any]) -> keras.Model:
    """Put a network behind the language model whose embeddings it was trained on.

    Embeddings are rounded to the precision of the file that the network learnt from.

    Parameters
    ----------
    model : keras.Model
        From `model.build`.
    settings : mapping
        Resolved `settings.toml`; ``embedder`` is UniRep or ``random-8``.

    Returns
    -------
    keras.Model
        From ``tokens`` (batch, (length)) uint8 of `AMINO_ACIDS` and ``length`` (batch,) to the
        outputs of `model.attended`.

    Raises
    ------
    UsageError
        The package with the language model's weights is not installed.
    """
    network = attended(model)
    if settings["input"] == "tokens":
        return network
    from common.embedders.models import load_embedder

    embedder: Any = load_embedder(settings["embedder"])
    tokens, length = sequence_input("tokens"), length_input()
    dense, mask = RaggedToDense(name="letters")(tokens, length)
    states = embedder.on_tokens(AMINO_ACIDS)(dense)
    if settings["network"] == "ffn":
        mean = GlobalMaskedAveragePool1D(name="mean_embedding")(states, mask=mask)
        outputs = network({"protein": mean, "length": length})
    else:
        rounded = _rounded(states, settings["embedding_dtype"])
        outputs = network({"embedding": rounded, "length": length})
    inputs = {"tokens": tokens, "length": length}
    return keras.Model(inputs, outputs, name=f"{model.name}_on_letters")


def _rounded(states: Tensor, dtype: str) -> Tensor:
    return states if dtype == "float32" else ops.cast(ops.cast(states, dtype), "float32")
