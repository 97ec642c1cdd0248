"""HTTP connections that do not wait for ever: neither for a request's head nor for a reader."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from common.serve.faults import Refusal
from common.serve.headers import every_answer
from common.serve.limits import Limits


def last_answer(refusal: Refusal) -> bytes:
    """A refusal as it is written to a connection that no application answers and that ends."""
    response = refusal.response()
    headers = {**response.headers, **every_answer(), "Connection": "close"}
    lines = [
        f"HTTP/1.1 {refusal.status} {HTTPStatus(refusal.status).phrase}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + bytes(response.body)


def patient_protocol(limits: Limits) -> type[H11Protocol]:
    """A protocol that closes a connection whose client is slower than the limits, or one too many.

    uvicorn itself ends only connections that are idle behind an answer, and tells those that are
    too many no time to come again.
    """
    late = f"its head did not arrive within {limits.read_seconds:g} s"
    too_slow = last_answer(Refusal.of(408, "request", late, "Send it again"))
    many = f"{limits.connections:,} connections are open, which is the most"
    remedy = "Ask again in a second"
    too_many = last_answer(Refusal.of(503, "server", many, remedy, Retry_After="1"))
    remedy = f"Send HTTP/1.1 with a head of at most {limits.head_bytes:,} bytes"
    unreadable = last_answer(Refusal.of(400, "request", "it cannot be read as HTTP", remedy))

    class PatientProtocol(H11Protocol):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._head, self._reader = Timer(self.loop), Timer(self.loop)
            self._head.start(limits.read_seconds, self._end)
            self._is_too_many = len(self.connections) > limits.connections

        def data_received(self, data: bytes) -> None:
            if self._is_too_many:
                self._end(too_many)
                return
            super().data_received(data)
            if self.conn.their_state is h11.IDLE:
                self._head.start(limits.read_seconds, self._end)
            else:
                self._head.stop()

        def send_400_response(self, msg: str) -> None:
            if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                self._end(unreadable)
            else:  # an answer is under way, into which nothing may be written
                self.transport.close()

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

        def _end(self, answer: bytes = too_slow) -> None:
            if not self.transport.is_closing():
                self.transport.write(answer)
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
