"""The two HDF5 layouts of per-residue features, and the index of a file in either.

An index is a dictionary of entries and one of widths, both by id, in the file's order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import h5py
import numpy as np

from common.errors import DataError

FLAT, ONE_EACH = "flat", "one data set per id"
LAYERS = 3
"""Of SeqVec, which its own tool and bio_embeddings write one above the other."""


class Entry(NamedTuple):
    """Where a protein's rows lie: a data set's name, its first row there, how many rows."""

    dataset: str
    start: int
    length: int


def is_flat(file: h5py.File) -> bool:
    """Whether a file has `/values`, `/offsets` and `/ids` (a vector, so no protein of that id)."""
    parts = [file.get(name) for name in ("values", "offsets", "ids")]
    return all(isinstance(part, h5py.Dataset) for part in parts) and parts[2].ndim == 1


def flat_index(file: h5py.File, path: str) -> tuple[dict[str, Entry], dict[str, int]]:
    """Index of the layout that `common.features.per_residue.write_store` writes.

    Raises
    ------
    DataError
        Ids, offsets and values do not fit together.
    """
    ids = file["ids"].asstr()[:]
    offsets = file["offsets"][:]
    values = file["values"]
    rows = np.diff(offsets)
    whole = len(offsets) == len(ids) + 1 and offsets[0] == 0 and offsets[-1] == len(values)
    if not whole or (rows < 1).any() or len(set(ids)) < len(ids) or values.ndim != 2:
        raise DataError(path, "ids, offsets and values do not fit together", "Make it again")
    starts = zip(ids, offsets[:-1].tolist(), rows.tolist(), strict=True)
    entries = {identifier: Entry("values", start, n) for identifier, start, n in starts}
    return entries, dict.fromkeys(entries, values.shape[1])


def named_index(file: h5py.File, path: str) -> tuple[dict[str, Entry], dict[str, int]]:
    """Index of a file with a data set for each protein; a vector is one row.

    Raises
    ------
    DataError
        A data set is not floats of (length, width), (3, length, width) or (width,); two stand for
        one id.
    """
    entries: dict[str, Entry] = {}
    widths: dict[str, int] = {}
    for name, dataset in _datasets(file):
        original = dataset.attrs.get("original_id", name)
        header = original.decode() if isinstance(original, bytes) else str(original)
        identifier = (header.split() or [header])[0]
        known = dataset.ndim in (1, 2) or dataset.shape[:-2] == (LAYERS,)
        if not known or 0 in dataset.shape or dataset.dtype.kind != "f":
            raise DataError(
                f"{path}: {identifier}",
                f"{dataset.dtype} of shape {dataset.shape}, and not floats of (length, width)",
                "Name a file of per-residue features (of SeqVec, also with its three layers)",
            )
        if identifier in entries:
            raise DataError(
                f"{path}: {identifier}",
                f"two data sets stand for it, {entries[identifier].dataset} and {name}",
                "Make the features again with unique ids",
            )
        entries[identifier] = Entry(name, 0, dataset.shape[-2] if dataset.ndim > 1 else 1)
        widths[identifier] = dataset.shape[-1]
    return entries, widths


def read_rows(dataset: h5py.Dataset, entry: Entry) -> np.ndarray:
    """Rows of one protein, (length, width); layers are summed, in single precision at least."""
    if dataset.ndim == 1:
        return dataset[:][np.newaxis]
    if dataset.ndim == 2:
        return dataset[entry.start : entry.start + entry.length]
    return dataset[:].sum(axis=0, dtype=np.promote_types(dataset.dtype, np.float32))


def _datasets(group: h5py.Group, prefix: str = "") -> Iterator[tuple[str, h5py.Dataset]]:
    """All data sets below a group with their names (an id with a slash makes groups)."""
    for name, item in group.items():
        if isinstance(item, h5py.Dataset):
            yield prefix + name, item
        elif isinstance(item, h5py.Group):
            yield from _datasets(item, f"{prefix}{name}/")
