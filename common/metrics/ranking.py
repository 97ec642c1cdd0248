"""ROC and precision-recall curves: each class against the rest, and micro-averaged.

Micro average: the one-hot truth and the scores of all classes are flattened and ranked together
(scikit-learn's definition, the one that RNATracker's supplementary figure 6 uses).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn import metrics

from common.metrics.checks import checked_labels, checked_names, checked_numbers, same_length

MICRO = "micro average"
"""Name of the row or curve that ranks all classes together."""


def roc_curve(truth: ArrayLike, scores: ArrayLike, labels: Sequence[str]) -> pd.DataFrame:
    """Receiver operating characteristic of each class and of the micro average.

    Parameters
    ----------
    truth : (n,) str
        True labels.
    scores : (n, k) float
        Higher means more likely; columns in the order of `labels`. Need not sum to 1.
    labels : sequence of str
        The k label names.

    Returns
    -------
    pd.DataFrame
        Columns `label`, `false_positive_rate`, `true_positive_rate`, `threshold`. Each curve
        starts at (0, 0) with an infinite threshold. A class that no example or every example
        has is left out: it has no curve.

    Raises
    ------
    DataError
        No examples, NaN, or a label outside `labels`.
    ValueError
        The shapes do not agree.
    """
    columns = ["false_positive_rate", "true_positive_rate", "threshold"]
    curves = [pd.DataFrame(columns=["label", *columns])]
    for label, positive, score in _against_the_rest(truth, scores, labels):
        if 0 < positive.sum() < len(positive):
            values = dict(zip(columns, metrics.roc_curve(positive, score), strict=True))
            curves.append(pd.DataFrame({"label": label, **values}))
    return pd.concat(curves[1:] or curves, ignore_index=True)


def pr_curve(truth: ArrayLike, scores: ArrayLike, labels: Sequence[str]) -> pd.DataFrame:
    """Precision and recall at every threshold, for each class and the micro average.

    Parameters and errors as `roc_curve`.

    Returns
    -------
    pd.DataFrame
        Columns `label`, `recall`, `precision`, `threshold`. Each curve ends at recall 0 and
        precision 1 with an infinite threshold. A class without examples is left out.
    """
    curves = []
    for label, positive, score in _against_the_rest(truth, scores, labels):
        if positive.any():
            precision, recall, threshold = metrics.precision_recall_curve(positive, score)
            values = {"recall": recall, "precision": precision, "threshold": [*threshold, np.inf]}
            curves.append(pd.DataFrame({"label": label, **values}))
    return pd.concat(curves, ignore_index=True)


def auc(truth: ArrayLike, scores: ArrayLike, labels: Sequence[str]) -> pd.DataFrame:
    """Areas under both curves, for each class and the micro average.

    Parameters and errors as `roc_curve`.

    Returns
    -------
    pd.DataFrame
        (k + 1, 3), index `label`, last row `MICRO`. Columns `roc_auc` (trapezoids), `pr_auc`
        (average precision: a step function, as straight lines between the points of a
        precision-recall curve are too hopeful) and `positives`. NaN where undefined.
    """
    rows = {}
    for label, positive, score in _against_the_rest(truth, scores, labels):
        n = int(positive.sum())
        roc = metrics.roc_auc_score(positive, score) if 0 < n < len(positive) else np.nan
        rows[label] = roc, metrics.average_precision_score(positive, score) if n else np.nan, n
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["roc_auc", "pr_auc", "positives"])
    return table.rename_axis("label")


def _against_the_rest(
    truth: ArrayLike, scores: ArrayLike, labels: Sequence[str]
) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Name, (n,) bool and (n,) float of each class; then of all classes flattened."""
    names, numbers = checked_names("true labels", truth), checked_numbers("scores", scores, 2)
    order = checked_labels(labels, true=names)
    same_length("true labels and scores", names, numbers)
    if numbers.shape[1] != len(order):
        raise ValueError(f"scores: {numbers.shape[1]} columns for {len(order)} labels")
    positive = names[:, None] == np.array(order, dtype=object)[None, :]
    for column, label in enumerate(order):
        yield label, positive[:, column], numbers[:, column]
    yield MICRO, positive.ravel(), numbers.ravel()
