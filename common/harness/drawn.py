"""From which records the figures of a paper were drawn, so that they are drawn once."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.files import written_whole
from common.harness.experiment import weights_path
from common.harness.groups import RunGroup
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


@dataclass(frozen=True)
class Drawing:
    """A figure, what it shows, and how it is drawn.

    Parameters
    ----------
    name : str
        File name without a suffix.
    sources : mapping
        What it shows, as JSON: most often `source_of` each record. It is drawn anew where this
        changed.
    draw : callable
        Draws it and returns its PNG.
    asks : sequence of Record
        Runs whose networks are asked again.
    at_hand : callable, optional
        Whether what such a network reads is here already: profiles and embeddings take long to
        make, and none are made for a figure.
    """

    name: str
    sources: Mapping[str, Any]
    draw: Callable[[], Path]
    asks: Sequence[Record] = ()
    at_hand: Callable[[Record], bool] | None = None

    @property
    def lacking(self) -> list[Record]:
        """Runs whose networks read what is not here."""
        return [one for one in self.asks if self.at_hand and not self.at_hand(one)]


def draw_figures(folder: Path, drawings: Iterable[Drawing]) -> list[Path]:
    """Draw those figures that are not there, or were drawn from something else.

    What each was drawn from is kept beside them in `sources.json`. A figure whose network reads
    what is not at hand is left as it is, and named.

    Parameters
    ----------
    folder : Path
        Of a paper's figures.
    drawings : iterable of Drawing

    Returns
    -------
    list of Path
        The PNG files that were drawn now.
    """
    note = folder / NOTE
    noted = json.loads(note.read_text()) if note.exists() else {}
    waiting = [
        one
        for one in drawings
        if noted.get(one.name) != one.sources or not (folder / f"{one.name}.png").exists()
    ]
    drawn = []
    for one in waiting:
        if lacking := one.lacking:
            fault = f"figure {one.name} left as it is: what its network reads is not here"
            print(f"{fault}; `{lacking[0].key.command}` makes it", file=sys.stderr)
            continue
        drawn.append(one.draw())
        noted[one.name] = one.sources
    if drawn:
        with written_whole(note) as temporary:
            temporary.write_text(json.dumps(noted, indent=1) + "\n")
    return drawn


def run_name(runs: Record | RunGroup) -> str:
    """Which runs a figure's title speaks of: profile, variant, data, whether it was ended early."""
    records = runs.records if isinstance(runs, RunGroup) else [runs]
    key, data = records[0].key, records[0].data_variant
    what = f"{key.profile} run"
    if key.variant != "paper":
        what += f" of variant {key.variant}"
    if any(record.content["extra"].get("cut_short") for record in records):
        what += ", cut short,"
    return f"{what} on {data.removesuffix(' data')} data"


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
