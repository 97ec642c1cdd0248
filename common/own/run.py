"""From a user's labelled sequences to scores, a page and a model."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from common.data.labelled import Labelled
from common.errors import DataError
from common.harness.experiment import Paper, ordered_keys
from common.harness.record import as_stored, read_records
from common.harness.runner import run_experiment
from common.harness.settings import NONE_RELEASED, Setting, Settings
from common.own.final import write_final
from common.own.folds import RANDOM
from common.own.study import NETWORK, make_study
from common.own.summary import write_summary
from common.own.trainable import Trainable
from common.predict.predictor import COLUMNS

RESERVED = ("truth", "model", *COLUMNS, "probabilities")
"""Columns of tables that have one for each label too."""


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
        stop. Records of the same name and profile with other data, folds or settings are deleted.
    quiet : bool
        No progress; a warning is printed all the same.

    Returns
    -------
    list of Path
        The page, the table of scores, and the model's card.

    Raises
    ------
    UsageError
        An unknown setting, or a value of another type.
    DataError
        The sequences cannot be dealt into folds, or a label is named like a column of the tables.
    StorageError
        The folder cannot be written.
    """
    _check_names(labelled.labels)
    overrides = _typed(trainable, profile, overrides or {})
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
    if data.how == RANDOM:
        print(f"warning: {RANDOM}", file=sys.stderr, flush=True)
    runs = folder / "checkpoints"
    for key in ordered_keys(study, profile):
        experiment = study.experiment(key.experiment)
        run_experiment(study, experiment, key, quiet=quiet, results=folder, runs=runs)
    delete_other_runs(study, profile, folder)
    if not quiet:
        print(f"{name}: training on all folds", file=sys.stderr, flush=True)
    card = write_final(study, data, profile, seeds[0], folder, runs, quiet=quiet)
    about = _about(labelled, trainable, data.how, folds, profile)
    page = write_summary(study, folder, profile, about)
    return [page, folder / "scores.csv", card]


def delete_other_runs(study: Paper, profile: str, results: Path) -> None:
    """Delete a study's records that were made with other data, folds or settings.

    Further seeds with the same settings are kept.
    """
    settings = as_stored(study.settings.resolve("paper", profile, NETWORK))
    for record in read_records(results, profile, study.name):
        if record.settings != settings:
            record.path.unlink()
            for path in record.path.parent.glob(f"{record.key.stem}.*"):
                path.unlink()


def _check_names(labels: Sequence[str]) -> None:
    """Refuse labels that a table could not hold."""
    for name in labels:
        if not name.isprintable() or "|" in name:
            fault = "a label holds no `|`, which stands between two, no tab and no line break"
            raise DataError(f"label {name!r}", fault, "Give the label another name")
        if name in RESERVED:
            fault = "a column of every table has this name"
            raise DataError(f"label {name}", fault, "Give the label another name")


def _typed(trainable: Trainable, profile: str, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The overrides, each in the type that the network's own settings have."""
    own = trainable.settings(profile).items()
    settings = {name: Setting(name, value, NONE_RELEASED) for name, value in own}
    path = Path(trainable.name, "settings.toml")
    found = Settings(path, settings, {}, {}, {}).resolve("paper", profile, NETWORK, overrides)
    return {name: found[name] for name in overrides}


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
