"""One question: check it, queue it, and wait for the answer, the deadline, or the client to go."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import CancelledError
from functools import partial
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from common.errors import ReproduceError
from common.serve.answers import answer
from common.serve.catalogue import Catalogue, ModelFault
from common.serve.faults import Refusal
from common.serve.limits import Limits
from common.serve.records import read_records
from common.serve.schemas import Question
from common.serve.worker import Busy, Job, Worker

GONE = 499
"""Status of an answer that nobody reads."""


async def answer_question(
    question: Question, request: Request, catalogue: Catalogue, limits: Limits, worker: Worker
) -> Response:
    """The answer to one question.

    Raises
    ------
    Refusal
        404 for an unknown model, 413 and 422 as `read_records`, 422 for a sequence that the
        network refuses, 500 where the model cannot be loaded, 503 with ``Retry-After`` where the
        queue is full, 504 past the deadline.
    """
    offer = catalogue.find(question.model)
    if offer is None:
        known = f"Known: {', '.join(catalogue.offers)}"
        raise Refusal.of(404, f"model {question.model[:80]!r}", "there is none of this name", known)
    records = read_records(question, offer.alphabet, limits)
    work = partial(answer, offer.name, catalogue.predictor, records, question.attention)
    try:
        job = worker.submit(work)
    except Busy as busy:
        fault = _waiting(worker.waiting)
        remedy = f"Ask again in {busy.seconds} s"
        wait = str(busy.seconds)
        raise Refusal.of(503, "server", fault, remedy, Retry_After=wait) from busy
    try:
        return await _outcome(job, request, limits)
    finally:
        worker.cancel(job)


def _waiting(number: int) -> str:
    """Why a request must come later."""
    few = {0: "it is busy with another request", 1: "1 request waits already"}
    return few.get(number, f"{number} requests wait already")


async def _outcome(job: Job, request: Request, limits: Limits) -> Response:
    """What comes first: the answer, the client's leaving, or the deadline."""
    answered = asyncio.wrap_future(job.future)
    left = asyncio.ensure_future(_leaving(request))
    either: set[asyncio.Future[Any]] = {answered, left}
    try:
        await asyncio.wait(
            either, timeout=limits.answer_seconds, return_when=asyncio.FIRST_COMPLETED
        )
        if answered.done():
            return Response(_result(answered), media_type="application/json")
        if left.done():
            return Response(status_code=GONE)
    finally:
        left.cancel()
        answered.cancel()
    fault = f"no answer within {limits.answer_seconds:g} s"
    raise Refusal.of(504, "server", fault, "Ask again later, or for fewer sequences")


def _result(answered: asyncio.Future[bytes]) -> bytes:
    try:
        return answered.result()
    except (CancelledError, asyncio.CancelledError) as error:
        remedy = "Ask again when it is back"
        raise Refusal.of(503, "server", "it is stopping", remedy, Retry_After="10") from error
    except ReproduceError as error:
        raise Refusal(422, [error]) from error
    except ModelFault as error:
        logging.getLogger("uvicorn.error").error("%s", error)
        fault, remedy = "it cannot be loaded; the server's log tells why", "Choose another model"
        raise Refusal.of(500, f"model {error.name!r}", fault, remedy) from error


async def _leaving(request: Request) -> None:
    """Return once the client has closed its connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
