"""The application: a page, its files, and a JSON API in front of one worker."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from common.errors import UsageError
from common.serve.answering import answer_question
from common.serve.catalogue import Catalogue, Offer
from common.serve.faults import STATUSES, Refusal, documented
from common.serve.guard import Guard
from common.serve.headers import SecurityHeaders
from common.serve.limits import Limits
from common.serve.records import SHOWN
from common.serve.schemas import Answer, Bounds, Health, Model, Offers, Question
from common.serve.worker import Worker

STATIC = Path(__file__).parent / "static"
PAGES = {"/": "index.html", "/docs": "docs.html"}
EVERY = (400, 408, 413, 415, 421, 500, 503)
"""Statuses that every address may answer with."""

ABOUT = """Where proteins and transcripts go, predicted by networks on this machine. Nothing that is
sent is stored or sent on. A refusal lists its reasons, each with the record, the fault and the
remedy."""


def make_app(
    catalogue: Catalogue, limits: Limits | None = None, hosts: Sequence[str] = ()
) -> ASGIApp:
    """An application that answers for the models of a catalogue.

    Parameters
    ----------
    catalogue : Catalogue
    limits : Limits, optional
    hosts : sequence of str
        As for `Guard`.

    Returns
    -------
    ASGI application
        Its lifespan ends the worker.
    """
    limits = limits or Limits()
    worker = Worker(limits.waiting, limits.answer_seconds)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        worker.close()

    app = FastAPI(
        title="Subcellular localization",
        version="1",
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    _add_api(app, catalogue, limits, worker)
    _add_pages(app)
    _add_refusals(app)
    return SecurityHeaders(Guard(app, limits, hosts))


def _add_api(app: FastAPI, catalogue: Catalogue, limits: Limits, worker: Worker) -> None:
    @app.get("/api/models", summary="Models and limits", responses=documented(*EVERY))
    async def models() -> Offers:
        """Names that a prediction may ask for, with what their cards say; and the limits."""
        offers = [_model(offer) for offer in catalogue.offers.values()]
        bounds = {name: getattr(limits, name) for name in Bounds.model_fields}
        return Offers(models=offers, limits=Bounds(**bounds))

    @app.get("/api/health", summary="Whether the server is well", responses=documented(*EVERY))
    async def health() -> Health:
        """For watchers: the length of the queue, and the models in memory."""
        return Health(status="ok", waiting=worker.waiting, loaded=catalogue.loaded)

    @app.post(
        "/api/predict",
        summary="Where sequences go",
        response_model=Answer,
        responses=documented(*EVERY, 404, 422, 504),
    )
    async def predict(question: Question, request: Request) -> Response:
        """Predict locations, with calibrated probabilities and the attention along each sequence.

        The first request for a model loads it, which takes some seconds. Leave, and the work stops.
        """
        return await answer_question(question, request, catalogue, limits, worker)


def _model(offer: Offer) -> Model:
    card = asdict(offer.card)
    shared = {name: card[name] for name in Model.model_fields if name in card}
    return Model(
        **{**shared, "labels": list(offer.card.labels)},
        name=offer.name,
        summary=offer.card.summary,
        training_sequences=offer.card.training["n"],
        calibrated=bool(offer.card.calibration),
    )


def _add_pages(app: FastAPI) -> None:
    def page(name: str) -> Any:
        async def show() -> FileResponse:
            return FileResponse(STATIC / name, headers={"Cache-Control": "no-cache"})

        return show

    for path, name in PAGES.items():
        app.get(path, include_in_schema=False)(page(name))
    app.mount("/static", _Files(directory=STATIC))


class _Files(StaticFiles):
    """Files that the browser asks after each time, so that an update shows at once."""

    async def get_response(self, path: str, scope: Any) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


def _add_refusals(app: FastAPI) -> None:
    """Give every refusal the same form."""

    @app.exception_handler(Refusal)
    async def refuse(request: Request, refusal: Refusal) -> Response:
        return refusal.response()

    @app.exception_handler(RequestValidationError)
    async def refuse_fields(request: Request, error: RequestValidationError) -> Response:
        faults = [_fault(one) for one in error.errors()[:SHOWN]]
        return Refusal(422, faults).response()

    @app.exception_handler(HTTPException)
    async def refuse_path(request: Request, error: HTTPException) -> Response:
        fault = STATUSES.get(error.status_code, str(error.detail)).removesuffix(".")
        reason = UsageError(f"{request.method} {request.url.path}", fault, "See /docs")
        return Refusal(error.status_code, [reason], error.headers).response()

    @app.exception_handler(Exception)
    async def fail(request: Request, error: Exception) -> Response:
        # uvicorn closes the connection behind it
        refusal = Refusal.of(500, "server", "it failed", "Its log tells why", Connection="close")
        return refusal.response()


def _fault(error: Mapping[str, Any]) -> UsageError:
    """A field's fault as the validation tells it, without what was received."""
    if error["type"] == "json_invalid":
        return UsageError("body", f"no JSON from character {error['loc'][-1]} on", "See /docs")
    place = error["loc"][1:]
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return UsageError(name.lstrip(".")[:80] or "body", error["msg"], "See /docs")
