"""Measures where a protein may have several labels at once (the DeepLoc 2.0 HPA test set)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn import metrics

from common.errors import DataError
from common.metrics.checks import checked_labels, checked_numbers, same_length

AVERAGES = ("micro", "macro", "weighted", "samples")
"""scikit-learn's averages; the rows of `multilabel_report` are named ``"micro avg"`` and so on."""


def multilabel_report(
    truth: ArrayLike, predicted: ArrayLike, labels: Sequence[str]
) -> pd.DataFrame:
    """Precision, recall and F1 of each label, and their four averages.

    Parameters
    ----------
    truth, predicted : (n, k) bool or 0/1
        True where the example has the label; columns in the order of `labels`.
    labels : sequence of str
        The k label names.

    Returns
    -------
    pd.DataFrame
        (k + 4, 7), index `label` and then the averages; columns `precision`, `recall`, `f1`
        (0..1; a division by zero gives 0), `support`, and for labels `true_positives`,
        `false_positives` and `false_negatives` (NaN in the rows of averages).

    Raises
    ------
    DataError
        No examples, or values other than 0 and 1.
    ValueError
        The shapes do not agree with each other or with `labels`.
    """
    order = checked_labels(labels)
    true, guessed = _indicators("truth", truth, order), _indicators("predicted", predicted, order)
    same_length("truth and predicted", true, guessed)
    rows = {}
    each = metrics.precision_recall_fscore_support(true, guessed, average=None, zero_division=0)
    cells = metrics.multilabel_confusion_matrix(true, guessed)
    for position, label in enumerate(order):
        counts = [cells[position][cell] for cell in ((1, 1), (0, 1), (1, 0))]
        rows[label] = [score[position] for score in each] + counts
    for average in AVERAGES:
        scores = metrics.precision_recall_fscore_support(
            true, guessed, average=average, zero_division=0
        )
        rows[f"{average} avg"] = [*scores[:3], true.sum(), np.nan, np.nan, np.nan]
    columns = ["precision", "recall", "f1", "support"]
    columns += ["true_positives", "false_positives", "false_negatives"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype=np.float64)
    return table.rename_axis("label").astype({"support": int})


def _indicators(what: str, values: ArrayLike, order: Sequence[str]) -> np.ndarray:
    """(n, k) int array of 0 and 1."""
    numbers = checked_numbers(what, values, 2)
    if numbers.shape[1] != len(order):
        raise ValueError(f"{what}: {numbers.shape[1]} columns for {len(order)} labels")
    if not np.isin(numbers, (0, 1)).all():
        raise DataError(what, "values other than 0 and 1", "Apply the label thresholds first")
    return numbers.astype(int)
