"""The registry of data sets: what exists, where it comes from and how to tell that it is whole.

A table of `registry.toml`, beside this module, is a data set. Its keys:

| key | meaning |
|---|---|
| ``title``, ``licence``, ``citation``, ``address``, ``note`` | for people; ``address`` is a page |
| ``variant`` | how true the mirror's copy is (see `VARIANTS`) |
| ``origin_variant`` | how true the original is, where it differs; else as ``variant`` |
| ``instead`` | data set that holds the same facts in the authors' own format |
| ``source`` | GitHub ``repository``, ``commit`` and ``folder`` of the files |
| ``files`` | see below |
| ``checks`` | what a reading must find (`common.data.content`) |

Keys of a file: ``name`` (in the data folder), ``mirror`` (path under the mirror), ``sha256``,
``git_blob``, ``size`` in bytes; ``path`` under the source's folder (else the name) or a ``url`` of
its own; ``published = false`` where the source lacks it. ``origin`` holds the checksums of an
original whose bytes differ from the mirror's copy; ``{}`` where none is published, so that the
content checks decide.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from common.errors import DataError, UsageError, did_you_mean

REGISTRY = Path(__file__).with_name("registry.toml")

VARIANTS = ("exact", "reconstructed", "partial data", "stand-in", "simulated")
"""How true data are to the paper's own, the truest first."""

RAW = "https://raw.githubusercontent.com/{repository}/{commit}/{path}"
TEXT_KEYS = {"address", "instead", "note"}
DATASET_KEYS = TEXT_KEYS | {"title", "variant", "origin_variant", "licence", "citation"}
DATASET_KEYS |= {"source", "files", "checks"}
FILE_KEYS = {"name", "mirror", "sha256", "git_blob", "size", "path", "url", "published", "origin"}
HEX = {"sha256": re.compile(r"[0-9a-f]{64}"), "git_blob": re.compile(r"[0-9a-f]{40}")}


@dataclass(frozen=True)
class Integrity:
    """What pins the bytes of a file; all three are None where nothing does.

    Parameters
    ----------
    sha256, git_blob : str or None
        Lower-case hexadecimal. `git_blob` is the SHA-1 of ``blob <size>\\0`` and the bytes.
    size : int or None
        Bytes.
    """

    sha256: str | None = None
    git_blob: str | None = None
    size: int | None = None

    @property
    def pinned(self) -> bool:
        """Whether a checksum is known."""
        return bool(self.sha256 or self.git_blob)


@dataclass(frozen=True)
class DataFile:
    """One file of a data set.

    Parameters
    ----------
    name : str
        Its name in the data folder, that of the original.
    mirror : str or None
        Path under the mirror, with ``/``.
    url : str or None
        Address of the original.
    copy : Integrity
        Of the mirror's copy; of the original where there is no mirror path.
    origin : Integrity
        Of the original; the same as `copy` unless the registry says otherwise.
    """

    name: str
    mirror: str | None
    url: str | None
    copy: Integrity
    origin: Integrity

    @property
    def reconstructed(self) -> bool:
        """Whether the mirror's copy has other bytes than the original."""
        return self.copy != self.origin


@dataclass(frozen=True)
class Dataset:
    """A data set of the registry; its fields are the keys of the module's first table."""

    name: str
    title: str
    variant: str
    origin_variant: str
    files: tuple[DataFile, ...]
    licence: str
    citation: tuple[str, ...]
    address: str = ""
    instead: str = ""
    note: str = ""
    checks: tuple[Mapping[str, Any], ...] = ()

    def file(self, name: str) -> DataFile:
        """The file of this name; `KeyError` where there is none."""
        return {file.name: file for file in self.files}[name]


def least_exact(*variants: str) -> str:
    """Of several of `VARIANTS` the one that says most plainly what is not exact."""
    return max(variants, key=VARIANTS.index)


