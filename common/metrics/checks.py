"""What every measure asks of its input: names, finite numbers, fractions that sum to one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from common.errors import DataError

ROW_SUM_TOLERANCE = 1e-3
"""How far the fractions of one row may sum from 1 (rounded or half-precision predictions)."""


def checked_names(what: str, values: ArrayLike) -> np.ndarray:
    """Labels as an array of strings.

    Parameters
    ----------
    what : str
        What the values are, for the message: ``"predicted labels"``.
    values : (n,) str
        Label names.

    Returns
    -------
    np.ndarray
        (n,) object, every element a `str`.

    Raises
    ------
    DataError
        No values, a missing value (NaN, None), or something that is not a string.
    ValueError
        More than one dimension.
    """
    names = np.asarray(values, dtype=object)
    if names.ndim != 1:
        raise ValueError(f"{what}: one dimension is needed, received shape {names.shape}")
    if names.size == 0:
        raise DataError(what, "there are none", "At least one example is needed")
    for position, name in enumerate(names):
        if not isinstance(name, str):
            fault = f"{name!r} at position {position} is not a label name"
            raise DataError(what, fault, "Labels are strings; none may be missing")
    return names


def checked_pair(truth: ArrayLike, predicted: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """True and predicted labels of the same examples, each (n,) str.

    Raises
    ------
    DataError
        See `checked_names`.
    ValueError
        The two differ in length.
    """
    true_names = checked_names("true labels", truth)
    predicted_names = checked_names("predicted labels", predicted)
    same_length("true and predicted labels", true_names, predicted_names)
    return true_names, predicted_names


def checked_labels(labels: Sequence[str], **used: np.ndarray) -> list[str]:
    """The data set's label order, after a check that it holds every label in use.

    Parameters
    ----------
    labels : sequence of str
        The data set's labels, in its order, each once.
    **used : (n,) str
        Arrays whose values must be among `labels`; the keyword names them in the message.

    Raises
    ------
    DataError
        A label outside `labels` is used.
    ValueError
        `labels` is empty, a single string, or names a label twice.
    """
    order = list(labels)
    if isinstance(labels, str) or not order or len(set(order)) < len(order):
        raise ValueError(f"labels: each label once and at least one, received {labels!r}")
    for what, names in used.items():
        unknown = sorted(set(names) - set(order))
        if unknown:
            fault = f"{', '.join(unknown)} not among the labels {', '.join(order)}"
            raise DataError(f"{what} labels", fault, "Use the label names of the data set")
    return order


def checked_numbers(
    what: str, values: ArrayLike | Sequence[ArrayLike], dimensions: int
) -> np.ndarray:
    """Finite numbers as float64 of the given number of dimensions.

    Raises
    ------
    DataError
        No values, or NaN or infinity among them.
    ValueError
        Another number of dimensions, or not numbers at all.
    """
    if isinstance(values, pd.DataFrame | pd.Series):
        values = values.to_numpy()
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.ndim != dimensions:
        raise ValueError(f"{what}: {dimensions} dimension(s), received shape {numbers.shape}")
    if numbers.size == 0:
        raise DataError(what, "there are none", "At least one example is needed")
    bad = np.argwhere(~np.isfinite(numbers))
    if len(bad):
        first = ", ".join(str(index) for index in bad[0])
        fault = f"{len(bad)} of {numbers.size} numbers are NaN or infinite (first at {first})"
        raise DataError(what, fault, "Look for a training run that diverged")
    return numbers


def checked_fractions(what: str, values: ArrayLike) -> np.ndarray:
    """Rows of fractions, (n, k) float64: none negative, each row summing to 1.

    Raises
    ------
    DataError
        A negative fraction, or a row whose sum is off by more than `ROW_SUM_TOLERANCE`.
    """
    rows = checked_numbers(what, values, 2)
    off = np.abs(rows.sum(axis=1) - 1) > ROW_SUM_TOLERANCE
    wrong = np.flatnonzero(off | (rows < 0).any(axis=1))
    if len(wrong):
        fault = f"row {wrong[0]} is not a distribution: {np.round(rows[wrong[0]], 4).tolist()}"
        raise DataError(what, fault, "Fractions are at least 0 and each row sums to 1")
    return rows


def same_length(what: str, *arrays: np.ndarray) -> None:
    """Refuse arrays that differ in the number of examples (`ValueError`)."""
    lengths = [len(array) for array in arrays]
    if len(set(lengths)) > 1:
        raise ValueError(f"{what}: different numbers of examples, {lengths}")
