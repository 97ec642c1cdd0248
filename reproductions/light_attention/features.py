"""What a network reads of each protein: one-hot letters, a profile, or embeddings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from common.embedders.models import find_model
from common.embedders.write import Protein, write_embeddings
from common.errors import UsageError
from common.features.embeddings import embedding_store, mean_embeddings, provenance_of
from common.features.per_residue import PerResidueStore
from common.features.truncation import cut_middle
from common.files import locked
from common.paths import cache_folder
from common.sources import ResidueSource, Source, TokenSource, VectorSource
from reproductions.light_attention.data import AMINO_ACIDS, Table

PER_PROTEIN = ("ffn", "at")
INPUTS = ("tokens", "profile", "embedding")
PROFILE_WIDTH = 20
PROFILE_FILE = "profiles.h5"
"""Its name among the cached embeddings."""


@dataclass(frozen=True)
class Features:
    """Features of all proteins of a table.

    Parameters
    ----------
    width : int
        Features a residue.
    cut_to : int
        Longest protein, its middle cut out; 0 for whole proteins.
    store : PerResidueStore or None
        Embeddings or profiles, of whole or cut proteins; None for one-hot letters.
    stored_whole : bool
        Whether the store holds whole proteins.
    """

    width: int
    cut_to: int
    store: PerResidueStore | None = None
    stored_whole: bool = True

    @property
    def provenance(self) -> dict[str, Any]:
        """Model, revision, layer, side and precision of the embeddings; empty for others."""
        return provenance_of(self.store) if self.store is not None else {}

    @property
    def key(self) -> str:
        """What identifies the embeddings or profiles."""
        return str(self.store.provenance.get("key", self.store.path)) if self.store else ""

    @property
    def remark(self) -> str:
        """What they are, for a reader of the results."""
        if self.store is None:
            return "one-hot letters"
        if self.provenance:
            return f"embeddings of {self.provenance['language_model']}"
        return f"profiles from {self.store.provenance.get('database', 'an unnamed database')}"

    def sequences(self, frame: pd.DataFrame) -> list[str]:
        """Sequences as the network sees them."""
        if not self.cut_to:
            return frame["sequence"].tolist()
        return [cut_middle(sequence, self.cut_to) for sequence in frame["sequence"]]

    def source(self, frame: pd.DataFrame) -> dict[str, Source]:
        """Input of a network that reads residues, by name."""
        if self.store is None:
            return {"tokens": TokenSource(self.sequences(frame), AMINO_ACIDS)}
        longest = self.cut_to if self.cut_to and self.stored_whole else None
        return {"embedding": ResidueSource(self.store, frame["id"].tolist(), longest)}

    def vectors(self, frame: pd.DataFrame) -> np.ndarray:
        """Mean embeddings (n, width) float32; those of a set of the paper are kept on the disk."""
        if self.store is None:
            raise UsageError("input", "one-hot letters have no mean", "Use input = embedding")
        if "split" not in frame:
            return mean_embeddings(self.store, frame["id"].tolist())
        name = f"{self.store.path.stem}-{frame['split'].iloc[0]}-means.h5"
        cache = cache_folder() / "embeddings" / "means" / name
        with locked(cache):
            return mean_embeddings(self.store, frame["id"].tolist(), cache)

    def pooled(self, frame: pd.DataFrame) -> dict[str, Source]:
        """Input of a network that reads one vector a protein, by name."""
        return {"protein": VectorSource(self.vectors(frame))}


def load_features(
    settings: Mapping[str, Any],
    table: Table,
    stream: Any = None,
    *,
    read: pd.DataFrame | None = None,
) -> Features:
    """Features that the settings name, computed where the cache lacks them.

    Parameters
    ----------
    settings : mapping
        ``input``; for embeddings ``embedder`` (a language model), ``embeddings`` (an HDF5 file of
        whole proteins, or nothing; networks that read means take one vector a protein too),
        ``embedding_dtype``, ``cut_to`` and ``network``; for profiles ``embeddings`` is their file.
    table : Table
        All its proteins are embedded.
    stream : file, optional
        Where the progress of the embedding is printed.
    read : DataFrame, optional
        ``id`` and ``sequence`` of those that a file of the user must hold; by default all.

    Returns
    -------
    Features

    Raises
    ------
    UsageError
        An unknown input or language model, one whose package is missing, or no file of profiles.
    DataError
        A file of embeddings or profiles is missing or damaged, was made by another model, or does
        not fit the proteins.
    """
    read = table.frame if read is None else read
    if settings["input"] not in INPUTS:
        fault = f"{settings['input']!r} is not known"
        raise UsageError("input", fault, f"Use {', '.join(INPUTS[:-1])} or {INPUTS[-1]}")
    if settings["input"] == "tokens":
        return Features(len(AMINO_ACIDS.letters), settings["cut_to"])
    if settings["input"] == "profile":
        return _profiles(settings, read)
    model = find_model(settings["embedder"])
    given = given_file(settings)
    path = given or _computed(settings, table.frame, stream)
    store = embedding_store(path, model.name, model.width)
    features = Features(model.width, settings["cut_to"], store, stored_whole=given is not None)
    frame = table.frame if given is None else read
    rows = features.sequences(frame) if given is None else frame["sequence"].tolist()
    if settings["network"] in PER_PROTEIN and store.is_reduced:
        store.lengths(frame["id"].tolist())
    else:
        store.check(frame["id"].tolist(), [len(sequence) for sequence in rows])
    return features


def _profiles(settings: Mapping[str, Any], frame: pd.DataFrame) -> Features:
    """Profiles of whole proteins from the file that the settings name."""
    path = given_file(settings)
    if path is None:
        usual = cache_folder() / "embeddings" / PROFILE_FILE
        fault = f"no file of profiles is named, and none lies at {usual}"
        remedy = f"Lay an HDF5 file of {PROFILE_WIDTH} features a residue there"
        raise UsageError("embeddings", fault, f"{remedy}, or name one: --set embeddings=FILE")
    store = PerResidueStore(path, PROFILE_WIDTH)
    store.check(frame["id"].tolist(), frame["sequence"].str.len().tolist())
    return Features(PROFILE_WIDTH, settings["cut_to"], store)


def own_features(settings: Mapping[str, Any], frame: pd.DataFrame, stream: Any = None) -> Features:
    """Features of proteins that are not the paper's, computed where the cache lacks them.

    Parameters
    ----------
    settings : mapping
        As for `load_features`.
    frame : DataFrame
        ``id`` and ``sequence`` (clean, whole).
    stream : file, optional
        Where the progress of the embedding is printed.
    """
    if settings["input"] == "tokens":
        return load_features(settings, Table(frame, "exact", {}), stream)
    model = find_model(settings["embedder"])
    store = embedding_store(_computed(settings, frame, stream), model.name, model.width)
    return Features(model.width, settings["cut_to"], store, stored_whole=False)


def given_file(settings: Mapping[str, Any]) -> Path | None:
    """Features of whole proteins that a user made: named, or laid in the cache.

    There it is `PROFILE_FILE`, or a file by the language model's name; for networks that read
    means, one of a vector a protein comes first.
    """
    if settings["embeddings"]:
        return Path(settings["embeddings"])
    usual = [f"{settings['embedder']}.h5"]
    if settings["input"] == "profile":
        usual = [PROFILE_FILE]
    elif settings["network"] in PER_PROTEIN:
        usual.insert(0, f"{settings['embedder']}-reduced.h5")
    folder = cache_folder() / "embeddings"
    return next((folder / name for name in usual if (folder / name).exists()), None)


def has_features(settings: Mapping[str, Any], table: Table) -> bool:
    """Whether `load_features` would find all embeddings; nothing is computed."""
    if settings["input"] == "tokens" or given_file(settings):
        return True
    return _cached(settings, table.frame)[0].exists()


def _cached(settings: Mapping[str, Any], frame: pd.DataFrame) -> tuple[Path, list[Protein]]:
    """Where the cache has the embeddings of some proteins, and these as they are embedded."""
    kind, dtype = _kind(settings)
    cut = Features(0, settings["cut_to"]).sequences(frame)
    proteins = [Protein(*pair) for pair in zip(frame["id"], cut, strict=True)]
    content = "\n".join(f"{one.id}\t{one.sequence}" for one in proteins)
    digest = hashlib.sha256(f"{dtype}\n{content}".encode()).hexdigest()[:12]
    name = f"{settings['embedder']}-{kind}-{digest}.h5"
    return cache_folder() / "embeddings" / name, proteins


def _kind(settings: Mapping[str, Any]) -> tuple[str, str]:
    """What is kept, and its precision.

    Networks that read means get a file of means in single precision: it is a few hundred times
    smaller than one of residues.
    """
    if settings["network"] in PER_PROTEIN:
        return "means", "float32"
    return "residues", settings["embedding_dtype"]


def _computed(settings: Mapping[str, Any], frame: pd.DataFrame, stream: Any) -> Path:
    """Embeddings of some proteins from the cache, made where they are not there."""
    from common.embedders.models import load_embedder

    path, proteins = _cached(settings, frame)
    if not path.exists():
        kind, dtype = _kind(settings)
        with locked(path):
            write_embeddings(
                load_embedder(settings["embedder"]),
                proteins,
                path,
                dtype=dtype,
                per_protein=kind == "means",
                stream=stream,
            )
    return path
