"""What a request must be before the application sees it: for this host, small, JSON, in time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.serve.faults import Refusal
from common.serve.limits import Limits


class Guard:
    """Read the whole body, and refuse what is too much, too slow, or meant for another host.

    Parameters
    ----------
    app : ASGI application
    limits : Limits
    hosts : sequence of str
        Names that the ``Host`` header may hold, without a port; empty for any. A page of another
        name that resolves to this machine is so kept from reading answers.
    """

    def __init__(self, app: ASGIApp, limits: Limits, hosts: Sequence[str] = ()) -> None:
        self.app, self.limits = app, limits
        self.hosts = {host.lower().strip("[]") for host in hosts}
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self._open += 1
        try:
            headers = Headers(scope=scope)
            self._check(headers)
            body = await self._body(headers, receive)
            if body is None:
                return
            await self.app(scope, _again(body, receive), send)
        except Refusal as refusal:
            # what is left of the body is not read, so that the connection cannot go on
            refusal.headers["Connection"] = "close"
            await refusal.response()(scope, receive, send)
        finally:
            self._open -= 1

    def _check(self, headers: Headers) -> None:
        if self._open > self.limits.requests:
            fault = f"{self.limits.requests} requests are open, which is the most"
            raise Refusal.of(503, "server", fault, "Ask again in a second", Retry_After="1")
        host = _without_port(headers.get("host", ""))
        if self.hosts and host not in self.hosts:
            remedy = "Use the address that the server printed, or start it with --allow-host"
            raise Refusal.of(421, "Host", f"{host[:80]!r} is not a name of this server", remedy)

    async def _body(self, headers: Headers, receive: Receive) -> bytes | None:
        """The whole body; None where the client left before its end."""
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > self.limits.body_bytes:
            raise self._too_large(f"{int(length):,}")
        try:
            async with asyncio.timeout(self.limits.read_seconds):
                body = await self._read(receive)
        except TimeoutError as error:
            fault = f"the body did not arrive within {self.limits.read_seconds:g} s"
            raise Refusal.of(408, "request", fault, "Send it again, or less of it") from error
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if body and kind != "application/json":
            remedy = "Send JSON with the header `Content-Type: application/json`"
            raise Refusal.of(415, "Content-Type", f"{kind[:80]!r} is not taken", remedy)
        return body

    async def _read(self, receive: Receive) -> bytes | None:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > self.limits.body_bytes:
                raise self._too_large("more")
            if not message.get("more_body", False):
                return bytes(body)

    def _too_large(self, size: str) -> Refusal:
        fault = f"{size} bytes, at most {self.limits.body_bytes:,} are taken"
        remedy = "Send the sequences in parts, or use `reproduce predict` for whole files"
        return Refusal.of(413, "body", fault, remedy)


def _without_port(host: str) -> str:
    """The host in lower case; ``[::1]:8000`` is ``::1``."""
    name = host.lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0]


def _again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that hands out the body once and then waits for the client to leave."""
    handed = False

    async def receive_again() -> Message:
        nonlocal handed
        if handed:
            return await receive()
        handed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
