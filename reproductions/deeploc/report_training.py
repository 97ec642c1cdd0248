"""One run of the reimplementation report: table, network, training, predictions."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from common.errors import UsageError
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
from reproductions.deeploc import data, report_data
from reproductions.deeploc.examples import (
    make_examples,
    membrane_table,
    membrane_targets,
    profiles_of,
)
from reproductions.deeploc.tree import LOCATIONS

if TYPE_CHECKING:
    import keras

ALL, OF_SEED = -1, -2
"""Values of `validation_partition`: none is held out; that of the seed is."""
ONE_LOCATION = {"deeploc": "deeploc", "simulated-one": "simulated"}
"""Values of `data` that mean DeepLoc 1.0's table, or its simulated form."""
BATCH = 64


@dataclass(frozen=True)
class Split:
    """Training, validation and test proteins of one run.

    Parameters
    ----------
    several : bool
        Whether a protein may have several locations (DeepLoc 2.0) or has one (DeepLoc 1.0).
    labels : (n, 10) float32
        Of the training proteins.
    """

    several: bool
    labels: np.ndarray
    train: Examples
    validation: Examples | None
    test: Examples
    test_frame: pd.DataFrame
    variant: str
    sha256: dict[str, str]
    profiles: PerResidueStore | None


def load_split(settings: dict, seed: int, *, simulate: bool = False) -> Split:
    """Read the tables that the settings name and make their parts ready for the network.

    Parameters
    ----------
    settings : dict
        From `report_settings`; ``data`` is ``deeploc2``, ``deeploc``, ``simulated`` (several
        locations a protein) or ``simulated-one``.
    seed : int
        Of the partition that is held out, where ``validation_partition`` asks for it.
    simulate : bool
        Simulated proteins may stand in for a data set that is nowhere.

    Raises
    ------
    UsageError
        A tree or softmax with several locations a protein, or a partition that there is not.
    DataError
        A file is missing or damaged.
    """
    tables = _tables(settings, simulate)
    train = tables.train
    several = "labels" in train
    if several and settings["head"] != "sigmoids":
        fault = f"the answers of a {settings['head']} exclude each other, DeepLoc 2.0's do not"
        raise UsageError(
            "report_head", fault, "Set report_data to deeploc, or the head to sigmoids"
        )
    store = profiles_of(settings, *tables.searched)
    held = _held_out(settings["validation_partition"], seed, int(train["partition"].max()) + 1)
    kept = limited_part(train[train["partition"] != held], settings["proteins"])
    left = limited_part(train[train["partition"] == held], settings["proteins"] // 4)
    parts = [part.reset_index(drop=True) for part in (kept, left, tables.test)]
    kept, _, test = parts
    training, validation, testing = (
        make_examples(part, settings, store, _targets(part)) for part in parts
    )
    return Split(
        several,
        _labels(kept),
        training,
        validation if len(validation) else None,
        testing,
        test,
        tables.variant,
        tables.sha256,
        store,
    )


@dataclass(frozen=True)
class _Tables:
    """Training and test proteins, data variant and checksums.

    Parameters
    ----------
    searched : tuple
        Tables whose profiles are searched at once, and their name: those of DeepLoc 1.0 are the
        original network's, so that one search serves both.
    """

    train: pd.DataFrame
    test: pd.DataFrame
    variant: str
    sha256: dict[str, str]
    searched: tuple[list[pd.DataFrame], str]


def _tables(settings: dict, simulate: bool) -> _Tables:
    n = settings["simulated_proteins"]
    if settings["data"] not in ONE_LOCATION:
        table = report_data.load_table(settings["data"], n=n, simulate=simulate)
        searched = ([table.train, table.test], settings["data"])
        return _Tables(table.train, table.test, table.variant, table.sha256, searched)
    one = data.load_table(
        ONE_LOCATION[settings["data"]],
        n=n,
        simulate=simulate,
        cytoplasm_nucleus=settings["cytoplasm_nucleus"],
    )
    frame = one.frame.rename(columns={"fold": "partition"})
    train, test = (frame[frame["split"] == part] for part in ("train", "test"))
    searched = ([one.frame, one.hard], data.PROFILES)
    return _Tables(train, test, one.variant, one.sha256, searched)


def limited_part(frame: pd.DataFrame, most: int) -> pd.DataFrame:
    """At most so many proteins; 0 for all, and none of none."""
    return data.limited(frame, most) if len(frame) else frame


def _held_out(partition: int, seed: int, partitions: int) -> int:
    """Partition that validates, or `ALL`."""
    if partition == OF_SEED:
        return (seed - 1) % partitions
    if not ALL <= partition < partitions:
        fault = f"there is no partition {partition}"
        remedy = f"Give 0 to {partitions - 1}, {ALL} for none or {OF_SEED} for that of the seed"
        raise UsageError("report_validation_partition", fault, remedy)
    return partition


def _labels(frame: pd.DataFrame) -> np.ndarray:
    """(n, 10) float32: 1 where the protein has the location."""
    if "labels" in frame:
        return report_data.label_matrix(frame)
    own = frame["location"].to_numpy()[:, None] == np.array(LOCATIONS)[None, :]
    return own.astype(np.float32)


def _targets(frame: pd.DataFrame) -> dict[str, np.ndarray] | None:
    """What both heads should answer; None for a set without membrane labels."""
    if "membrane" not in frame:
        return None
    return {"location": _labels(frame), "membrane": membrane_targets(frame["membrane"])}


@dataclass(frozen=True)
class Trained:
    """A trained network and what it says of the test proteins."""

    context: Context
    split: Split
    model: keras.Model
    fit: FitResult
    outputs: dict[str, np.ndarray]
    seconds: float


def run(context: Context) -> RunResult:
    """Train the report's network and score it on its test set."""
    return result_of(train(context))


def train(context: Context) -> Trained:
    """Train the network of an experiment, going on from its checkpoint where there is one."""
    import keras

    from reproductions.deeploc.report_model import balanced_weights, build, report_settings

    settings, seed = report_settings(context.settings), context.key.seed
    split = load_split(settings, seed, simulate=context.may_simulate)
    recipe = Recipe.from_settings(settings)
    keras.config.set_dtype_policy(recipe.dtype)
    set_seed(seed)
    model = build(settings, balanced_weights(split.labels) if settings["balanced"] else None)
    fitted = context.fit(
        model,
        split.train,
        recipe,
        split.validation,
        data_digest(split.variant, split.sha256, profile_key(split.profiles)),
    )
    context.keep_weights(model)
    started = time.monotonic()
    outputs = predict(model, split.test, batch_size=BATCH)
    return Trained(context, split, model, fitted, outputs, time.monotonic() - started)


def result_of(trained: Trained) -> RunResult:
    """Scores and predictions of a trained network, ready to be recorded."""
    split, fitted = trained.split, trained.fit
    test, probabilities = split.test_frame, trained.outputs["location"]
    tables: dict[str, pd.DataFrame] = {}
    if split.several:
        predictions, tables["argmax"] = several_tables(test, probabilities)
    else:
        predictions = prediction_table(test["id"], test["location"], probabilities, LOCATIONS)
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
        data_variant=data_variant(split.variant, split.profiles),
        data_sha256=split.sha256,
        n_parameters=count_trainable(trained.model),
        padding_share=_padding_share(trained),
        epochs=fitted.epochs,
        seconds=round(fitted.seconds + trained.seconds, 1),
        extra=_extra(trained),
        tables=tables,
    )


