"""A user's data as a paper of its own: a network and baselines, cross-validated and recorded."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from common.data.labelled import Labelled
from common.errors import DataError
from common.harness.claims import Claim
from common.harness.experiment import Context, Cost, Experiment, Paper
from common.harness.outcome import count_trainable, prediction_table, scores
from common.harness.record import RunResult, no_history
from common.own import baselines
from common.own.folds import make_folds
from common.own.trainable import Trainable, targets_of

if TYPE_CHECKING:
    from common.sources import Examples

NETWORK = "network"
BASELINES: Mapping[str, str] = {
    "majority": "the shares of the labels, for every sequence",
    "composition": "a linear model on the share of each letter and the length",
    "nearest": "the labels of MMseqs2's best hit, or of the most similar composition without one",
}
MAIN_METRIC = {"single-label": "mcc", "multi-label": "f1_micro", "distribution": "kl"}


class FixedSettings:
    """Settings that were resolved before; what the harness asks of `settings.toml`."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = dict(values)

    def resolve(
        self,
        variant: str,
        profile: str,
        experiment: str,
        overrides: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The same for every run."""
        return self.values | dict(overrides or {})


@dataclass(frozen=True)
class Study(Paper):
    """A `Paper` made of a user's data."""

    values: Mapping[str, Any] = ()  # type: ignore[assignment]

    @property
    def settings(self) -> Any:
        """Settings of the network and how the folds were made."""
        return FixedSettings(self.values)


@dataclass(frozen=True)
class Data:
    """What every run of a study reads.

    Parameters
    ----------
    labelled : Labelled
    trainable : Trainable
    fold : (n,) int64
        Fold of each sequence.
    how : str
        How the folds were made.
    """

    labelled: Labelled
    trainable: Trainable
    fold: np.ndarray
    how: str

    def rows(self, fold: int) -> tuple[np.ndarray, np.ndarray]:
        """Places of the training and of the test sequences."""
        return np.flatnonzero(self.fold != fold), np.flatnonzero(self.fold == fold)

    def reader(self, context: Context) -> Callable[[np.ndarray, Any], Examples]:
        """Function from places of sequences, and their targets or None, to `Examples`."""
        frame = self.labelled.frame
        read = self.trainable.reader(frame, context.settings, context.stream)
        return lambda rows, targets: read(frame.iloc[rows].reset_index(drop=True), targets)


def make_study(
    name: str,
    labelled: Labelled,
    trainable: Trainable,
    folder: Path,
    *,
    folds: int = 5,
    seeds: Sequence[int] = (1,),
    profile: str = "full",
    overrides: Mapping[str, Any] | None = None,
) -> tuple[Study, Data]:
    """Plan a network and three baselines, each trained on all folds but one in turn.

    Parameters
    ----------
    name : str
        Of the study; a folder's name.
    labelled : Labelled
    trainable : Trainable
    folder : Path
        Of the study's results.
    folds : int
    seeds : sequence of int
    profile : str
        Whose settings the network has: ``full`` is the paper's scale, ``quick`` a small network.
    overrides : mapping, optional
        Settings that differ.

    Returns
    -------
    Study
    Data
    """
    frame = labelled.frame
    fold, how = make_folds(
        frame["id"].tolist(),
        frame["sequence"].tolist(),
        labelled.truth,
        labelled.labels,
        trainable.alphabet,
        folds,
    )
    data = Data(labelled, trainable, fold, how)
    values = {**trainable.settings(profile), **(overrides or {}), **_identity(labelled, folds, how)}
    metric = MAIN_METRIC[labelled.task]
    experiments = [_experiment(name, NETWORK, trainable.title, network_run(data), seeds, folds)]
    claims = []
    for baseline, about in BASELINES.items():
        run = baseline_run(data, baseline)
        experiments.append(_experiment(name, baseline, about, run, (1,), folds))
        claims.append(
            Claim(
                f"{trainable.name} above {baseline}",
                f"{metric}: the network is better than {about}",
                name,
                better=NETWORK,
                worse=baseline,
                metric=metric,
            )
        )
    study = Study(
        name,
        f"{trainable.name} on {name}",
        trainable.title,
        folder,
        tuple(experiments),
        None,
        tuple(claims),
        values=values,
    )
    return study, data


def _identity(labelled: Labelled, folds: int, how: str) -> dict[str, Any]:
    """Settings that make runs on other data or other folds other runs."""
    content = json.dumps([labelled.sha256, labelled.frame["id"].tolist(), labelled.labels])
    digest = hashlib.sha256(content.encode()).hexdigest()[:12]
    return {"own_data": digest, "folds": folds, "fold_maker": how}


def _experiment(
    study: str,
    name: str,
    title: str,
    run: Callable[[Context], RunResult],
    seeds: Sequence[int],
    folds: int,
) -> Experiment:
    by_profile = {"quick": tuple(seeds), "full": tuple(seeds)}
    costs = dict.fromkeys(by_profile, Cost(minutes=300, memory_gb=6, gpu=True))
    return Experiment(study, name, title, run, by_profile, folds=folds, costs=costs)


def network_run(data: Data) -> Callable[[Context], RunResult]:
    """Training of the network on all folds but one."""

    def run(context: Context) -> RunResult:
        from common.training.fit import predict

        started = time.monotonic()
        train, test = data.rows(context.key.fold)
        read = data.reader(context)
        model, fitted = train_network(data, train, context, read)
        recipe = data.trainable.recipe(context.settings)
        found = predict(model, read(test, None), max_positions=recipe.max_positions)
        context.keep_weights(model)
        return _result(
            data,
            test,
            found,
            seconds=time.monotonic() - started,
            history=fitted.history,
            n_parameters=count_trainable(model),
            padding_share=fitted.padding_share,
            epochs=fitted.epochs,
        )

    return run


def train_network(
    data: Data, rows: np.ndarray, context: Context, read: Callable[[np.ndarray, Any], Examples]
) -> tuple[Any, Any]:
    """Train a network on some of the sequences, going on from its checkpoint.

    Where the settings choose an epoch by validation, `validation_rows` of them validate.

    Parameters
    ----------
    data : Data
    rows : (m,) int
    context : Context
    read : callable
        From `Data.reader`.

    Returns
    -------
    keras.Model, FitResult
    """
    import keras

    from common.training.seeds import set_seed

    labelled, settings = data.labelled, context.settings
    recipe = data.trainable.recipe(settings)
    keras.config.set_dtype_policy(recipe.dtype)
    set_seed(context.key.training_seed)
    model = data.trainable.build(settings, len(labelled.labels), labelled.task)
    targets = targets_of(labelled.truth, labelled.labels)

    def examples(chosen: np.ndarray) -> Examples:
        return read(chosen, targets[chosen])

    if recipe.keep != "best" and recipe.patience is None:
        return model, context.fit(model, examples(rows), recipe)
    held = validation_rows(len(rows), context.key.seed)
    training, validation = examples(rows[~held]), examples(rows[held])
    return model, context.fit(model, training, recipe, validation)


def validation_rows(n: int, seed: int) -> np.ndarray:
    """(n,) bool: a tenth of the training sequences, at random and at least one.

    Homologues of these may be among the others: the epoch may be chosen too late, the tested fold
    stays unseen.

    Raises
    ------
    DataError
        Fewer than two sequences.
    """
    if n < 2:
        fault = f"{n} training sequences, of which one must validate"
        raise DataError("training", fault, "Give more sequences, or fewer folds")
    held = np.zeros(n, dtype=bool)
    held[np.random.default_rng([seed, n]).permutation(n)[: max(1, n // 10)]] = True
    return held


def baseline_run(data: Data, name: str) -> Callable[[Context], RunResult]:
    """A baseline on all folds but one."""

    def run(context: Context) -> RunResult:
        started = time.monotonic()
        train, test = data.rows(context.key.fold)
        truth, labels = data.labelled.truth[train], data.labelled.labels
        if name == "majority":
            found = baselines.majority(truth, len(test), labels)
            return _result(data, test, found, seconds=time.monotonic() - started)
        texts = data.labelled.frame["sequence"].to_numpy()
        alphabet = data.trainable.alphabet
        features = baselines.composition(texts.tolist(), alphabet)
        known, asked, told = features[train], features[test], ""
        if name == "composition":
            found = baselines.linear_on_composition(known, truth, asked, labels)
        else:
            hits = baselines.best_hits(list(texts[train]), list(texts[test]), alphabet)
            found = baselines.nearest_neighbour(known, truth, asked, labels, hits)
            told = f"{(hits != baselines.NO_HIT).sum():,} of {len(test):,} have a hit"
        return _result(data, test, found, seconds=time.monotonic() - started, remark=told)

    return run


def _result(
    data: Data,
    test: np.ndarray,
    probabilities: np.ndarray,
    *,
    seconds: float,
    history: pd.DataFrame | None = None,
    n_parameters: int = 0,
    padding_share: float = float("nan"),
    epochs: int = 0,
    remark: str = "",
) -> RunResult:
    labelled = data.labelled
    rows = np.asarray(probabilities, dtype=np.float64)
    if labelled.task != "multi-label":
        rows = rows / rows.sum(axis=1, keepdims=True)
    ids = labelled.frame["id"].to_numpy()[test]
    table = prediction_table(ids, labelled.truth[test], rows, labelled.labels)
    return RunResult(
        metrics=scores(table),
        predictions=table,
        history=no_history() if history is None else history,
        n_original=len(test),
        n_effective=len(test),
        data_variant="exact",
        data_sha256=labelled.sha256,
        n_parameters=n_parameters,
        padding_share=padding_share,
        epochs=epochs,
        seconds=round(seconds, 1),
        extra={
            "remark": "; ".join(filter(None, (data.how, remark))),
            "task": labelled.task,
            "left_out": list(labelled.left_out),
        },
    )
