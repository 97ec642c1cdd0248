"""One run: a network trained on one data set and asked about the test proteins of all."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from common.data.alphabet import PROTEIN
from common.data.labelled import Labelled
from common.data.registry import least_exact
from common.harness.experiment import Context
from common.harness.outcome import count_trainable, prediction_table, scores
from common.harness.record import RunResult
from common.own import baselines
from common.own.study import Data, train_network
from common.training.fit import predict
from reproductions.cross.labels import common_labels, common_truth, own_labels, to_common
from reproductions.cross.networks import COMPOSITION, NETWORKS
from reproductions.cross.sets import (
    LABELLED_AS,
    TESTED_ON,
    ProteinSet,
    askable,
    load_sets,
)


def run(context: Context) -> RunResult:
    """Train on one set's training proteins and score on every set's test proteins.

    The main table is the set's own test part; each further one is named after its set. Scores are
    over the common locations: where several of a set's locations are one of these, their
    probabilities are added.
    """
    settings, started = context.settings, time.monotonic()
    sets = load_sets(settings, simulate=context.may_simulate)
    trained_on = settings["trained_on"]
    asked = {
        name: sets[name].test
        if settings["cross_simulated"]
        else askable(sets[name].test, trained_on, name)
        for name in TESTED_ON
    }
    every = pd.concat(
        [frame.assign(id=f"{name} " + frame["id"]) for name, frame in asked.items()],
        ignore_index=True,
    )
    answer = _composition if settings["cross_network"] == COMPOSITION else _network
    probabilities, about = answer(context, sets[trained_on].train, every)
    mapped = np.asarray(probabilities, np.float64) @ to_common(LABELLED_AS[trained_on])
    mapped = mapped / mapped.sum(axis=1, keepdims=True)
    tables = _tables(asked, mapped)
    own = tables.pop(trained_on)
    metrics = scores(own)
    for name, table in tables.items():
        metrics |= scores(table, name)
    left_out = {name: len(sets[name].test) - len(asked[name]) for name in TESTED_ON}
    return RunResult(
        metrics=metrics,
        predictions=own,
        tables=tables,
        n_original=len(sets[trained_on].test),
        n_effective=len(own),
        data_variant=least_exact(*(one.variant for one in sets.values())),
        data_sha256=_checksums(sets),
        seconds=round(time.monotonic() - started, 1),
        **{
            **about,
            "extra": {
                **about["extra"],
                "n_train": len(sets[trained_on].train),
                "homologous_to_training_proteins": left_out,
            },
        },
    )


def _tables(asked: Mapping[str, pd.DataFrame], mapped: np.ndarray) -> dict[str, pd.DataFrame]:
    """Predictions of each set, in common locations."""
    tables, start = {}, 0
    for name, frame in asked.items():
        rows = mapped[start : start + len(frame)]
        truth = common_truth(LABELLED_AS[name], frame["location"])
        tables[name] = prediction_table(frame["id"], truth, rows, common_labels())
        start += len(frame)
    return tables


def _network(
    context: Context, train: pd.DataFrame, test: pd.DataFrame
) -> tuple[np.ndarray, dict[str, Any]]:
    """(n, own locations) probabilities of a trained network, and what its record says."""
    trainable = NETWORKS[context.settings["cross_network"]].trainable
    labels = own_labels(LABELLED_AS[context.settings["trained_on"]])
    truth = train["location"].to_numpy(dtype=str)
    labelled = Labelled(train[["id", "sequence"]], labels, truth, "single-label", {})
    data = Data(labelled, trainable, np.zeros(len(train), np.int64), "")
    model, fitted = train_network(data, np.arange(len(train)), context, data.reader(context))
    context.keep_weights(model)
    asked = test[["id", "sequence"]]
    examples = trainable.reader(asked, context.settings, context.stream)(asked, None)
    return predict(model, examples), {
        "history": fitted.history,
        "n_parameters": count_trainable(model),
        "padding_share": fitted.padding_share,
        "epochs": fitted.epochs,
        "extra": {"best_epoch": fitted.best_epoch},
    }


def _composition(
    context: Context, train: pd.DataFrame, test: pd.DataFrame
) -> tuple[np.ndarray, dict[str, Any]]:
    """The same from a linear model on the shares of the residues and the length."""
    labels = own_labels(LABELLED_AS[context.settings["trained_on"]])
    known, asked = (
        baselines.composition(frame["sequence"].tolist(), PROTEIN) for frame in (train, test)
    )
    truth = train["location"].to_numpy(dtype=str)
    found = baselines.linear_on_composition(known, truth, asked, labels)
    n_parameters = len(labels) * (known.shape[1] + 1)
    return found, {"n_parameters": n_parameters, "extra": {}}


def _checksums(sets: Mapping[str, ProteinSet]) -> dict[str, str]:
    return {Path(name).name: digest for one in sets.values() for name, digest in one.sha256.items()}
