"""Run one experiment and write its record."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from common.backend import load_backend
from common.data.fetch import SIMULATED, locate_facts
from common.errors import UsageError, did_you_mean
from common.files import written_whole
from common.harness.commits import git_state
from common.harness.ensemble import is_current
from common.harness.experiment import Context, Experiment, Paper
from common.harness.provenance import provenance
from common.harness.record import RunKey, as_stored, read_record, read_records, write_record
from common.machine import usable_cores
from common.paths import results_folder, runs_folder


def find_experiment(papers: Mapping[str, Paper], name: str) -> tuple[Paper, Experiment]:
    """Look ``paper/experiment`` up.

    Raises
    ------
    UsageError
        No such experiment; names that look alike are offered.
    """
    known = {
        f"{paper.name}/{experiment.name}": (paper, experiment)
        for paper in papers.values()
        for experiment in paper.experiments
    }
    if name not in known:
        remedy = did_you_mean(name, known, "`reproduce list` shows all")
        raise UsageError(f"experiment {name!r}", "there is none of this name", remedy)
    return known[name]


def run_experiment(
    paper: Paper,
    experiment: Experiment,
    key: RunKey,
    *,
    overrides: Mapping[str, Any] | None = None,
    again: bool = False,
    quiet: bool = False,
    tensorboard: bool = False,
    hours: float | None = None,
    results: Path | None = None,
    runs: Path | None = None,
) -> Path:
    """Run one experiment, or find that it is done.

    Parameters
    ----------
    paper, experiment : Paper, Experiment
        What to run.
    key : RunKey
        Profile, variant, seed and fold.
    overrides : mapping, optional
        Settings that differ from `settings.toml` and from what the seed draws; such a run is
        recorded with what it used.
    again : bool
        Run although there is a record with the same settings.
    quiet, tensorboard : bool
        Print no progress; write logs for TensorBoard.
    hours : float, optional
        Begin no epoch once training has taken so long. The record says so, and the run goes on
        where it is started again without a limit or with a higher one.
    results : Path, optional
        Folder of the records.
    runs : Path, optional
        Folder of the checkpoints.

    Returns
    -------
    Path
        The record's JSON file.

    Raises
    ------
    UsageError
        An unknown variant, fold or setting.
    StorageError
        The results folder cannot be written; this is found before the training starts.
    """
    variants = (*experiment.variants_of(key.profile), *experiment.optional_variants)
    folds = experiment.folds_of(key.profile)
    if key.variant not in variants:
        remedy = f"This experiment has {', '.join(variants)}"
        raise UsageError(f"variant {key.variant!r}", f"not one of {paper.name}'s", remedy)
    if key.fold >= folds:
        remedy = f"Folds are counted from 0; this experiment has {folds}"
        raise UsageError(f"fold {key.fold}", "there is none of this number", remedy)
    results = results or results_folder()
    settings = experiment.resolve(paper.settings, key, overrides)
    record = key.path("json", results)
    if not again and is_done(experiment, key, settings, results, hours):
        return record
    _check_writable(record.parent)
    load_backend()
    place = checkpoint_folder(key, settings, runs)
    if again:
        shutil.rmtree(place, ignore_errors=True)
    context = Context(key, settings, place, results, quiet, tensorboard, hours)
    commits = note_commit(place)
    result = experiment.run(context)
    if context.cut_short:
        cut = {"hours": hours, "cut_short": "; ".join(context.cut_short)}
        result = replace(result, extra={**result.extra, **cut})
    dtype = str(settings.get("dtype", "float32"))
    origin = provenance(device_name(), dtype) | {"commits": commits}
    return write_record(key, result, settings, origin, results)


def checkpoint_folder(key: RunKey, settings: Mapping[str, Any], runs: Path | None = None) -> Path:
    """Folder of a run's checkpoints; other settings or another backend have another folder."""
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    text = json.dumps([dict(settings), backend], sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:10]
    place = (runs or runs_folder()) / key.profile / key.paper / key.experiment / key.variant
    return place / f"{key.stem}-{digest}"


def note_commit(folder: Path) -> list[str]:
    """Commits of the code at each start of a run, the present one included, the first first.

    A run that was stopped may go on under other code than it began with; its record says so.
    """
    path = folder / "commits.txt"
    noted = path.read_text().split() if path.exists() else []
    commit = git_state()[0]
    if not noted or noted[-1] != commit:
        noted.append(commit)
        with written_whole(path) as temporary:
            temporary.write_text("\n".join(noted) + "\n")
    return noted


def device_name() -> str:
    """``CPU, 2 cores`` or the name of the GPU that the backend uses."""
    if "tensorflow" in sys.modules:
        import tensorflow as tf

        for device in tf.config.list_physical_devices("GPU"):
            return str(tf.config.experimental.get_device_details(device).get("device_name", "GPU"))
    if "jax" in sys.modules:
        import jax

        device = jax.devices()[0]
        if device.platform != "cpu":
            return str(device.device_kind)
    cores = usable_cores()
    return f"CPU, {cores} core{'s' * (cores != 1)}"


def is_done(
    experiment: Experiment,
    key: RunKey,
    settings: Mapping[str, Any],
    results: Path,
    hours: float | None = None,
) -> bool:
    """Whether there is a record that a new run would only repeat.

    Not so where its settings were others, where it was cut short after fewer hours than it has
    now, where simulated data stood in for data sets that are here now, or where it averaged other
    records than there are now.
    """
    path = key.path("json", results)
    if not path.exists():
        return False
    record = read_record(path)
    if record.settings != as_stored(settings):
        return False
    cut_after = record.content["extra"].get("hours")
    if cut_after is not None and (hours is None or hours > cut_after):
        return False
    if record.data_variant == SIMULATED and key.profile != "smoke":
        names = experiment.datasets_of(key.profile)
        if names and all(locate_facts(n, simulate=True).origin != SIMULATED for n in names):
            return False
    if not experiment.needs:
        return True
    found = [
        member
        for name in experiment.needs
        for member in read_records(results, key.profile, key.paper, name, key.variant)
    ]
    return is_current(record, found)


def _check_writable(folder: Path) -> None:
    """Fail before hours of training, not after."""
    probe = folder / ".writable"
    with written_whole(probe) as temporary:
        temporary.write_text("")
    probe.unlink(missing_ok=True)
