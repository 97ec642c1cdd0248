"""Per-residue features in HDF5: profiles and language models' embeddings.

Two layouts are read, and `PerResidueStore.layout` says which one a file has:

- ``"flat"``, what `write_store` writes: `/values` (total, width), `/offsets` (n + 1) and `/ids`
  (n), so that a batch costs one slice a protein and no look-up of names inside the file;
- ``"one data set per id"``, what bio_embeddings and ProtTrans write: a (length, width) data set
  for each protein, whose name is the id or, with an `original_id` attribute, stands for it. Of a
  whole FASTA header the first word is the id. Their per-protein files hold a (width,) vector
  each; it counts as one row. SeqVec's three layers, (3, length, width), are summed as they are
  read, as its paper does.

A file is opened at its first use. Values are checked for NaN and infinity when a protein is read
for the first time.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from common.errors import DataError
from common.features.layouts import (
    FLAT,
    ONE_EACH,
    Entry,
    flat_index,
    is_flat,
    named_index,
    read_rows,
)
from common.files import written_whole

CHUNK_BYTES = 1 << 16
UNWRITTEN_BYTES = 1 << 24  # more than HDF5 holds back before it writes


class PerResidueStore:
    """Lazy reader of per-residue features.

    Parameters
    ----------
    path : Path
        HDF5 file in one of the two layouts.
    width : int, optional
        The width that the file must have; by default whatever it has.

    Raises
    ------
    DataError
        At the first use: the file is missing, truncated or no HDF5; a data set is none of
        (length, width), (3, length, width) and (width,), or its width differs; two data sets have
        one `original_id`.
    """

    def __init__(self, path: Path, width: int | None = None) -> None:
        self.path = Path(path)
        self._expected_width = width
        self._handle: h5py.File | None = None
        self._finite: set[str] = set()

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_handle": None}

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._entries

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids in the file's order."""
        return tuple(self._entries)

    @cached_property
    def layout(self) -> str:
        """``"flat"`` or ``"one data set per id"``."""
        with self._reading("the file"):
            return FLAT if is_flat(self._file) else ONE_EACH

    @property
    def width(self) -> int:
        """Features per residue."""
        return self._index[1]

    @cached_property
    def is_reduced(self) -> bool:
        """Whether every protein has one row only: its embedding as a whole."""
        return all(entry.length == 1 for entry in self._entries.values())

    @property
    def dtype(self) -> np.dtype:
        """Precision of the values; float64 files are read as they are."""
        return self._dtype

    @cached_property
    def provenance(self) -> dict:
        """What the writer noted: tool, version, database, ...

        From the file itself or, as others' files hold none, from ``FILE.json`` beside it; empty
        where nothing was noted.
        """
        beside = self.path.with_name(f"{self.path.name}.json")
        with self._reading("the provenance"):
            noted = self._file.attrs.get("provenance")
            if noted is None and beside.exists():
                noted = beside.read_text(encoding="utf-8")
            return json.loads(noted or "{}")

    def lengths(self, ids: Sequence[str]) -> np.ndarray:
        """Residues of each protein, (n,) int64; a missing id raises `DataError`."""
        return np.array([self._entry(identifier).length for identifier in ids], dtype=np.int64)

    def read(self, identifier: str) -> np.ndarray:
        """One protein's features.

        Returns
        -------
        np.ndarray, (length, width), in the file's precision

        Raises
        ------
        DataError
            The id is missing, or its values are unreadable, NaN or infinite.
        """
        return self.read_many([identifier])[0]

    def read_many(self, ids: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Features of a batch, one protein after the other.

        Parameters
        ----------
        ids : sequence of str
            In any order; an id may occur twice.

        Returns
        -------
        values : (sum of lengths, width), in the file's precision
        lengths : (len(ids),) int64

        Raises
        ------
        DataError
            As in `read`.
        """
        entries = [self._entry(identifier) for identifier in ids]
        lengths = np.array([entry.length for entry in entries], dtype=np.int64)
        ends = np.cumsum(lengths)
        values = np.empty((int(lengths.sum()), self.width), dtype=self._dtype)
        dataset: Any = None
        name = None
        for identifier, entry, end in zip(ids, entries, ends, strict=True):
            with self._reading(identifier):
                if name != entry.dataset:
                    dataset, name = self._file[entry.dataset], entry.dataset
                values[end - entry.length : end] = read_rows(dataset, entry)
        for identifier, length, end in zip(ids, lengths, ends, strict=True):
            if identifier not in self._finite:
                self._check_finite(identifier, values[end - length : end])
        return values, lengths

    def check(self, ids: Sequence[str], lengths: Sequence[int], *, values: bool = False) -> None:
        """Check that the file fits a table before a run starts.

        Parameters
        ----------
        ids : sequence of str
        lengths : sequence of int
            Residues of each protein's sequence.
        values : bool
            Also read everything and look for NaN and infinity (slow for large files).

        Raises
        ------
        DataError
            Names the file and the first id that is missing or has another length, and how many.
        """
        missing = [identifier for identifier in ids if identifier not in self._entries]
        if missing:
            self._entry(missing[0], f" (as are {len(missing) - 1} more ids)")
        pairs = list(zip(ids, self.lengths(ids), lengths, strict=True))
        wrong = [pair for pair in pairs if pair[1] != pair[2]]
        if wrong:
            identifier, rows, residues = wrong[0]
            raise DataError(
                f"{self.path}: {identifier}",
                f"{rows} rows for a sequence of {residues} residues ({len(wrong)} such proteins)",
                "Make the features from exactly these sequences, uncut and without special tokens",
            )
        if values:
            for identifier in ids:
                self.read(identifier)

    @property
    def _file(self) -> h5py.File:
        if self._handle is None:
            self._handle = h5py.File(self.path, "r")
        return self._handle

    @property
    def _entries(self) -> dict[str, Entry]:
        return self._index[0]

    @cached_property
    def _dtype(self) -> np.dtype:
        first = next(iter(self._entries.values()))
        return self._file[first.dataset].dtype

    @cached_property
    def _index(self) -> tuple[dict[str, Entry], int]:
        """Entries by id, and the width that all share."""
        with self._reading("the file"):
            read_index = flat_index if self.layout == FLAT else named_index
            entries, widths = read_index(self._file, str(self.path))
        if not entries:
            raise DataError(str(self.path), "no protein in it", "Make the features again")
        expected = self._expected_width or next(iter(widths.values()))
        for identifier, width in widths.items():
            if width != expected:
                raise DataError(
                    f"{self.path}: {identifier}",
                    f"{width} features per residue, and not {expected}",
                    "Name the file that belongs to this model",
                )
        return entries, expected

    def _entry(self, identifier: str, more: str = "") -> Entry:
        entry = self._entries.get(identifier)
        if entry is not None:
            return entry
        renamed = identifier.replace("/", "_").replace(".", "_")
        hint = f" (it has {renamed})" if renamed in self._entries else ""
        raise DataError(
            f"{self.path}: {identifier}",
            f"missing{more} among the file's {len(self)} proteins{hint}",
            "Make the features for every protein of the table, under the table's ids",
        )

    def _check_finite(self, identifier: str, values: np.ndarray) -> None:
        bad = np.flatnonzero(~np.isfinite(values).all(axis=1))
        if len(bad):
            raise DataError(
                f"{self.path}: {identifier}",
                f"NaN or infinite values at {len(bad)} residues, the first is {bad[0] + 1}",
                "Make the features of this protein again, in float32",
            )
        self._finite.add(identifier)

    @contextmanager
    def _reading(self, what: str) -> Iterator[None]:
        """Turn what h5py raises into a `DataError` that names the file and what was being read."""
        try:
            yield
        except (OSError, RuntimeError, KeyError, ValueError) as error:
            fault = (
                "no such file" if isinstance(error, FileNotFoundError) else f"unreadable ({error})"
            )
            raise DataError(
                f"{self.path}: {what}", fault, "Make the file again or fetch it again"
            ) from error


def write_store(
    path: Path,
    items: Iterable[tuple[str, np.ndarray]],
    provenance: Mapping[str, object] | Callable[[], Mapping[str, object]],
    dtype: str = "float16",
) -> Path:
    """Write features in the flat layout, whole or not at all.

    Parameters
    ----------
    path : Path
    items : iterable of (id, (length, width) array)
        Taken one by one: nothing but the protein at hand is held in memory.
    provenance : mapping, or callable
        What JSON can hold; or a function that returns it, called after the last item.
    dtype : {"float16", "float32"}

    Returns
    -------
    Path
        The file. Its chunks carry checksums, so a damaged one is noticed when it is read.

    Raises
    ------
    DataError
        No item, an id given twice, another shape than (length >= 1, width), or a value that is not
        finite in `dtype`.
    StorageError
        The folder cannot be written.
    """
    path = Path(path)
    with written_whole(path) as temporary, h5py.File(temporary, "w") as file:
        offsets: dict[str, int] = {}
        values: h5py.Dataset | None = None
        total = 0
        for identifier, array in items:
            width = None if values is None else values.shape[1]
            rows = _checked(f"{path}: {identifier}", array, width, dtype, identifier in offsets)
            if values is None:
                values = _growing(file, rows.shape[1], dtype)
            total += len(rows)
            _check_space(temporary, rows.nbytes)
            values.resize(total, axis=0)
            values[total - len(rows) :] = rows
            offsets[identifier] = total
        if values is None:
            raise DataError(str(path), "no protein to write", "Name at least one")
        _check_space(temporary, 64 * len(offsets))
        file["offsets"] = np.array([0, *offsets.values()], dtype=np.int64)
        file.create_dataset("ids", data=list(offsets), dtype=h5py.string_dtype())
        noted = provenance() if callable(provenance) else provenance
        file.attrs["provenance"] = json.dumps(dict(noted), sort_keys=True)
    return path


def _check_space(path: Path, size: int) -> None:
    """Stop while there is room left: HDF5 ends the whole process where its own writing fails."""
    if shutil.disk_usage(path.parent).free < size + UNWRITTEN_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def _growing(file: h5py.File, width: int, dtype: str) -> h5py.Dataset:
    rows = max(1, CHUNK_BYTES // (width * np.dtype(dtype).itemsize))
    return file.create_dataset(
        "values", (0, width), dtype, maxshape=(None, width), chunks=(rows, width), fletcher32=True
    )


def _checked(
    record: str, array: np.ndarray, width: int | None, dtype: str, seen: bool
) -> np.ndarray:
    """The array in the file's precision, or a `DataError`."""
    array = np.asarray(array)
    fault = None
    if seen:
        fault = "the same id twice"
    elif array.ndim != 2 or 0 in array.shape or (width is not None and array.shape[1] != width):
        fault = f"shape {array.shape}, and not (length, {width or 'width'})"
    else:
        with np.errstate(over="ignore"):
            array = array.astype(dtype)
        if not np.isfinite(array).all():
            fault = f"values that are not finite in {dtype}"
    if fault:
        raise DataError(record, fault, "Mend the features before writing them")
    return array
