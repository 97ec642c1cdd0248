"""Embeddings of language models: which model made a file, and means over the residues."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np

from common.errors import DataError
from common.features.per_residue import PerResidueStore
from common.files import written_whole

MEANT = ("language_model", "revision", "layer", "side", "dtype")
"""What provenance says of a file of embeddings."""
NOT_TOLD = "not told"


def embedding_store(path: Path, language_model: str, width: int | None = None) -> PerResidueStore:
    """Open a file of embeddings, after its provenance was found to be that of a model.

    Parameters
    ----------
    path : Path
        HDF5 as `PerResidueStore` reads it.
    language_model : str
        The model that a network was or will be trained on.
    width : int, optional
        The model's features a residue.

    Raises
    ------
    DataError
        The file does not say which model made it, or it was another one.
    """
    store = PerResidueStore(path, width)
    made_by = store.provenance.get("language_model")
    if made_by is None:
        example = json.dumps({name: "..." for name in MEANT} | {"language_model": language_model})
        raise DataError(
            str(path),
            "does not say which language model made it",
            f"Write that to {path.name}.json beside it: {example}",
        )
    if made_by != language_model:
        raise DataError(
            str(path),
            f"embeddings of {made_by}, and not of {language_model}",
            f"Name a file of {language_model}, or a network that was trained on {made_by}",
        )
    return store


def provenance_of(store: PerResidueStore) -> dict[str, object]:
    """What a result says of the embeddings that it used: `MEANT`, each told or `NOT_TOLD`.

    The precision of others' files is that of their numbers. Empty for features that no language
    model made.
    """
    if "language_model" not in store.provenance:
        return {}
    told = {"dtype": str(store.dtype), **store.provenance}
    return {name: told.get(name, NOT_TOLD) for name in MEANT}


def mean_embeddings(
    store: PerResidueStore, ids: Sequence[str], cache: Path | None = None
) -> np.ndarray:
    """Mean over each protein's residues, read protein by protein.

    Parameters
    ----------
    store : PerResidueStore
    ids : sequence of str
    cache : Path, optional
        Where the means are kept; made again where the file or the ids have changed.

    Returns
    -------
    (n, width) float32
    """
    if cache is None:
        return _means(store, ids)
    about = store.path.stat()
    key = [about.st_size, about.st_mtime_ns, store.width, *ids]
    digest = hashlib.sha256(json.dumps(key).encode()).hexdigest()
    try:
        with h5py.File(cache, "r") as file:
            if file.attrs.get("digest") == digest:
                return file["means"][:]
    except OSError:
        pass
    means = _means(store, ids)
    with written_whole(cache) as temporary, h5py.File(temporary, "w") as file:
        file["means"] = means
        file.attrs["digest"] = digest
    return means


def _means(store: PerResidueStore, ids: Sequence[str]) -> np.ndarray:
    means = np.empty((len(ids), store.width), dtype=np.float32)
    for row, identifier in enumerate(ids):
        means[row] = store.read(identifier).mean(axis=0, dtype=np.float32)
    return means
