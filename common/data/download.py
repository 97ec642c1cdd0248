"""Downloads that go on where they were broken off.

Pooch streams and shows the progress; what it lacks, resuming, is added here: the bytes go to
``NAME.part`` beside the final file, and a later try asks for the rest with an HTTP ``Range``.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, BinaryIO

import pooch
import requests
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from common.errors import DataError
from common.files import storage_error

CHUNK = 1 << 16
TRIES = 4
PAUSE = 1.0
TIMEOUT = 30


class Bar:
    """Progress bar of one download on the standard error, in the form that Pooch calls.

    Parameters
    ----------
    name : str
        File name, shown in front.
    done : int
        Bytes that an earlier try has left.
    """

    def __init__(self, name: str, done: int = 0) -> None:
        columns = (TextColumn("{task.description}"), BarColumn())
        more = (DownloadColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, *more, console=Console(stderr=True))
        self._task = self._progress.add_task(name, total=None, completed=done)
        self._done = done
        self._progress.start()

    @property
    def total(self) -> float | None:
        """Bytes of the whole file; set with the bytes of this try, None where unknown."""
        return self._progress.tasks[0].total

    @total.setter
    def total(self, remaining: int) -> None:
        self._progress.update(self._task, total=self._done + remaining if remaining else None)

    def update(self, count: int) -> None:
        """Count `count` further bytes."""
        self._progress.advance(self._task, count)

    def reset(self) -> None:
        """Go back to the bytes that an earlier try has left."""
        self._progress.update(self._task, completed=self._done)

    def close(self) -> None:
        """Stop drawing."""
        self._progress.stop()


class ResumingDownloader(pooch.HTTPDownloader):
    """Pooch's HTTP downloader that appends to what is already there.

    Parameters
    ----------
    progress : bool
        Show a bar on the standard error.
    """

    def __init__(self, progress: bool = False) -> None:
        super().__init__(chunk_size=CHUNK, timeout=TIMEOUT)
        self.progress = progress

    def __call__(
        self, url: str, output_file: str | Path, pooch: object = None, check_only: bool = False
    ) -> bool | None:
        """Download the rest of `url` to the end of `output_file`.

        A server that knows no ranges sends everything: then the file starts anew.

        Raises
        ------
        requests.RequestException
            The server refuses or the connection breaks; what has come stays in the file.
        OSError
            The file cannot be written.
        """
        if check_only:
            return super().__call__(url, output_file, pooch, check_only=True)
        with Path(output_file).open("ab") as handle:
            done = handle.tell()
            self.kwargs |= {
                "headers": {"Accept-Encoding": "identity"}
                | ({"Range": f"bytes={done}-"} if done else {}),
                "hooks": {"response": lambda response, **_: _start_anew(response, handle)},
            }
            name = Path(output_file).name.removesuffix(".part")
            bar = Bar(name, done) if self.progress else None
            self.progressbar = bar or False
            try:
                return super().__call__(url, handle, pooch)
            finally:
                if bar is not None:
                    bar.close()


def _start_anew(response: requests.Response, handle: BinaryIO) -> None:
    """Empty the file where the answer is not the part that was asked for."""
    offset = response.headers.get("Content-Range", "").partition("-")[0].removeprefix("bytes ")
    wrong_part = response.status_code == 206 and offset != str(handle.tell())
    if response.status_code == 200 or wrong_part:
        handle.truncate(0)
        handle.seek(0)
    if wrong_part:
        raise requests.exceptions.InvalidHeader(f"a part from byte {offset!r} on was sent")


def download(url: str, path: Path, progress: bool = True) -> None:
    """Download a file; it appears under its name when it is complete.

    Parameters
    ----------
    url : str
        An HTTP or HTTPS address.
    path : Path
        The final file; its folder is made. ``NAME.part`` keeps what has come so far.
    progress : bool
        Show a bar on the standard error.

    Raises
    ------
    DataError
        The server refuses, or the connection breaks `TRIES` times.
    StorageError
        No space, or a folder that cannot be written; the part stays for the next try.
    """
    path = Path(path)
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for tries_left in reversed(range(TRIES)):
            try:
                ResumingDownloader(progress)(url, part)
                break
            except requests.RequestException as error:
                part_is_whole = _status(error) == 416
                if part_is_whole:
                    part.unlink(missing_ok=True)
                if not tries_left or (400 <= _status(error) < 500 and not part_is_whole):
                    raise _failure(url, part, error) from error
                time.sleep(PAUSE * (TRIES - tries_left))
        part.replace(path)
    except OSError as error:
        raise storage_error(part, error) from error


def _status(error: requests.RequestException) -> int:
    """HTTP status of a failed request, 0 where the server has not answered."""
    return 0 if error.response is None else error.response.status_code


def _failure(url: str, part: Path, error: requests.RequestException) -> DataError:
    """The error for a download that is given up; an empty part is removed."""
    kept = part.stat().st_size if part.exists() else 0
    if not kept:
        part.unlink(missing_ok=True)
    status = _status(error)
    fault = (
        f"the server answered {status}" if status else f"the connection failed ({_reason(error)})"
    )
    return DataError(
        url,
        fault + (f"; {kept:,} bytes are kept in {part}" if kept else ""),
        "Start again: the download goes on where it was"
        if kept
        else "Check the connection, or put the file in place by hand",
    )


def _reason(error: Any) -> str:
    """The innermost cause of a failed request, in a few words."""
    while error.args and isinstance(error.args[0], Exception):
        error = error.args[0]
    return str(getattr(error, "reason", None) or error)[:120]
