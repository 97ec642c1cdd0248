"""Refusals: an HTTP status with the record, the fault and the remedy of each reason."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.responses import Response

from common.errors import ReproduceError, UsageError
from common.serve.schemas import Faults

STATUSES = {
    400: "The request cannot be read.",
    404: "There is no such page or model.",
    408: "The request took too long to arrive.",
    413: "The body is too large, or holds too many sequences.",
    415: "The body is not JSON.",
    421: "The request is for another host.",
    422: "A field or a sequence cannot be used; each fault names its record.",
    500: "The server failed; its log tells why.",
    503: "Too much is waiting; Retry-After tells in how many seconds to ask again.",
    504: "No answer in time.",
}


class Refusal(Exception):
    """A request that is not answered.

    Parameters
    ----------
    status : int
        One of `STATUSES`.
    errors : sequence of ReproduceError
        Why.
    headers : mapping of str to str
        Further headers of the answer.
    """

    def __init__(
        self,
        status: int,
        errors: Sequence[ReproduceError],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status, self.errors, self.headers = status, tuple(errors), dict(headers or {})
        super().__init__("; ".join(map(str, self.errors)))

    @classmethod
    def of(cls, status: int, record: str, fault: str, remedy: str, **headers: str) -> Refusal:
        """A refusal for one reason; ``_`` in a header's name stands for ``-``."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status, [UsageError(record, fault, remedy)], names)

    def response(self) -> Response:
        """The answer that tells the reasons."""
        reasons = [
            {"record": error.record, "fault": error.fault, "remedy": error.remedy}
            for error in self.errors
        ]
        content = json.dumps({"errors": reasons}).encode()
        return Response(content, self.status, self.headers, "application/json")


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Entries of these statuses for /openapi.json."""
    entries: dict[int | str, dict[str, Any]] = {
        status: {"model": Faults, "description": STATUSES[status]} for status in statuses
    }
    if 503 in entries:
        entries[503]["headers"] = {
            "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}
        }
    return entries
