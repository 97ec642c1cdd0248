"""The models that a server offers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from common.data.alphabet import PROTEIN, RNA, Alphabet
from common.errors import ReproduceError, UsageError
from common.predict.card import Card

if TYPE_CHECKING:
    from common.predict.predictor import Predictor

ALPHABETS = {alphabet.name: alphabet for alphabet in (PROTEIN, RNA)}


class ModelFault(Exception):
    """A model that cannot be loaded.

    Parameters
    ----------
    name : str
    reason : str
        For the log: it may name files of this machine.
    """

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        super().__init__(f"{name} cannot be loaded: {reason}")


@dataclass(frozen=True)
class Offer:
    """One model.

    Parameters
    ----------
    name : str
        As requests call it.
    card : Card
    load : callable
        Gives its predictor; called once, by the worker's thread.
    """

    name: str
    card: Card
    load: Callable[[], Predictor]

    @property
    def alphabet(self) -> Alphabet:
        """Whose letters it takes; what becomes of each, the predictor itself knows."""
        return ALPHABETS[self.card.alphabet]


class Catalogue:
    """Offers by name; each model is loaded when it is first asked for, and kept.

    Parameters
    ----------
    models : iterable of (Card, callable)
        A card and what loads its predictor. A name that comes again gets a number: `sonderby`,
        `sonderby-2`.

    Raises
    ------
    UsageError
        No models.
    """

    def __init__(self, models: Iterable[tuple[Card, Callable[[], Predictor]]]) -> None:
        self.offers: dict[str, Offer] = {}
        for card, load in models:
            name, number = card.model, 1
            while name in self.offers:
                number += 1
                name = f"{card.model}-{number}"
            self.offers[name] = Offer(name, card, load)
        if not self.offers:
            raise UsageError("serve", "there are no models", "Name the card of one with --model")
        self._loaded: dict[str, Predictor] = {}

    @property
    def loaded(self) -> list[str]:
        """Names of the models in memory."""
        return list(self._loaded)

    def find(self, name: str) -> Offer | None:
        """The offer of this name, or None."""
        return self.offers.get(name)

    def predictor(self, name: str) -> Predictor:
        """The loaded model; only for the worker's thread.

        Raises
        ------
        ModelFault
            It cannot be loaded.
        """
        if name not in self._loaded:
            try:
                self._loaded[name] = self.offers[name].load()
            except ReproduceError as error:
                raise ModelFault(name, str(error)) from error
        return self._loaded[name]
