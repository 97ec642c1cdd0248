"""From a finished run to weights that users can predict with, and their card."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from common.data.alphabet import PROTEIN, RNA, Alphabet
from common.data.registry import find_dataset
from common.errors import DataError
from common.files import written_whole
from common.harness.experiment import weights_path
from common.harness.groups import RunGroup, choose_group
from common.harness.record import Record, read_records
from common.harness.scores import SeedScores
from common.harness.tasks import MultiLabel, SingleLabel
from common.metrics.calibration import (
    expected_calibration_error,
    fit_temperature,
    scale_probabilities,
)
from common.predict.card import Card, digest_of, weights_of, write_card
from common.predict.novelty import describe_training
from common.predict.predictor import Network

if TYPE_CHECKING:
    from common.harness.experiment import Paper

ALPHABETS: Mapping[str, Alphabet] = {"protein": PROTEIN, "RNA": RNA}
VALIDATION = "validation"
"""Table of a record's predictions on which the temperature is fitted."""


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
    training : callable
        From resolved settings to the training sequences, clean and uncut.
    accepts : callable
        Whether a run with these settings needs nothing but the sequence.
    """

    name: str
    title: str
    experiments: tuple[tuple[str, str], ...]
    dataset: str
    alphabet: Alphabet
    load: Callable[[Card, Path], Network]
    training: Callable[[Mapping[str, Any]], Iterable[str]]
    accepts: Callable[[Mapping[str, Any]], bool] = lambda settings: True


def release(
    paper: Paper, model: ReleasedModel, results: Path, folder: Path, profile: str = "full"
) -> Path:
    """Put a finished run's weights and their card into a folder.

    Parameters
    ----------
    paper : Paper
    model : ReleasedModel
    results : Path
        Folder of records and kept weights.
    folder : Path
        Where ``NAME.npz`` and ``NAME.json`` are written.
    profile : str

    Returns
    -------
    Path
        The card.

    Raises
    ------
    DataError
        No finished run with kept weights.
    """
    group, record = _best(paper, model, results, profile)
    card_path = folder / f"{model.name}.json"
    weights = weights_of(card_path)
    with written_whole(weights) as temporary:
        temporary.write_bytes(weights_path(record.key, results).read_bytes())
    first = group.scores()[record.key.seed]
    card = Card(
        model=model.name,
        title=model.title,
        citation=paper.citation,
        paper=paper.name,
        experiment=record.key.experiment,
        variant=record.key.variant,
        profile=record.key.profile,
        seed=record.key.seed,
        fold=record.key.fold,
        task=_task(first),
        labels=first.labels,
        alphabet=model.alphabet.name,
        settings=record.settings,
        data_variant=record.data_variant,
        data_sha256=record.content["data_sha256"],
        licence=find_dataset(model.dataset).licence,
        metrics={name: value for name, value in record.metrics.items() if math.isfinite(value)},
        spread=spread_of(group),
        n_test=first.n,
        n_seeds=len(group.seeds),
        calibration=calibrate(record),
        training=describe_training(model.training(record.settings), model.alphabet),
        commit=record.content["provenance"]["commit"],
        weights_sha256=digest_of(weights),
        remark=record.content["extra"].get("remark", ""),
    )
    write_card(card_path, card)
    return card_path


def calibrate(record: Record) -> dict[str, Any]:
    """Temperature of a run's probabilities, and what it does to their calibration.

    Fitted on the run's validation predictions where it recorded them. Otherwise on its test
    examples: the error after scaling is then that of each half at the temperature of the other,
    and the released temperature that of both.

    Returns
    -------
    dict
        ``temperature``, ``ece_before`` and ``ece_after`` (expected calibration error, 15 bins),
        ``examples`` and ``on``; empty for fractions, which are no probabilities of a label.
    """
    if VALIDATION not in record.tables:
        scores = SeedScores.from_tables([record.predictions], "predictions")
        return calibrate_scores(scores, "test examples, each half with the other's")
    scores = SeedScores.from_tables([record.tables[VALIDATION]], VALIDATION)
    return calibrate_scores(scores, "validation examples", halves=False)


def calibrate_scores(scores: SeedScores, on: str, *, halves: bool = True) -> dict[str, Any]:
    """Temperature of some predictions, and their calibration error before and after.

    Parameters
    ----------
    scores : SeedScores
    on : str
        What the examples are.
    halves : bool
        Measure the error after scaling on each half at the temperature of the other.
    """
    found = _questions(scores)
    if found is None:
        return {}
    rows, truth, ids = found
    temperature = fit_temperature(rows, truth)
    after = scale_probabilities(rows, temperature)
    if halves:
        half = np.array([hashlib.sha256(name.encode()).digest()[0] % 2 for name in ids])
        for side in (0, 1):
            other = fit_temperature(rows[half != side], truth[half != side])
            after[half == side] = scale_probabilities(rows[half == side], other)
    return {
        "temperature": round(temperature, 4),
        "ece_before": round(expected_calibration_error(rows, truth), 4),
        "ece_after": round(expected_calibration_error(after, truth), 4),
        "examples": len(set(ids)),
        "on": on,
    }


def _questions(scores: SeedScores) -> tuple[np.ndarray, np.ndarray, list[str]] | None:
    """Probabilities, positions of the true label and ids; of several labels a yes or no each."""
    if isinstance(scores.task, SingleLabel):
        return scores.predicted, scores.truth, list(scores.ids)
    if not isinstance(scores.task, MultiLabel):
        return None
    yes = scores.predicted.ravel()
    ids = [name for name in scores.ids for _ in scores.labels]
    return np.stack([yes, 1 - yes], axis=1), 1 - scores.truth.ravel().astype(int), ids


def _best(
    paper: Paper, model: ReleasedModel, results: Path, profile: str
) -> tuple[RunGroup, Record]:
    """The first experiment's group with weights, and the record that they belong to."""
    records = read_records(results, profile, paper.name)
    for experiment, variant in model.experiments:
        group = choose_group(records, experiment, variant, profile)
        for record in group.records if group else ():
            if weights_path(record.key, results).exists() and model.accepts(record.settings):
                return cast(RunGroup, group), record
    names = " or ".join(f"{paper.name}/{experiment}" for experiment, _ in model.experiments)
    fault = f"no finished {profile} run of {names} with its weights"
    raise DataError(model.name, fault, f"`reproduce run {names.split()[0]} --profile {profile}`")


def spread_of(group: RunGroup) -> dict[str, float]:
    """Standard deviation over the seeds, ddof 1, of every metric that all of them have."""
    if len(group.seeds) < 2:
        return {}
    means = pd.DataFrame(
        [pd.DataFrame([r.metrics for r in folds]).mean() for folds in group.seeds.values()]
    )
    spread = means.std(ddof=1).dropna()
    return {name: round(float(value), 6) for name, value in spread.items()}


def _task(scores: SeedScores) -> str:
    if isinstance(scores.task, SingleLabel):
        return "single-label"
    return "multi-label" if isinstance(scores.task, MultiLabel) else "distribution"