def several_tables(
    frame: pd.DataFrame, probabilities: np.ndarray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Predictions over the report's eight locations, as its two kinds of matrices count them.

    Parameters
    ----------
    frame : DataFrame
        ``id`` and ``labels``.
    probabilities : (n, 10)
        Columns in the order of `LOCATIONS`.

    Returns
    -------
    several : DataFrame
        Each location a yes or no of its own.
    argmax : DataFrame
        One location a protein, for the 8 × 8 matrix: the first true one in the report's order.
    """
    names = list(report_data.TEST_LABELS)
    columns = [LOCATIONS.index(name) for name in names]
    truth, guessed = report_data.label_matrix(frame)[:, columns], probabilities[:, columns]
    first = np.array(names)[truth.argmax(axis=1)]
    return (
        prediction_table(frame["id"], truth, guessed, names),
        prediction_table(frame["id"], first, guessed, names),
    )


def _padding_share(trained: Trained) -> float:
    """Of all positions of an epoch; without masks every protein is padded to the longest."""
    settings = trained.context.settings
    if settings["report_masked"] == "everywhere":
        return trained.fit.padding_share
    return 1 - float(np.mean(trained.split.train.lengths)) / settings["max_length"]


def _extra(trained: Trained) -> dict[str, Any]:
    split = trained.split
    validation = 0 if split.validation is None else len(split.validation)
    return {
        "n_train": len(split.train),
        "n_validation": validation,
        "best_epoch": trained.fit.best_epoch,
        "profiles": split.profiles.provenance if split.profiles is not None else {},
        "remark": profile_remark(split.profiles),
    }
