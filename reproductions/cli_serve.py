"""The command `serve`: a local page and JSON API for trained networks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from common.errors import UsageError

if TYPE_CHECKING:
    from common.predict.card import Card
    from common.predict.predictor import Predictor


def serve(
    model: Annotated[
        list[str] | None,
        typer.Option(
            help="A name that `reproduce predict --list` shows, the path of a card, or all; may "
            "be given again. By default every released model."
        ),
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 takes any that is free.", min=0, max=65535)] = 8000,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="A further name that browsers may call it by; may be given again."),
    ] = None,
    max_sequences: Annotated[int, typer.Option(help="Most sequences a request.", min=1)] = 100,
    max_letters: Annotated[int, typer.Option(help="Longest sequence.", min=1)] = 40_000,
    max_bytes: Annotated[int, typer.Option(help="Longest body of a request.", min=1)] = 1 << 20,
    queue: Annotated[int, typer.Option(help="Most requests that wait.", min=0)] = 16,
    timeout: Annotated[float, typer.Option(help="Seconds to an answer.", min=0.1)] = 60.0,
) -> None:
    """Show predictions on a local page: probabilities, and attention along the sequence.

    The same is a JSON API, described on the page /docs. Nothing is stored or sent anywhere.
    """
    for package in ("fastapi", "uvicorn"):
        if find_spec(package) is None:
            remedy = "`.venv/bin/pip install -c requirements.lock -e '.[serve]'`"
            raise UsageError("reproduce serve", f"{package} is not installed", remedy)
    from common.serve.app import make_app
    from common.serve.catalogue import Catalogue
    from common.serve.limits import Limits
    from common.serve.server import allowed_hosts, run

    for name in allow_host or []:
        if name.count(":") == 1:
            raise UsageError(f"--allow-host {name}", "names a port", "Give the name alone")
    limits = Limits(
        body_bytes=max_bytes,
        sequences=max_sequences,
        letters=max_letters,
        waiting=queue,
        answer_seconds=timeout,
    )
    catalogue = Catalogue(_models(model or []))
    app = make_app(catalogue, limits, allowed_hosts(host, allow_host or []))
    names = ", ".join(catalogue.offers)
    with suppress(KeyboardInterrupt):
        run(app, host, port, limits, lambda address: _say(f"{names}: {address} (Ctrl-C stops it)"))


def _models(named: Sequence[str]) -> Iterator[tuple[Card, Callable[[], Predictor]]]:
    """Cards, read and checked now, and what loads their networks later.

    Raises
    ------
    UsageError, DataError
        As `find_model`; or no model is named and none is released.
    """
    from reproductions.models import ALL, find_model, load_model, released

    ready = [model.name for _, model, path in released() if path.exists()]
    names = [one for name in named or [ALL] for one in (ready if name == ALL else [name])]
    if not names:
        remedy = "`reproduce release --help`; then name the card with --model"
        raise UsageError("reproduce serve", "no model is released yet", remedy)
    for name in names:
        yield find_model(name)[1], partial(load_model, name)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
