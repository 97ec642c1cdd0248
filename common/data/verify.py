"""Is a file whole, and does it hold what the registry says?"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from common.data.content import measure
from common.data.registry import DataFile, Dataset, Integrity
from common.errors import DataError

CHUNK = 1 << 20
ORIGINAL, COPY, UNPINNED = "original", "copy", "unpinned"


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes in lower-case hexadecimal."""
    with Path(path).open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def git_blob(path: Path) -> str:
    """Id under which git stores a file: SHA-1 of ``blob <size>\\0`` and the bytes."""
    path = Path(path)
    digest = hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def matches(integrity: Integrity, path: Path) -> bool:
    """Whether a file has the size and the checksums that are known; False where none is known."""
    return (
        integrity.pinned
        and integrity.size in (None, Path(path).stat().st_size)
        and integrity.sha256 in (None, sha256(path))
        and integrity.git_blob in (None, git_blob(path))
    )


def identify(file: DataFile, path: Path) -> str | None:
    """Tell which of its two forms a file has.

    Returns
    -------
    str or None
        "original" or "copy" by checksum (bytes that are both count as the original); "unpinned"
        where the original has no published checksum and the file is not the mirror's copy: its
        content decides; None where it is neither, which is damage.
    """
    if matches(file.origin, path):
        return ORIGINAL
    if matches(file.copy, path):
        return COPY
    return None if file.origin.pinned else UNPINNED


def check_content(dataset: Dataset, paths: Mapping[str, Path]) -> list[str]:
    """Read the files of a data set and compare what they hold with the registry.

    Parameters
    ----------
    dataset : Dataset
        Its `checks` are compared: records, shortest and longest sequence, letters, classes,
        words of the header, columns, shapes of arrays.
    paths : mapping of str to Path
        By file name; checks of files that are not among them are left out.

    Returns
    -------
    list of str
        One line a problem, empty where all is as it should be.
    """
    problems: list[str] = []
    for check in dataset.checks:
        names = check.get("files", [file.name for file in dataset.files])
        if not set(names) <= paths.keys():
            continue
        where = f"{dataset.name} ({', '.join(names) if len(names) < 3 else f'{len(names)} files'})"
        try:
            found = measure(check, {name: paths[name] for name in names})
        except DataError as error:
            problems.append(f"{where}: {error}")
            continue
        problems += [
            f"{where}: {key} {_difference(check[key], value)}"
            for key, value in found.items()
            if value != check[key]
        ]
    return problems


def _difference(expected: object, found: object) -> str:
    """Say what differs; of two mappings only the keys that do."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        keys = [key for key in {**expected, **found} if expected.get(key) != found.get(key)]
        expected, found = ({key: side.get(key, 0) for key in keys} for side in (expected, found))
    return f"{found}, expected {expected}"