def load_registry(path: Path | None = None) -> dict[str, Dataset]:
    """Read and check the registry.

    Parameters
    ----------
    path : Path, optional
        Another registry than the suite's own.

    Returns
    -------
    dict of str to Dataset
        By name, in the order of the file.

    Raises
    ------
    DataError
        It is missing or not TOML, or an entry has an unknown key, variant or checksum form, or a
        path that leaves its folder.
    """
    return dict(_load(path or REGISTRY))


def find_dataset(name: str, registry: Mapping[str, Dataset] | None = None) -> Dataset:
    """The data set of this name.

    Raises
    ------
    UsageError
        There is none; near names are listed.
    """
    known = load_registry() if registry is None else registry
    if name in known:
        return known[name]
    raise UsageError(name, "no data set has this name", did_you_mean(name, known))


@cache
def _load(path: Path) -> dict[str, Dataset]:
    """Parse one registry file, once."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(str(path), f"cannot be read ({error})", "Restore the registry") from error
    try:
        registry = {name: _dataset(name, table) for name, table in tables.items()}
        unknown = {d.instead for d in registry.values()} - registry.keys() - {""}
        if unknown:
            raise ValueError(f"`instead` names unknown data sets: {sorted(unknown)}")
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(str(path), f"wrong entry: {error}", "Mend the registry") from error
    return registry


def _dataset(name: str, table: dict[str, Any]) -> Dataset:
    """Make a data set of its table."""
    _refuse_unknown(name, table.keys() - DATASET_KEYS)
    variant = table["variant"]
    origin_variant = table.get("origin_variant", variant)
    for value in (variant, origin_variant):
        if value not in VARIANTS:
            raise ValueError(f"{name}: variant {value!r} is not one of {', '.join(VARIANTS)}")
    files = tuple(_file(name, entry, table.get("source")) for entry in table["files"])
    if not files or len({file.name for file in files}) < len(files):
        raise ValueError(f"{name}: no files, or two of the same name")
    texts = {key: table.get(key, "") for key in TEXT_KEYS}
    return Dataset(
        name=name,
        title=table["title"],
        variant=variant,
        origin_variant=origin_variant,
        files=files,
        licence=table["licence"],
        citation=tuple(table["citation"]),
        checks=tuple(table.get("checks", ())),
        **texts,
    )


def _file(dataset: str, entry: dict[str, Any], source: dict[str, str] | None) -> DataFile:
    """Make a file of its entry, with the address that the source gives it."""
    where = f"{dataset}/{entry['name']}"
    _refuse_unknown(where, entry.keys() - FILE_KEYS)
    for path in (entry["name"], entry.get("mirror", entry["name"])):
        if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            raise ValueError(f"{where}: the path {path!r} leaves its folder")
    url = entry.get("url")
    if source and url is None and entry.get("published", True):
        path = PurePosixPath(source["folder"]) / entry.get("path", entry["name"])
        url = RAW.format(**source | {"path": quote(str(path))})
    copy = _integrity(where, entry)
    origin = _integrity(where, entry["origin"]) if "origin" in entry else copy
    mirror = entry.get("mirror")
    if mirror is None and url is None:
        raise ValueError(f"{where}: neither a mirror path nor an address")
    if mirror is not None and not copy.pinned:
        raise ValueError(f"{where}: a mirror path without a checksum")
    return DataFile(entry["name"], mirror, url, copy if mirror else origin, origin)


def _integrity(where: str, entry: dict[str, Any]) -> Integrity:
    """Checksums of an entry, of the right form."""
    for key, form in HEX.items():
        if key in entry and not form.fullmatch(entry[key]):
            raise ValueError(f"{where}: {key} {entry[key]!r} is not {form.pattern}")
    return Integrity(entry.get("sha256"), entry.get("git_blob"), entry.get("size"))


def _refuse_unknown(where: str, keys: set[str]) -> None:
    """Raise a `ValueError` for keys that the registry does not know."""
    if keys:
        raise ValueError(f"{where}: unknown keys {', '.join(sorted(keys))}")
