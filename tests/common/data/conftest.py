"""What the data tests share: a project of its own, a mirror, a web server on this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from common.paths import mirror_folder

CONTENT = b"".join(b">P%05d Nucleus-U\n%s\n" % (i, b"MKTAYIAKQR" * 20) for i in range(1000))


@pytest.fixture
def mirror() -> Path:
    """The real data sets, or a skip with its reason."""
    folder = mirror_folder()
    if folder is None or not (folder / "multiloc").is_dir():
        pytest.skip("the real data sets are not here: REPRODUCE_MIRROR names no folder with them")
    return folder


@dataclass
class Web:
    """A web server whose answers a test chooses; `ranges` are the requests it has seen."""

    url: str = ""
    content: bytes = CONTENT
    statuses: list[int] = field(default_factory=list)
    break_after: list[int] = field(default_factory=list)
    knows_ranges: bool = True
    shift: int = 0
    ranges: list[str | None] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    """Serve `Web.content` with ranges, redirects, refusals and broken connections."""

    def do_GET(self) -> None:
        web: Web = self.server.web  # type: ignore[attr-defined]
        web.ranges.append(self.headers["Range"])
        web.paths.append(self.path)
        if self.path.startswith("/moved"):
            return self._answer(302, b"", {"Location": "/file"})
        if web.statuses and (status := web.statuses.pop(0)) != 200:
            return self._answer(status, b"no")
        start = int((self.headers["Range"] or "bytes=0-")[6:].rstrip("-"))
        if not web.knows_ranges or not self.headers["Range"]:
            return self._answer(200, web.content)
        if start >= len(web.content):
            return self._answer(416, b"")
        start += web.shift
        size = len(web.content)
        header = {"Content-Range": f"bytes {start}-{size - 1}/{size}"}
        return self._answer(206, web.content[start:], header)

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        web: Web = self.server.web  # type: ignore[attr-defined]
        self.send_response(status)
        for key, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        if web.break_after and status in (200, 206):
            body = body[: web.break_after.pop(0)]
            self.close_connection = True
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """A running server; tries follow each other without a pause."""
    monkeypatch.setattr("common.data.download.PAUSE", 0.0)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.web = Web(url=f"http://127.0.0.1:{server.server_port}/file")  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.web  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()


@dataclass
class Project:
    """A project of its own: registry, data folder and mirror under one temporary folder."""

    root: Path

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.root / "raw"

    @property
    def mirror(self) -> Path:
        """The mirror."""
        return self.root / "mirror"

    def register(self, text: str) -> None:
        """Write the registry."""
        (self.root / "registry.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An empty project without any data."""
    monkeypatch.setenv("REPRODUCE_HOME", str(tmp_path))
    monkeypatch.setattr("common.data.registry.REGISTRY", tmp_path / "registry.toml")
    monkeypatch.setenv("REPRODUCE_DATA", str(tmp_path / "raw"))
    monkeypatch.setenv("REPRODUCE_MIRROR", str(tmp_path / "mirror"))
    return Project(tmp_path)


@pytest.fixture
def entry() -> Callable[..., str]:
    """Text of a registry with the one data set ``toy``."""

    def make(file: str, extra: str = "", checks: str = "records = 1000") -> str:
        return (
            '[toy]\ntitle = "Toy"\nvariant = "exact"\nlicence = "none"\ncitation = ["Toy (2020)"]\n'
            f"{extra}\nfiles = [{file}]\n"
            f'[[toy.checks]]\nkind = "fasta"\n{checks}\n'
        )

    return make
