"""What a reader of a number must know of the run behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from common.data.fetch import SIMULATED
from reproductions.rnatracker.kinds import STRUCTURE_FOLDS, WITH_STRUCTURE

RELEASED = {"full-length": ("adam", 1e-4, 1), "no-lstm": ("sgd", 1e-2, 1)}
"""Optimizer, learning rate and batch size of the released networks on whole transcripts."""
PRINTED = ("nadam", 1e-4, 1)
"""The same of the paper's text (section 2.8)."""


def remark(
    settings: Mapping[str, Any], variant: str, data: str, *, still_improving: bool = False
) -> str:
    """Remarks on a run's labels and recipe; empty where nothing is to be said.

    Parameters
    ----------
    settings : mapping
        Resolved.
    variant : str
        Of the run: ``paper`` is held against the text, all others against the released code.
    data : str
        Data variant, such as ``partial data``.
    still_improving : bool
        The best epoch was the last.
    """
    last = "still improving at the last epoch" if still_improving else ""
    told = (_labels(settings, data), _recipe(settings, variant), _folds(settings), last)
    return "; ".join(filter(None, told))


def _labels(settings: Mapping[str, Any], data: str) -> str:
    if settings["data"] == "cefra" and settings["replicates"] == "first" and data != SIMULATED:
        return "labels are means of both replicates, the released code reads the first"
    return ""


def _folds(settings: Mapping[str, Any]) -> str:
    if settings["network"] not in WITH_STRUCTURE:
        return ""
    return f"{STRUCTURE_FOLDS} folds in full, the paper pools ten"


def _recipe(settings: Mapping[str, Any], variant: str) -> str:
    """How a network on whole transcripts learned otherwise than it is said to."""
    if settings["network"] not in RELEASED:
        return ""
    names = ("whole_optimizer", "whole_learning_rate", "whole_batch_size")
    used = tuple(settings[name] for name in names)
    told, whose = RELEASED[settings["network"]], "as released"
    if variant == "paper":
        told, whose = PRINTED, "in the text"
    if used == told:
        return ""
    return f"trained with {_written(*used)}, {whose} with {_written(*told)}"


def _written(optimizer: str, rate: float, batch: int) -> str:
    size = f"in batches of {batch}" if batch > 1 else "one transcript at a time"
    return f"{optimizer} at {rate:g} {size}"
