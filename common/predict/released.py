"""What a paper declares of a network that users may predict with; nothing heavy is imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from common.data.alphabet import Alphabet
    from common.predict.card import Card
    from common.predict.network import Network


@dataclass(frozen=True)
class ReleasedModel:
    """A network that a paper lets users predict with.

    Parameters
    ----------
    name : str
        On the command line.
    title : str
        One line that says what it predicts.
    experiments : tuple of (experiment, variant)
        Whose weights are released: the first one with a finished run.
    dataset : str
        Of the registry, whose licence is told.
    alphabet : Alphabet
    load : callable
        From a card and its weights to a `Network`.
    examples : callable
        ``examples(settings, seed, fold)``: the sequences of a run, clean and uncut, as a table
        with ``id``, ``sequence``, ``part`` (``train``, ``validation``, ``test``, or the name of a
        further test set) and ``truth``, or ``truth:LABEL`` for each label.
    accepts : callable
        Whether a run with these settings needs nothing but the sequence.
    extra : str
        Extra of the installation that the network needs; empty where it needs none.
    """

    name: str
    title: str
    experiments: tuple[tuple[str, str], ...]
    dataset: str
    alphabet: Alphabet
    load: Callable[[Card, Path], Network]
    examples: Callable[[Mapping[str, Any], int, int], pd.DataFrame]
    accepts: Callable[[Mapping[str, Any]], bool] = lambda settings: True
    extra: str = ""
