"""Downloads from a server on this machine: resumed, refused, broken off."""

from __future__ import annotations

import errno
import socket
from pathlib import Path
from typing import Any

import pytest

from common.data import download as module
from common.data.download import Bar, ResumingDownloader, download
from common.errors import DataError, StorageError


def part_of(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def test_a_whole_download(tmp_path: Path, web: Any) -> None:
    path = tmp_path / "new" / "x.fasta"
    download(web.url, path, progress=False)
    assert path.read_bytes() == web.content
    assert [p.name for p in path.parent.iterdir()] == ["x.fasta"]
    assert web.ranges == [None]


def test_a_broken_connection_is_taken_up_where_it_broke(tmp_path: Path, web: Any) -> None:
    web.break_after = [100_000, 70_000]
    download(web.url, tmp_path / "x", progress=False)
    assert (tmp_path / "x").read_bytes() == web.content
    assert len(web.ranges) == 3
    starts = [int(r.removeprefix("bytes=").rstrip("-")) for r in web.ranges[1:]]
    assert 0 < starts[0] <= 100_000 and starts[0] < starts[1] <= 170_000
    assert not part_of(tmp_path / "x").exists()


def test_a_part_of_an_earlier_run_is_used(tmp_path: Path, web: Any) -> None:
    part_of(tmp_path / "x").write_bytes(web.content[:150_000])
    download(web.url, tmp_path / "x", progress=False)
    assert (tmp_path / "x").read_bytes() == web.content
    assert web.ranges == ["bytes=150000-"]


def test_a_connection_that_breaks_every_time_keeps_its_part(tmp_path: Path, web: Any) -> None:
    web.break_after = [70_000] * 4
    web.content = web.content * 5
    with pytest.raises(DataError, match="connection failed .* bytes are kept in .*x.part"):
        download(web.url, tmp_path / "x", progress=False)
    assert len(web.ranges) == module.TRIES
    assert not (tmp_path / "x").exists()
    kept = part_of(tmp_path / "x").read_bytes()
    assert len(kept) > 100_000 and web.content.startswith(kept)
    web.break_after = []
    download(web.url, tmp_path / "x", progress=False)
    assert (tmp_path / "x").read_bytes() == web.content
    assert web.ranges[-1] == f"bytes={len(kept)}-"


def test_a_server_without_ranges_starts_anew(tmp_path: Path, web: Any) -> None:
    web.knows_ranges = False
    part_of(tmp_path / "x").write_bytes(b"\0" * 150_000)
    download(web.url, tmp_path / "x", progress=False)
    assert (tmp_path / "x").read_bytes() == web.content


def test_a_wrong_part_starts_anew(tmp_path: Path, web: Any) -> None:
    web.shift = 7
    part_of(tmp_path / "x").write_bytes(web.content[:150_000])
    download(web.url, tmp_path / "x", progress=False)
    assert (tmp_path / "x").read_bytes() == web.content
    assert web.ranges == ["bytes=150000-", None]


@pytest.mark.parametrize("more", [0, 10])
def test_a_part_as_long_as_the_file_starts_anew(tmp_path: Path, web: Any, more: int) -> None:
    part_of(tmp_path / "x").write_bytes(b"\0" * (len(web.content) + more))
    download(web.url, tmp_path / "x", progress=False)
    assert (tmp_path / "x").read_bytes() == web.content
    assert len(web.ranges) == 2 and web.ranges[1] is None


def test_a_redirect_keeps_the_part(tmp_path: Path, web: Any) -> None:
    part_of(tmp_path / "x").write_bytes(web.content[:150_000])
    download(web.url.replace("/file", "/moved"), tmp_path / "x", progress=False)
    assert (tmp_path / "x").read_bytes() == web.content
    assert web.paths == ["/moved", "/file"]
    assert web.ranges == ["bytes=150000-"] * 2


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_refusal_is_final(tmp_path: Path, web: Any, status: int) -> None:
    web.statuses = [status]
    with pytest.raises(DataError, match=f"{web.url}: the server answered {status}") as caught:
        download(web.url, tmp_path / "x", progress=False)
    assert "by hand" in str(caught.value)
    assert len(web.ranges) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_busy_is_asked_again(tmp_path: Path, web: Any) -> None:
    web.statuses = [503, 500]
    download(web.url, tmp_path / "x", progress=False)
    assert (tmp_path / "x").read_bytes() == web.content
    assert len(web.ranges) == 3


def test_no_server_at_all(tmp_path: Path, web: Any) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(DataError, match="the connection failed .*refused") as caught:
        download(f"http://127.0.0.1:{port}/x", tmp_path / "x", progress=False)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("code", "fault"), [(errno.ENOSPC, "no space left"), (errno.EROFS, "read-only")]
)
def test_a_full_disk_and_a_read_only_folder(
    tmp_path: Path, web: Any, monkeypatch: pytest.MonkeyPatch, code: int, fault: str
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OSError(code, "failed")

    monkeypatch.setattr(module.pooch.HTTPDownloader, "__call__", fail)
    with pytest.raises(StorageError, match=f"x.part: .*{fault}") as caught:
        download(web.url, tmp_path / "x", progress=False)
    assert caught.value.exit_code == 4
    assert not (tmp_path / "x").exists()


def test_a_folder_that_cannot_be_made(
    tmp_path: Path, web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise PermissionError(errno.EACCES, "failed")

    monkeypatch.setattr(Path, "mkdir", fail)
    with pytest.raises(StorageError, match="writing is not permitted"):
        download(web.url, tmp_path / "none" / "x", progress=False)
    assert web.ranges == []


def test_progress_is_drawn_and_counts_what_was_there(
    tmp_path: Path, web: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bars: list[Bar] = []

    class Watched(Bar):
        def close(self) -> None:
            bars.append(self)
            super().close()

    monkeypatch.setattr(module, "Bar", Watched)
    part_of(tmp_path / "x").write_bytes(web.content[:150_000])
    download(web.url, tmp_path / "x")
    assert bars[0].total == len(web.content)
    assert bars[0]._progress.tasks[0].completed == len(web.content)
    printed = capsys.readouterr()
    assert printed.out == "" and "x" in printed.err


def test_asking_whether_a_file_is_there_is_poochs_own(tmp_path: Path, web: Any) -> None:
    assert ResumingDownloader()(web.url, tmp_path / "x", check_only=True) is False
    assert list(tmp_path.iterdir()) == []
