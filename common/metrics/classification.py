"""Measures of one label per example: accuracy (Q10 where there are ten), MCC, per-class scores.

Labels are names. The order of the rows of a table is the data set's, given as `labels`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn import metrics

from common.metrics.checks import checked_labels, checked_numbers, checked_pair


def accuracy(truth: ArrayLike, predicted: ArrayLike) -> float:
    """Share of examples whose predicted label is the true one, in 0..1.

    Parameters
    ----------
    truth, predicted : (n,) str
        Label names.

    Raises
    ------
    DataError
        No examples, or a missing label.
    ValueError
        Different numbers of examples.
    """
    return float(metrics.accuracy_score(*checked_pair(truth, predicted)))


def mcc(truth: ArrayLike, predicted: ArrayLike) -> float:
    """Matthews correlation coefficient for any number of classes: Gorodkin's R_K, in -1..1.

    Parameters
    ----------
    truth, predicted : (n,) str
        Label names.

    Returns
    -------
    float
        0 where the truth or the predictions hold one label only and the coefficient is 0 / 0.

    Raises
    ------
    DataError
        No examples, or a missing label.
    ValueError
        Different numbers of examples.

    References
    ----------
    Gorodkin (2004), Comparing two K-category assignments by a K-category correlation
    coefficient, Comput. Biol. Chem. 28:367.
    """
    true_names, predicted_names = checked_pair(truth, predicted)
    if len(set(true_names)) == 1 or len(set(predicted_names)) == 1:
        return 0.0
    return float(metrics.matthews_corrcoef(true_names, predicted_names))


def accuracy_from_confusion(counts: np.ndarray) -> np.ndarray:
    """Accuracy of each confusion matrix of a stack.

    Parameters
    ----------
    counts : (..., k, k)
        Examples by true label (rows) and predicted label (columns).

    Returns
    -------
    np.ndarray
        (...) float64; NaN for a matrix without examples.
    """
    counts = np.asarray(counts, dtype=np.float64)
    return _ratio(np.trace(counts, axis1=-2, axis2=-1), counts.sum(axis=(-2, -1)), np.nan)


def mcc_from_confusion(counts: np.ndarray) -> np.ndarray:
    """Gorodkin's R_K of each confusion matrix of a stack; `mcc` says what 0 / 0 gives.

    With n examples, c correct, t_k examples of class k and p_k predictions of it:
    (c n - sum t_k p_k) / sqrt((n^2 - sum p_k^2) (n^2 - sum t_k^2)).

    Parameters
    ----------
    counts : (..., k, k)
        Examples by true label (rows) and predicted label (columns).

    Returns
    -------
    np.ndarray
        (...) float64.
    """
    counts = np.asarray(counts, dtype=np.float64)
    true, guessed = counts.sum(axis=-1), counts.sum(axis=-2)
    correct, n = np.trace(counts, axis1=-2, axis2=-1), true.sum(axis=-1)
    spread = (n**2 - (guessed**2).sum(axis=-1)) * (n**2 - (true**2).sum(axis=-1))
    return _ratio(correct * n - (true * guessed).sum(axis=-1), np.sqrt(spread), 0.0)


def _ratio(numerator: np.ndarray, denominator: np.ndarray, undefined: float) -> np.ndarray:
    """Quotient, and `undefined` where the denominator is 0."""
    result = np.full(np.shape(numerator), undefined)
    return np.divide(numerator, denominator, out=result, where=denominator > 0)


def confusion(
    truth: ArrayLike, predicted: ArrayLike, labels: Sequence[str], *, normalise: bool = False
) -> pd.DataFrame:
    """Confusion matrix: true labels in rows, predicted labels in columns.

    Parameters
    ----------
    truth, predicted : (n,) str
        Label names, all among `labels`.
    labels : sequence of str
        Order of rows and columns.
    normalise : bool
        Fractions of each true class instead of counts; a class without examples is a row of 0.

    Returns
    -------
    pd.DataFrame
        (k, k), index `truth`, columns `predicted`.

    Raises
    ------
    DataError
        No examples, or a label outside `labels`.
    ValueError
        Different numbers of examples, or a label named twice.
    """
    true_names, predicted_names = checked_pair(truth, predicted)
    order = checked_labels(labels, true=true_names, predicted=predicted_names)
    counts = metrics.confusion_matrix(
        true_names, predicted_names, labels=order, normalize="true" if normalise else None
    )
    return pd.DataFrame(counts, pd.Index(order, name="truth"), pd.Index(order, name="predicted"))


def per_class(truth: ArrayLike, predicted: ArrayLike, labels: Sequence[str]) -> pd.DataFrame:
    """Precision, recall, F1 and support of each class.

    Parameters
    ----------
    truth, predicted : (n,) str
        Label names, all among `labels`.
    labels : sequence of str
        Order of the rows.

    Returns
    -------
    pd.DataFrame
        (k, 4), index `label`, columns `precision`, `recall`, `f1` (0..1) and `support` (true
        examples). A division by zero gives 0: the precision of a class that is never predicted,
        the recall of a class without examples.

    Raises
    ------
    DataError
        No examples, or a label outside `labels`.
    ValueError
        Different numbers of examples, or a label named twice.
    """
    true_names, predicted_names = checked_pair(truth, predicted)
    order = checked_labels(labels, true=true_names, predicted=predicted_names)
    scores = metrics.precision_recall_fscore_support(
        true_names, predicted_names, labels=order, zero_division=0
    )
    columns = dict(zip(("precision", "recall", "f1", "support"), scores, strict=True))
    return pd.DataFrame(columns, index=pd.Index(order, name="label"))


def most_likely(probabilities: ArrayLike, labels: Sequence[str]) -> np.ndarray:
    """Label of the highest probability of each row; the first in `labels` wins a tie.

    Parameters
    ----------
    probabilities : (n, k)
        One column for each label, in the order of `labels`.
    labels : sequence of str
        The k label names.

    Returns
    -------
    np.ndarray
        (n,) object, label names.

    Raises
    ------
    DataError
        No rows, or NaN.
    ValueError
        As many columns as labels are needed.
    """
    scores = checked_numbers("probabilities", probabilities, 2)
    order = checked_labels(labels)
    if scores.shape[1] != len(order):
        raise ValueError(f"probabilities: {scores.shape[1]} columns for {len(order)} labels")
    return np.array(order, dtype=object)[scores.argmax(axis=1)]
