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
        example = json.dumps({"language_model": language_model, "revision": "...", "layer": "..."})
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
    """What a result says of the embeddings that it used."""
    return {name: store.provenance[name] for name in MEANT if name in store.provenance}


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


def read_per_protein(path: Path, ids: Sequence[str]) -> np.ndarray:
    """Read a file of per-protein embeddings: a (width,) data set for each protein.

    bio_embeddings' ``reduced_embeddings_file.h5`` and ProtTrans' per-protein files; ids as for
    `PerResidueStore`.

    Returns
    -------
    (n, width) float32

    Raises
    ------
    DataError
        The file is unreadable; an id is missing or stands for two data sets; a vector is NaN,
        infinite, of another width, or no vector.
    """
    try:
        with h5py.File(path, "r") as file:
            names = _vector_names(file, str(path))
            missing = [identifier for identifier in ids if identifier not in names]
            if missing:
                raise DataError(
                    f"{path}: {missing[0]}",
                    f"missing (as are {len(missing) - 1} more ids) among {len(names)} proteins",
                    "Make the embeddings for every protein of the table",
                )
            rows = [file[names[identifier]][:] for identifier in ids]
    except (OSError, RuntimeError, KeyError) as error:
        fault = "no such file" if isinstance(error, FileNotFoundError) else f"unreadable ({error})"
        raise DataError(str(path), fault, "Make the file again") from error
    for identifier, row in zip(ids, rows, strict=True):
        if row.shape != rows[0].shape or not np.isfinite(row).all():
            fault = f"shape {row.shape} (the first has {rows[0].shape}), or values not finite"
            raise DataError(f"{path}: {identifier}", fault, "Make this embedding again")
    return np.stack(rows).astype(np.float32)


def _vector_names(file: h5py.File, path: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for name, dataset in file.items():
        original = dataset.attrs.get("original_id", name)
        header = original.decode() if isinstance(original, bytes) else str(original)
        identifier = (header.split() or [header])[0]
        if not isinstance(dataset, h5py.Dataset) or dataset.ndim != 1:
            fault = "no vector: this file is not one of per-protein embeddings"
            raise DataError(f"{path}: {identifier}", fault, "Name the reduced embeddings")
        if identifier in names:
            fault = f"two data sets stand for it, {names[identifier]} and {name}"
            raise DataError(f"{path}: {identifier}", fault, "Make them again with unique ids")
        names[identifier] = name
    return names


def _means(store: PerResidueStore, ids: Sequence[str]) -> np.ndarray:
    means = np.empty((len(ids), store.width), dtype=np.float32)
    for row, identifier in enumerate(ids):
        means[row] = store.read(identifier).mean(axis=0, dtype=np.float32)
    return means
