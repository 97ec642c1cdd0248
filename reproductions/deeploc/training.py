"""One run of DeepLoc 1.0: table, inner fold, network, training, predictions."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from common.features.per_residue import PerResidueStore
from common.features.table_profiles import data_variant, profile_key, profile_remark
from common.harness.experiment import Context
from common.harness.outcome import count_trainable, prediction_table, scores
from common.harness.record import RunResult
from common.harness.run_key import data_digest
from common.sources import Examples
from common.training.fit import FitResult, predict
from common.training.recipe import Recipe
from common.training.seeds import set_seed
from reproductions.deeploc.data import PROFILES, Table, load_table
from reproductions.deeploc.examples import (
    make_examples,
    membrane_table,
    membrane_targets,
    profiles_of,
)
from reproductions.deeploc.parts import inner_fold, parts_of
from reproductions.deeploc.tree import LOCATIONS, node_accuracy

if TYPE_CHECKING:
    import keras

MOST_POSITIONS = 128 * 1024


@dataclass(frozen=True)
class Split:
    """The table, and its parts as examples.

    Parameters
    ----------
    fold : int
        Inner fold that validates.
    test, hard : Examples
        DeepLoc's test proteins and setHARD.
    """

    table: Table
    fold: int
    train: Examples
    validation: Examples
    test: Examples
    hard: Examples
    test_frame: pd.DataFrame
    validation_frame: pd.DataFrame
    profiles: PerResidueStore | None


def load_split(settings: dict, seed: int, *, simulate: bool = False) -> Split:
    """Read the table that the settings name and make its parts ready for a network.

    Parameters
    ----------
    settings : dict
        Resolved `settings.toml`.
    seed : int
        Seed k validates on inner fold (k - 1) mod 4 and trains on the others.
    simulate : bool
        Simulated proteins may stand in for a data set that is nowhere.

    Raises
    ------
    DataError
        A file is missing or damaged, or a profile does not fit its sequence.
    """
    table = load_table(
        settings["data"],
        n=settings["simulated_proteins"],
        simulate=simulate,
        cytoplasm_nucleus=settings["cytoplasm_nucleus"],
    )
    store = profiles_of(settings, [table.frame, table.hard], PROFILES)
    parts = parts_of(table, settings, seed)
    examples = {
        name: make_examples(part, settings, store, targets_of(part, settings))
        for name, part in parts.items()
    }
    return Split(
        table,
        inner_fold(seed),
        **examples,
        test_frame=parts["test"],
        validation_frame=parts["validation"],
        profiles=store,
    )


def targets_of(frame: pd.DataFrame, settings: dict) -> dict[str, np.ndarray] | None:
    """What the heads should answer; None for setHARD, which has no membrane labels."""
    if settings["membrane"] and "membrane" not in frame:
        return None
    places = [LOCATIONS.index(name) for name in frame["location"]]
    targets = {"location": np.array(places, dtype=np.int32)}
    if settings["membrane"]:
        targets["membrane"] = membrane_targets(frame["membrane"])
    return targets


@dataclass(frozen=True)
class Trained:
    """A trained network and what it says of the test proteins.

    Parameters
    ----------
    model : keras.Model
        From `model.build`.
    outputs, hard, validation : dict of str to array
        Of the network, a row for each protein of the test set, of setHARD and of the inner fold.
    """

    context: Context
    split: Split
    model: keras.Model
    fit: FitResult
    outputs: dict[str, np.ndarray]
    hard: dict[str, np.ndarray]
    validation: dict[str, np.ndarray]
    seconds: float


def run(context: Context) -> RunResult:
    """Train one network and score it on both test sets."""
    return result_of(train(context))


def train(context: Context) -> Trained:
    """Train the network of an experiment, going on from its checkpoint where there is one.

    The epoch that is best on the inner validation fold is kept; test proteins choose nothing.
    """
    import keras

    from reproductions.deeploc.model import build

    settings, seed = context.settings, context.key.seed
    split = load_split(settings, seed, simulate=context.may_simulate)
    recipe = recipe_of(settings)
    keras.config.set_dtype_policy(recipe.dtype)
    set_seed(seed)
    model = build(settings)
    data = data_digest(split.table.variant, split.table.sha256, profile_key(split.profiles))
    fitted = context.fit(model, split.train, recipe, split.validation, data)
    context.keep_weights(model)
    started = time.monotonic()
    outputs = [
        predict(model, part, max_positions=MOST_POSITIONS)
        for part in (split.test, split.hard, split.validation)
    ]
    return Trained(context, split, model, fitted, *outputs, time.monotonic() - started)


def recipe_of(settings: Mapping[str, Any]) -> Recipe:
    """Recipe of the settings, which watches a column that the network has.

    Keras puts a head's name into those of its scores only where there are several heads.
    """
    recipe = Recipe.from_settings(settings)
    if settings["membrane"]:
        return recipe
    return replace(recipe, monitor=recipe.monitor.replace("location_", ""))


def result_of(trained: Trained) -> RunResult:
    """Scores and predictions of a trained network, ready to be recorded."""
    split, fitted = trained.split, trained.fit
    test = split.test_frame
    predictions = _locations(test, trained.outputs)
    tables = {
        "sethard": _locations(split.table.hard, trained.hard),
        "validation": _locations(split.validation_frame, trained.validation),
    }
    if "membrane" in trained.outputs:
        membrane = membrane_table(test, trained.outputs["membrane"])
        if membrane is not None:
            tables["membrane"] = membrane
    metrics = scores(predictions)
    for name, table in tables.items():
        metrics |= scores(table, name)
    return RunResult(
        metrics=metrics,
        predictions=predictions,
        history=fitted.history,
        n_original=len(test),
        n_effective=len(predictions),
        data_variant=data_variant(split.table.variant, split.profiles),
        data_sha256=split.table.sha256,
        n_parameters=count_trainable(trained.model),
        padding_share=fitted.padding_share,
        epochs=fitted.epochs,
        seconds=round(fitted.seconds + trained.seconds, 1),
        extra=_extra(trained),
        tables=tables,
    )


def _locations(frame: pd.DataFrame, outputs: dict[str, np.ndarray]) -> pd.DataFrame:
    return prediction_table(frame["id"], frame["location"], outputs["location"], LOCATIONS)


def _extra(trained: Trained) -> dict[str, Any]:
    split = trained.split
    truth = split.test_frame["location"].to_numpy(dtype=str)
    nodes = node_accuracy(truth, trained.outputs["location"])["accuracy"]
    return {
        "inner_fold": split.fold,
        "n_train": len(split.train),
        "n_validation": len(split.validation),
        "best_epoch": trained.fit.best_epoch,
        "nodes": {name: None if np.isnan(v) else round(float(v), 4) for name, v in nodes.items()},
        "profiles": split.profiles.provenance if split.profiles is not None else {},
        "remark": profile_remark(split.profiles),
    }
