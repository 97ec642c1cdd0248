"""Listen on an address until stopped."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Sequence

import uvicorn
from starlette.types import ASGIApp

from common.errors import UsageError
from common.serve.limits import Limits
from common.serve.protocol import patient_protocol

EVERYWHERE = ("0.0.0.0", "::", "")
LOCAL = ("127.0.0.1", "localhost", "::1")
BACKLOG = 128
IDLE_SECONDS, STOP_SECONDS = 5, 5
"""A connection may be idle behind an answer; requests may end once the server is stopped."""


def allowed_hosts(host: str, further: Sequence[str]) -> list[str]:
    """Names that requests may be for; none, which allows any, where it listens everywhere."""
    if host in EVERYWHERE and not further:
        return []
    return [*LOCAL, *([] if host in EVERYWHERE else [host]), *further]


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises
    ------
    UsageError
        The address is taken, not this machine's, or not permitted.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        found = socket.socket(family, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
    except (OSError, OverflowError) as error:
        taken = getattr(error, "errno", None) == errno.EADDRINUSE
        fault = "the address is taken" if taken else f"cannot listen there ({error})"
        remedy = "Choose another with --port" if taken else "Choose others with --host and --port"
        raise UsageError(f"{host}:{port}", fault, remedy) from error
    found.listen(BACKLOG)
    return found


def address_of(found: socket.socket) -> str:
    """Address for a browser."""
    host, port = found.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def make_server(app: ASGIApp, limits: Limits) -> uvicorn.Server:
    """A server with the limits' bounds on time and size; it logs errors only."""
    config = uvicorn.Config(
        app,
        http=patient_protocol(limits),
        ws="none",
        lifespan="on",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=limits.head_bytes,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    return uvicorn.Server(config)


def run(
    app: ASGIApp, host: str, port: int, limits: Limits, started: Callable[[str], None] = print
) -> None:
    """Serve an application until it is interrupted.

    Parameters
    ----------
    app : ASGI application
    host, port : str, int
        Port 0 takes any that is free.
    limits : Limits
    started : callable
        Takes the address.

    Raises
    ------
    UsageError
        As `listen`.
    """
    with listen(host, port) as found:
        started(address_of(found))
        make_server(app, limits).run(sockets=[found])
