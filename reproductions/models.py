"""Released models by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from common.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from common.harness.experiment import Paper
    from common.own.trainable import Trainable
    from common.predict.card import Card
    from common.predict.panel import Panel
    from common.predict.predictor import Predictor
    from common.predict.released import ReleasedModel

FOLDER = "models"
"""In a paper's folder: cards and weights."""

ALL = "all"
"""In place of a name: every released model that reads the sequences at hand."""


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
            raise UsageError(f"model {name!r}", fault, how_to_release(model))
        return model, read_card(path), path
    if name.endswith(".json"):
        card = read_card(Path(name))
        if card.model in known:
            return known[card.model][0], card, Path(name)
        if card.paper not in trainables():
            raise UsageError(name, f"of an unknown model, {card.model!r}", _known(known))
        return None, card, Path(name)
    if name == ALL:
        fault = "this stands for several models, and one is needed"
        raise UsageError(f"model {name!r}", fault, f"Known: {', '.join(known)}")
    remedy = did_you_mean(name, known, _known(known))
    raise UsageError(f"model {name!r}", "there is none of this name", remedy)


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


def is_several(name: str) -> bool:
    """Whether a name stands for several models: `ALL`, or a folder that no model is named like."""
    named = any(model.name == name for _, model, _ in released())
    return name == ALL or (not named and Path(name).is_dir())


def load_panel(name: str, kind: str) -> tuple[Panel, list[str]]:
    """Every model of a folder, or every released one, that reads a kind of sequences.

    Parameters
    ----------
    name : str
        `ALL`, or a folder of cards.
    kind : str
        ``protein`` or ``RNA``.

    Returns
    -------
    Panel
    list of str
        Why models were left out that read this kind, a line each.

    Raises
    ------
    UsageError
        None is left.
    DataError
        A damaged card or weights.
    """
    from common.predict.card import read_card
    from common.predict.panel import Panel

    if name == ALL:
        cards = {model.name: path for _, model, path in released() if path.exists()}
    else:
        cards = {path.stem: path for path in sorted(Path(name).glob("*.json"))}
    members, left_out = {}, []
    for own, path in cards.items():
        if read_card(path).alphabet != kind:
            continue
        try:
            members[own] = load_model(str(path))
        except UsageError as error:
            left_out.append(f"{own} is left out: {error}")
    if not members:
        fault = f"none of them reads {kind} and has weights here"
        raise UsageError(f"models {name!r}", "; ".join([fault, *left_out]), _first_steps(kind))
    return Panel(members), left_out


def steps_to_try(model: ReleasedModel) -> list[str]:
    """Commands that train a model shortly, release it in a folder, and predict with it."""
    return [
        f"{_run(model)} --profile quick",
        f"reproduce release {model.name} --profile quick -o models",
        f"reproduce predict my.fasta --model models/{model.name}.json",
    ]


def steps_to_release(model: ReleasedModel) -> list[str]:
    """Commands that train a model at its paper's scale, which takes hours, and release it."""
    return [f"{_run(model)} --profile full", f"reproduce release {model.name}"]


def how_to_release(model: ReleasedModel) -> str:
    """Both ways in a line."""
    short, long = (" && ".join(steps(model)) for steps in (steps_to_try, steps_to_release))
    return f"For a try, in minutes: `{short}`. In earnest, in hours: `{long}`"


def _run(model: ReleasedModel) -> str:
    return f"reproduce run {_paper_of(model)}/{model.experiments[0][0]}"


def _first_steps(kind: str) -> str:
    """How to release the first model that reads a kind of sequences."""
    for _, model, _ in released():
        if model.alphabet.name == kind:
            return how_to_release(model)
    return "`reproduce predict --list`"


def _paper_of(wanted: ReleasedModel) -> str:
    return next(paper.name for paper, model, _ in released() if model is wanted)


def _known(known: dict) -> str:
    return f"Known: {', '.join([*known, ALL])}; or the path of a card (.json)"
