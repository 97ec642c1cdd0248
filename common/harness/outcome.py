"""From a network's outputs to what a run records: a table of predictions and its scores."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from common.harness.measures import parse_measure
from common.harness.scores import TRUTH, SeedScores

if TYPE_CHECKING:
    import keras


def prediction_table(
    ids: Sequence[str] | pd.Series | np.ndarray,
    truth: Sequence[str] | pd.Series | np.ndarray,
    probabilities: np.ndarray,
    labels: Sequence[str],
) -> pd.DataFrame:
    """Predictions as a record keeps them.

    Parameters
    ----------
    ids : (n,)
    truth : (n,) str or (n, k) numbers
        The true label; or, for each label, its true fraction, or 1 and 0 where an example may have
        any number of labels.
    probabilities : (n, k)
    labels : sequence of str
        The k labels, in the order of the columns.

    Returns
    -------
    DataFrame
        ``id``; ``truth``, or a column ``truth:LABEL`` for each label; and a column for each label.
    """
    ids, true = np.asarray(ids), np.asarray(truth)
    guessed = pd.DataFrame(np.asarray(probabilities), columns=list(labels))
    if true.ndim == 1:
        head = pd.DataFrame({"id": ids, "truth": true})
    else:
        head = pd.DataFrame(true, columns=[TRUTH + label for label in labels])
        head.insert(0, "id", ids)
    return pd.concat([head, guessed], axis=1)


def scores(predictions: pd.DataFrame, table: str = "") -> dict[str, float]:
    """The metrics that a record holds of a table of predictions.

    One label an example: accuracy, MCC, weighted F1 and F1 of each label. Several: accuracy (all
    labels right), micro, macro, weighted and sample F1, and F1 of each label. Fractions: Pearson's
    r of each and the mean Kullback-Leibler divergence in nats.

    Parameters
    ----------
    predictions : DataFrame
        From `prediction_table`.
    table : str
        Name of the table, for all but a run's first one; it heads the metrics' names.
    """
    pooled = SeedScores.from_tables([predictions], "predictions")
    general = ("accuracy", "mcc", "f1_weighted", "f1_micro", "f1_macro", "f1_samples", "kl")
    single = [f"{kind}:{label}" for kind in ("f1", "pearson") for label in pooled.labels]
    found = [m for m in map(parse_measure, (*general, *single)) if pooled.can(m)]
    head = f"{table}/" if table else ""
    return {head + measure.name: pooled.value(measure) for measure in found}


def count_trainable(model: keras.Model) -> int:
    """Trainable parameters of a model."""
    return sum(math.prod(weight.shape) for weight in model.trainable_weights)
