"""What a user must know of trained weights, as JSON beside them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from common.errors import DataError
from common.files import written_whole
from common.harness.record import as_stored

TASKS = ("single-label", "multi-label", "distribution")


@dataclass(frozen=True)
class Card:
    """Model card of released weights.

    Parameters
    ----------
    model, title, citation : str
        Name on the command line; one line that says what it is; the paper.
    paper, experiment, variant, profile : str
        The run that the weights come from.
    seed, fold : int
    task : str
        One of `TASKS`.
    labels : tuple of str
        In the order of the outputs.
    alphabet : str
        ``protein`` or ``RNA``.
    settings : mapping
        Resolved `settings.toml` of the run.
    data_variant : str
        ``exact``, ``reconstructed``, ``partial data``, ``stand-in`` or ``simulated``.
    data_sha256 : mapping of file name to hex digest
    licence : str
        Of the training data.
    metrics : mapping of str to float
        Of these weights on the test examples, fractions.
    spread : mapping of str to float
        Standard deviation of each metric over training seeds, where there are several.
    interval : mapping of str to pair of float
        95 % bootstrap interval of each metric over the test examples.
    n_test, n_seeds : int
    calibration : mapping
        ``temperature``, ``ece_before``, ``ece_after``, ``examples`` and ``on`` (what they are);
        empty where the outputs are no probabilities of a label.
    training : mapping
        What training sequences look like; see `common.predict.novelty`.
    commit : str
        Of the code that trained.
    weights_sha256 : str
        Of the `.npz` file beside the card.
    remark : str
        What a user must know of the run: training that was ended early, a stand-in database.
    """

    model: str
    title: str
    citation: str
    paper: str
    experiment: str
    variant: str
    profile: str
    seed: int
    fold: int
    task: str
    labels: tuple[str, ...]
    alphabet: str
    settings: Mapping[str, Any]
    data_variant: str
    data_sha256: Mapping[str, str]
    licence: str
    metrics: Mapping[str, float]
    spread: Mapping[str, float]
    n_test: int
    n_seeds: int
    calibration: Mapping[str, Any]
    training: Mapping[str, Any]
    commit: str
    weights_sha256: str
    remark: str = ""
    interval: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    format: int = field(default=1)

    @property
    def summary(self) -> str:
        """The main score with its data, in a line."""
        for name, label in (("accuracy", "accuracy"), ("f1_micro", "micro F1")):
            if name in self.metrics:
                return f"{label} {self.metrics[name]:.3f} on {self.n_test:,} ({self.data_variant})"
        shown = [value for name, value in self.metrics.items() if name.startswith("pearson:")]
        mean = sum(shown) / len(shown) if shown else float("nan")
        return f"mean Pearson r {mean:.3f} on {self.n_test:,} ({self.data_variant})"


def weights_of(card: Path) -> Path:
    """The `.npz` file that a card describes: beside it, of the same name."""
    return card.with_suffix(".npz")


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_card(path: Path, card: Card) -> None:
    """Write a card; the same card gives the same bytes."""
    text = json.dumps(as_stored(asdict(card)), indent=1, sort_keys=True) + "\n"
    with written_whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def read_card(path: Path) -> Card:
    """Read a card and check the weights beside it.

    Raises
    ------
    DataError
        No card, no weights, weights of another run, or fields that are missing or unknown.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DataError(str(path), "no such model card", "`reproduce predict --list`") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise DataError(str(path), "not a model card", "Name a card's JSON file") from error
    known = set(Card.__dataclass_fields__)
    needed = known - {"remark", "interval", "format"}
    lacks = sorted(needed - set(content)) if isinstance(content, dict) else []
    if not isinstance(content, dict) or lacks or set(content) - known:
        fault = f"not a model card (lacks {', '.join(lacks) or 'its fields'})"
        raise DataError(str(path), fault, "Release the model again")
    if content["task"] not in TASKS:
        fault = f"task {content['task']!r} is unknown"
        raise DataError(str(path), fault, f"Known: {', '.join(TASKS)}")
    weights = weights_of(path)
    if not weights.exists():
        raise DataError(str(weights), "the card's weights are missing", "Release the model again")
    if digest_of(weights) != content["weights_sha256"]:
        fault = "not the weights that the card describes"
        raise DataError(str(weights), fault, "Release the model again")
    return Card(**{**content, "labels": tuple(content["labels"])})
