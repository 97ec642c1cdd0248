"""From a finished run to weights that users can predict with, and their card."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from common.data.registry import find_dataset
from common.errors import DataError
from common.files import written_whole
from common.harness.drawn import run_name
from common.harness.experiment import weights_path
from common.harness.groups import RunGroup, choose_group
from common.harness.record import Record, read_records
from common.harness.scores import SeedScores
from common.harness.tasks import MultiLabel, SingleLabel
from common.predict.calibration import calibrate
from common.predict.card import Card, digest_of, weights_of, write_card
from common.predict.evaluate import (
    TEST,
    TRAIN,
    VALIDATION,
    card_metrics,
    check_ids,
    predict_parts,
)
from common.predict.novelty import describe_training
from common.predict.predictor import Predictor
from common.predict.released import ReleasedModel
from common.predict.reliability import draw_reliability

if TYPE_CHECKING:
    from common.harness.experiment import Paper

__all__ = ["ReleasedModel", "best_run", "draft_card", "release", "spread_of", "task_name"]

MOST_BYTES = 20_000_000
"""Largest file of weights that a repository takes."""


def release(
    paper: Paper,
    model: ReleasedModel,
    results: Path,
    folder: Path,
    profile: str = "full",
    figures: Path | None = None,
) -> Path:
    """Put a finished run's weights and their card into a folder, and draw their calibration.

    The weights are half-precision: what the card says was measured with the released file, on
    the run's own test examples, and not taken from its record.

    Parameters
    ----------
    paper : Paper
    model : ReleasedModel
    results : Path
        Folder of records and kept weights.
    folder : Path
        Where ``NAME.npz`` and ``NAME.json`` are written.
    profile : str
    figures : Path, optional
        Where ``reliability-NAME.png`` and ``.svg`` are written; by default `folder`.

    Returns
    -------
    Path
        The card.

    Raises
    ------
    DataError
        No finished run with kept weights, other test examples than the run's, or more than 20 MB.
    """
    group, record = best_run(paper, model, results, profile)
    examples = model.examples(record.settings, record.key.seed, record.key.fold)
    check_ids(examples, record.predictions["id"].tolist(), model.name, model.dataset)
    card_path = folder / f"{model.name}.json"
    weights = weights_of(card_path)
    _copy_weights(weights_path(record.key, results), weights)
    draft = draft_card(paper, model, group, record, examples, digest_of(weights))
    tables = predict_parts(Predictor(draft, model.load(draft, weights)), examples)
    test = SeedScores.from_tables([tables[TEST]], TEST)
    validation = None
    if VALIDATION in tables:
        validation = SeedScores.from_tables([tables[VALIDATION]], VALIDATION)
    found = calibrate(test, validation)
    metrics = card_metrics(tables)
    card = replace(
        draft,
        metrics=metrics,
        interval=intervals(RunGroup({record.key.seed: (record,)}), metrics),
        n_test=test.n,
        calibration={} if found is None else found.summary(),
    )
    write_card(card_path, card)
    title = f"{model.name} ({run_name(record)})"
    draw_reliability(test, found, title, figures or folder, f"reliability-{model.name}")
    return card_path


def draft_card(
    paper: Paper,
    model: ReleasedModel,
    group: RunGroup,
    record: Record,
    examples: pd.DataFrame,
    weights_sha256: str,
) -> Card:
    """The card before anything was measured."""
    first = SeedScores.from_tables([record.predictions], "predictions")
    extra = record.content["extra"]
    training = examples.loc[examples["part"] == TRAIN, "sequence"]
    return Card(
        model=model.name,
        title=model.title,
        citation=paper.citation,
        paper=paper.name,
        experiment=record.key.experiment,
        variant=record.key.variant,
        profile=record.key.profile,
        seed=record.key.seed,
        fold=record.key.fold,
        task=task_name(first),
        labels=first.labels,
        alphabet=model.alphabet.name,
        settings=record.settings,
        data_variant=record.data_variant,
        data_sha256=record.content["data_sha256"],
        licence=find_dataset(model.dataset).licence,
        metrics={},
        spread=spread_of(group),
        n_test=first.n,
        n_seeds=len(group.seeds),
        calibration={},
        training=describe_training(training, model.alphabet),
        commit=record.content["provenance"]["commit"],
        weights_sha256=weights_sha256,
        remark="; ".join(filter(None, (extra.get("cut_short"), extra.get("remark")))),
    )


def _copy_weights(source: Path, target: Path) -> None:
    size = source.stat().st_size
    if size > MOST_BYTES:
        fault = f"{size:,} bytes of weights, and {MOST_BYTES:,} at most are released"
        raise DataError(str(source), fault, "Train a smaller network")
    with written_whole(target) as temporary:
        temporary.write_bytes(source.read_bytes())


def best_run(
    paper: Paper, model: ReleasedModel, results: Path, profile: str
) -> tuple[RunGroup, Record]:
    """The first experiment's group with weights, and the record that they belong to.

    Raises
    ------
    DataError
        There is none.
    """
    records = read_records(results, profile, paper.name)
    for experiment, variant in model.experiments:
        group = choose_group(records, experiment, variant, profile)
        for record in group.records if group else ():
            if weights_path(record.key, results).exists() and model.accepts(record.settings):
                return cast(RunGroup, group), record
    names = " or ".join(f"{paper.name}/{experiment}" for experiment, _ in model.experiments)
    fault = f"no finished {profile} run of {names} with weights that read sequences alone"
    raise DataError(model.name, fault, f"`reproduce run {names.split()[0]} --profile {profile}`")


def intervals(group: RunGroup, metrics: Collection[str]) -> dict[str, tuple[float, float]]:
    """95 % bootstrap intervals over the test examples, of the metrics that have one."""
    ends = {name: group.estimate(name).bootstrap for name in metrics}
    return {
        name: (round(low, 6), round(high, 6))
        for name, (low, high) in ends.items()
        if np.isfinite((low, high)).all()
    }


def spread_of(group: RunGroup) -> dict[str, float]:
    """Standard deviation over the seeds, ddof 1, of every metric that all of them have."""
    if len(group.seeds) < 2:
        return {}
    means = pd.DataFrame(
        [pd.DataFrame([r.metrics for r in folds]).mean() for folds in group.seeds.values()]
    )
    spread = means.std(ddof=1).dropna()
    return {name: round(float(value), 6) for name, value in spread.items()}


def task_name(scores: SeedScores) -> str:
    """Name of what predictions are about, as cards and heads call it."""
    if isinstance(scores.task, SingleLabel):
        return "single-label"
    return "multi-label" if isinstance(scores.task, MultiLabel) else "distribution"
