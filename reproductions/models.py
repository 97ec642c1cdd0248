"""Released models by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from common.errors import UsageError

if TYPE_CHECKING:
    from common.harness.experiment import Paper
    from common.own.trainable import Trainable
    from common.predict.card import Card
    from common.predict.predictor import Predictor
    from common.predict.release import ReleasedModel

FOLDER = "models"
"""In a paper's folder: cards and weights."""


def released() -> Iterator[tuple[Paper, ReleasedModel, Path]]:
    """Every model that the papers declare, and where its card is or would be."""
    from reproductions.papers import load_papers

    for paper in load_papers().values():
        for model in paper.models:
            yield paper, model, paper.folder / FOLDER / f"{model.name}.json"


def trainables() -> dict[str, Trainable]:
    """Networks that can be trained on other data, by the name of their paper."""
    from reproductions.papers import load_papers

    every = load_papers().items()
    return {name: paper.trainable for name, paper in every if paper.trainable is not None}


def find_model(name: str) -> tuple[ReleasedModel | None, Card, Path]:
    """A model by its name, or by the path of its card.

    Returns
    -------
    ReleasedModel, Card, Path
        None in place of the first for a network that was trained on a user's own data; the card's
        own path is the third.

    Raises
    ------
    UsageError
        An unknown name, or a model without released weights.
    DataError
        A damaged card or weights.
    """
    from common.predict.card import read_card

    known = {model.name: (model, path) for _, model, path in released()}
    if name in known:
        model, path = known[name]
        if not path.exists():
            fault = "its weights are not released yet"
            raise UsageError(f"model {name!r}", fault, f"Train and release it: {_release(name)}")
        return model, read_card(path), path
    if name.endswith(".json"):
        card = read_card(Path(name))
        if card.model in known:
            return known[card.model][0], card, Path(name)
        if card.paper not in trainables():
            raise UsageError(name, f"of an unknown model, {card.model!r}", _known(known))
        return None, card, Path(name)
    raise UsageError(f"model {name!r}", "there is none of this name", _known(known))


def load_model(name: str) -> Predictor:
    """A trained network that reads sequences.

    Parameters
    ----------
    name : str
        As ``reproduce predict --list`` shows, or the path of a card.

    Returns
    -------
    Predictor
        ``predict(sequences)``, ``attention(sequence)``, ``mutational_scan(sequence)``.

    Raises
    ------
    UsageError, DataError
        As `find_model`.

    Examples
    --------
    >>> from reproductions import load_model
    >>> table = load_model("sonderby").predict({"P1": "MKTAYIAKQR"})  # doctest: +SKIP
    """
    model, card, path = find_model(name)
    from common.backend import load_backend
    from common.own.trainable import load_network
    from common.predict.card import weights_of
    from common.predict.predictor import Predictor

    load_backend()
    if model is None:
        return Predictor(card, load_network(trainables()[card.paper], card, weights_of(path)))
    return Predictor(card, model.load(card, weights_of(path)))


def _release(name: str) -> str:
    return f"./run_all.sh --profile full, then reproduce release {name}"


def _known(known: dict) -> str:
    return f"Known: {', '.join(known)}; or the path of a card (.json)"
