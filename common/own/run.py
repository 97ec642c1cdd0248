"""From a user's labelled sequences to scores, a page and a model."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from common.data.labelled import Labelled
from common.errors import UsageError
from common.harness.experiment import ordered_keys
from common.harness.runner import run_experiment
from common.own.final import write_final
from common.own.folds import RANDOM
from common.own.study import make_study
from common.own.summary import write_summary
from common.own.trainable import Trainable


def run_study(
    name: str,
    labelled: Labelled,
    trainable: Trainable,
    folder: Path,
    *,
    folds: int = 5,
    seeds: Sequence[int] = (1,),
    profile: str = "full",
    overrides: Mapping[str, Any] | None = None,
    quiet: bool = False,
) -> list[Path]:
    """Cross-validate a network and its baselines, train it on everything, write what came out.

    Parameters
    ----------
    name, labelled, trainable, folds, seeds, profile, overrides
        As in `common.own.study.make_study`.
    folder : Path
        Everything is written below it; checkpoints too, so that the same call goes on after a
        stop.
    quiet : bool

    Returns
    -------
    list of Path
        The page, the table of scores, and the model's card.

    Raises
    ------
    UsageError
        An unknown setting.
    StorageError
        The folder cannot be written.
    """
    unknown = sorted(set(overrides or {}) - set(trainable.settings(profile)))
    if unknown:
        known = ", ".join(trainable.settings(profile))
        raise UsageError(f"setting {unknown[0]}", "unknown", f"Known: {known}")
    study, data = make_study(
        name,
        labelled,
        trainable,
        folder,
        folds=folds,
        seeds=seeds,
        profile=profile,
        overrides=overrides,
    )
    if data.how == RANDOM and not quiet:
        print(f"warning: {RANDOM}", file=sys.stderr, flush=True)
    runs = folder / "checkpoints"
    for key in ordered_keys(study, profile):
        experiment = study.experiment(key.experiment)
        run_experiment(study, experiment, key, quiet=quiet, results=folder, runs=runs)
    if not quiet:
        print(f"{name}: training on all sequences", file=sys.stderr, flush=True)
    card = write_final(study, data, profile, seeds[0], folder, runs, quiet=quiet)
    page = write_summary(study, folder, _about(labelled, trainable, data.how, folds, profile))
    return [page, folder / "scores.csv", card]


def _about(
    labelled: Labelled, trainable: Trainable, how: str, folds: int, profile: str
) -> list[tuple[str, str]]:
    """What the page says of the data and the network."""
    lengths = labelled.frame["sequence"].str.len()
    return [
        ("network", f"{trainable.title}, settings of the profile {profile}"),
        ("sequences", f"{len(lengths):,}, {lengths.min():,} to {lengths.max():,} long"),
        ("labels", f"{labelled.task}: {', '.join(labelled.labels)}"),
        ("folds", f"{folds}, {how}"),
        ("left out", f"{len(labelled.left_out)} without a label or a sequence"),
        ("files", ", ".join(f"{name} ({sha[:12]})" for name, sha in labelled.sha256.items())),
    ]
