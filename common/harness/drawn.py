"""From which records the figures of a paper were drawn, so that they are drawn once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from common.files import written_whole
from common.harness.experiment import weights_path
from common.harness.record import Record, read_records
from common.harness.settings import PROFILES

NOTE = "sources.json"


def source_of(record: Record) -> dict[str, str]:
    """What a figure was drawn from."""
    return {
        "run": record.key.command,
        "predictions_sha256": record.content["predictions"]["sha256"],
        "data": record.data_variant,
    }


def is_drawn(folder: Path, sources: Mapping[str, Any]) -> bool:
    """Whether the figures in a folder were drawn from these sources."""
    note = folder / NOTE
    return note.exists() and json.loads(note.read_text()) == sources


def note_drawn(folder: Path, sources: Mapping[str, Any]) -> None:
    """Remember what the figures in a folder were drawn from."""
    with written_whole(folder / NOTE) as temporary:
        temporary.write_text(json.dumps(sources, indent=1) + "\n")


def undrawn(folder: Path, figures: Mapping[str, Any]) -> list[str]:
    """Figures that are not there, or were drawn from other records than these.

    Parameters
    ----------
    folder : Path
        Of a paper's figures.
    figures : mapping of str to mapping
        From each figure to its sources, as they are then given to `note_drawn`. A network that
        reads profiles or embeddings takes long to ask again: a figure is drawn anew only where its
        own records changed.
    """
    note = folder / NOTE
    drawn = json.loads(note.read_text()) if note.exists() else {}
    return [
        name
        for name, sources in figures.items()
        if drawn.get(name) != sources or not (folder / f"{name}.png").exists()
    ]


def run_name(record: Record) -> str:
    """Which run a figure's title speaks of."""
    return f"{record.key.profile} run"


def fullest(
    results: Path,
    paper: str,
    names: Iterable[str],
    *,
    variant: str | None = None,
    with_weights: bool = False,
) -> Record | None:
    """Record of the fullest profile that has one of these experiments, the first name first.

    Parameters
    ----------
    results : Path
    paper : str
    names : iterable of str
        Experiments.
    variant : str, optional
        Only this one.
    with_weights : bool
        Only a run whose weights were kept.
    """
    names = tuple(names)
    for profile in reversed(PROFILES):
        for name in names:
            for record in read_records(results, profile, paper, name, variant):
                if not with_weights or weights_path(record.key, results).exists():
                    return record
    return None
