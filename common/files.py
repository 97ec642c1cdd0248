"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from common.errors import StorageError, UsageError
from common.paths import variable_of

if TYPE_CHECKING:
    from filelock import FileLock


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Hand out a temporary path that takes the place of `path` when the block ends well.

    Parameters
    ----------
    path : Path
        The final file. Its folder is made where it is missing.

    Yields
    ------
    Path
        A file of another name in the same folder, with the same suffixes.

    Raises
    ------
    StorageError
        The folder is read-only or the disk is full; nothing is left behind.
    """
    path = Path(path)
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            prefix=".part-", suffix="".join(path.suffixes[-2:]), dir=path.parent
        )
        os.close(handle)
        temporary = Path(name)
        temporary.chmod(0o644)
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        fault = storage_error(path, error)
        if fault is error:
            raise
        raise fault from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def storage_error(path: Path, error: OSError) -> Exception:
    """Turn an `OSError` into a `StorageError` where the disk or a permission is at fault."""
    full = "Free some space and start again: finished work is kept"
    variable = variable_of(path)
    elsewhere = "Name an output in a writable folder"
    if variable:
        elsewhere = f"Name a writable folder with {variable}"
    remedies = {
        errno.ENOSPC: ("no space left on the disk", full),
        errno.EDQUOT: ("the disk quota is used up", full),
        errno.EROFS: ("the folder is read-only", elsewhere),
        errno.EACCES: ("writing is not permitted", elsewhere),
        errno.EPERM: ("writing is not permitted", elsewhere),
        errno.ENOTDIR: ("a file stands where a folder is needed", elsewhere),
        errno.EEXIST: ("a file stands where a folder is needed", elsewhere),
        errno.ENAMETOOLONG: ("this name is too long", "Name an output with a shorter one"),
    }
    if error.errno not in remedies:
        return error
    return StorageError(str(path), *remedies[error.errno])


def check_writable(path: Path) -> None:
    """Find out before long work whether a file can be written; nothing is left, no folder either.

    Raises
    ------
    StorageError
        Its folder is read-only or not a folder, the disk is full, or the name is too long.
    """
    path = Path(path)
    try:
        with _no_empty_folder(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(prefix=f".{path.name}-", dir=path.parent) as trial:
                trial.write(b"0")
                trial.flush()
    except OSError as error:
        raise storage_error(path, error) from error


@contextmanager
def _no_empty_folder(path: Path) -> Iterator[None]:
    """Remove the folders above a file that were not there before and in which nothing lies."""
    missing = [folder for folder in Path(path).parents if not folder.exists()]
    try:
        yield
    finally:
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Call ``write(temporary)`` and put the result in the place of `path`."""
    with written_whole(path) as temporary:
        write(temporary)


def _lock_of(path: Path) -> FileLock:
    """The lock beside a file, ``.NAME.lock``, in a folder that is made where it is not there."""
    from filelock import FileLock

    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(path.with_name(f".{path.name}.lock"))
    except OSError as error:
        raise storage_error(path, error) from error


@contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """Keep a second process from writing the same file; no lock and no empty folder is left.

    Raises
    ------
    UsageError
        Another process is writing it.
    StorageError
        The folder cannot be written.
    """
    from filelock import Timeout

    with _no_empty_folder(path):
        lock = _lock_of(path)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            fault = "another process is writing it"
            raise UsageError(str(path), fault, "Wait for that one, or name another file") from error
        except OSError as error:
            raise storage_error(path, error) from error
        try:
            yield
        finally:
            Path(lock.lock_file).unlink(missing_ok=True)
            lock.release()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file for one process at a time, so that jobs at once do not make it twice.

    Parameters
    ----------
    path : Path
        The file to be made. The lock is a file beside it, ``.NAME.lock``; it is let go when the
        process ends, however it ends.

    Raises
    ------
    StorageError
        The folder cannot be written.
    """
    lock = _lock_of(path)
    try:
        lock.acquire()
    except OSError as error:
        raise storage_error(path, error) from error
    try:
        yield
    finally:
        lock.release()
