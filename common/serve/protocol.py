"""HTTP connections that do not wait for ever: neither for a request's head nor for a reader."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from common.serve.limits import Limits

TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def patient_protocol(limits: Limits) -> type[H11Protocol]:
    """A protocol that closes a connection whose client is slower than the limits.

    uvicorn itself ends only connections that are idle behind an answer.
    """

    class PatientProtocol(H11Protocol):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._head, self._reader = Timer(self.loop), Timer(self.loop)
            self._head.start(limits.read_seconds, self._end)

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.conn.their_state is h11.IDLE:
                self._head.start(limits.read_seconds, self._end)
            else:
                self._head.stop()

        def pause_writing(self) -> None:
            super().pause_writing()
            self._reader.start(limits.write_seconds, self.transport.abort)

        def resume_writing(self) -> None:
            super().resume_writing()
            self._reader.stop()

        def connection_lost(self, exc: Exception | None) -> None:
            self._head.stop()
            self._reader.stop()
            super().connection_lost(exc)

        def _end(self) -> None:
            if not self.transport.is_closing():
                self.transport.write(TOO_SLOW)
                self.transport.close()

    return PatientProtocol


class Timer:
    """Calls back once after some seconds, unless it is stopped before."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._handle: asyncio.TimerHandle | None = None

    def start(self, seconds: float, call: Callable[[], object]) -> None:
        """Begin, or go on where it runs already: what trickles gains no time."""
        if self._handle is None:
            self._handle = self._loop.call_later(seconds, call)

    def stop(self) -> None:
        """Be as if it was never begun."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
