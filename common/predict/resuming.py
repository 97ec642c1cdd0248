"""A stream of predictions that is stopped at any moment goes on behind its last whole window.

A window's predictions are appended to ``OUTPUT.part`` and then, in ``OUTPUT.state.json``, the
length of that file is noted: what stands beyond it belongs to a window that was not finished and is
cut off when the command is started again. Where the file is shorter than noted, the stream starts
anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from common.files import written_whole
from common.predict.panel import Answering


@dataclass(frozen=True)
class Progress:
    """How far a stream of predictions is.

    Parameters
    ----------
    read, predicted, repeated, rejected : int
        Records read; those with a prediction; further copies of a record; bad ones.
    bytes, rejected_bytes : int
        Lengths of the output and of the list of bad records after the last whole window.
    ended : bool
        Whether that window was the last.
    """

    read: int = 0
    predicted: int = 0
    repeated: int = 0
    rejected: int = 0
    bytes: int = 0
    rejected_bytes: int = 0
    ended: bool = False


def identity_of(
    predictor: Answering, source: Path, form: str, window: int, content: str = ""
) -> dict[str, Any]:
    """What must be the same for a stopped stream to go on.

    Parameters
    ----------
    content : str
        Checksum of a source whose path and time say nothing.
    """
    return {
        **({"content": content} if content else _place_of(Path(source))),
        **predictor.identity,
        "form": form,
        "window": window,
    }


def _place_of(source: Path) -> dict[str, Any]:
    about = source.stat() if source.exists() else None
    return {
        "source": str(source.resolve()),
        "size": about.st_size if about else None,
        "modified": about.st_mtime_ns if about else None,
    }


def resume(
    state: Path, identity: dict[str, Any], part: Path, bad: Path, skip_bad: bool
) -> Progress:
    """Progress of an earlier start of the same work; where there is none, none and no state.

    An earlier start does not count where its files are shorter than noted, nor where it skipped
    bad records at which this one must stop.
    """
    done = _noted(state, identity)
    whole = _size(part) >= done.bytes and _size(bad) >= done.rejected_bytes
    if done.bytes + done.rejected_bytes and whole and (skip_bad or not done.rejected):
        return done
    state.unlink(missing_ok=True)
    return Progress()


def _noted(state: Path, identity: dict[str, Any]) -> Progress:
    try:
        noted = json.loads(state.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return Progress()
    return Progress(**noted["done"]) if noted.get("identity") == identity else Progress()


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def note(state: Path, identity: dict[str, Any], done: Progress) -> None:
    with written_whole(state) as temporary:
        temporary.write_text(json.dumps({"identity": identity, "done": asdict(done)}))


@contextmanager
def opened(path: Path, size: int) -> Iterator[BinaryIO]:
    """A file to append to, cut to what was noted as whole."""
    path.touch()
    with path.open("r+b") as stream:
        stream.truncate(size)
        stream.seek(size)
        yield stream


def saved(stream: BinaryIO) -> int:
    """Length of the file after everything is on the disk."""
    stream.flush()
    os.fsync(stream.fileno())
    return stream.tell()
