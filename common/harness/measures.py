"""Names of metrics, and how each is computed from a run's predictions.

A name is a kind, or a kind and what it is about: ``accuracy``, ``mcc``, ``precision:LABEL``,
``recall:LABEL``, ``f1:LABEL``, ``fraction:TRUE>PREDICTED`` and ``proteins:TRUE>PREDICTED`` (a
cell of the confusion matrix, as a share of the true class), ``pearson:COLUMN``. Metrics of any
other kind cannot be had from predictions and are taken from the run's record.

All values are fractions; percent and counts are made where a printed number asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from common.errors import DataError, UsageError
from common.metrics.classification import accuracy_from_confusion, mcc_from_confusion

OVER_ALL_CLASSES = ("accuracy", "mcc", "f1")
CELLS = ("fraction", "proteins")
PROPORTIONS = ("accuracy", "recall", "precision", *CELLS)
HIGHER = (*PROPORTIONS, "mcc", "f1", "pearson", "auc")
LOWER = ("loss", "kl")


@dataclass(frozen=True)
class Measure:
    """A metric's name, taken apart.

    Parameters
    ----------
    name : str
        As in a record.
    kind : str
        What stands before the colon.
    about : tuple of str
        Labels or column that stand behind it; empty for a score over all classes.
    """

    name: str
    kind: str
    about: tuple[str, ...] = ()

    @property
    def better(self) -> str:
        """``higher``, ``lower``, or nothing where neither is better."""
        if self.kind in CELLS and self.about[0] != self.about[1]:
            return "lower"
        return "higher" if self.kind in HIGHER else "lower" if self.kind in LOWER else ""

    @property
    def from_confusion(self) -> bool:
        """Whether a confusion matrix is enough to compute it."""
        return self.kind in _FORMULAS and bool(self.about or self.kind in OVER_ALL_CLASSES)

    @property
    def from_columns(self) -> bool:
        """Whether it is computed from one column of true and predicted fractions."""
        return self.kind == "pearson" and len(self.about) == 1


def parse_measure(name: str) -> Measure:
    """Take a metric's name apart.

    Raises
    ------
    UsageError
        A cell of the confusion matrix without its two labels, or accuracy or MCC of one label.
    """
    kind, _, rest = name.partition(":")
    about = tuple(rest.split(">")) if kind in CELLS else (rest,) if rest else ()
    if kind in CELLS and not (len(about) == 2 and all(about)):
        fault = "a cell of the confusion matrix has two labels"
        raise UsageError(f"metric {name!r}", fault, f"Write it like {kind}:ER>Golgi")
    if not kind or (kind in ("accuracy", "mcc") and about):
        fault = "not a metric's name"
        raise UsageError(f"metric {name!r}", fault, "Write it like accuracy, or recall:Nuclear")
    return Measure(name, kind, about)


def score_confusions(measure: Measure, counts: np.ndarray, labels: Sequence[str]) -> np.ndarray:
    """Measure of each confusion matrix of a stack.

    Parameters
    ----------
    measure : Measure
        One with `Measure.from_confusion`.
    counts : (..., k, k)
        Examples by true label (rows) and predicted label (columns).
    labels : sequence of str
        The k labels in the order of rows and columns.

    Returns
    -------
    np.ndarray
        (...) float64. Precision, recall and F1 are 0 where they are 0 / 0 and the class occurs;
        recall and the cells of a class without examples are NaN.
    """
    return _FORMULAS[measure.kind](np.asarray(counts, float), _positions(measure, labels))


def support_of(measure: Measure, counts: np.ndarray, labels: Sequence[str]) -> float:
    """Examples that a proportion is a share of: all, the true class, or those predicted as it.

    Parameters
    ----------
    counts : (k, k)

    Returns
    -------
    float
        NaN for a measure that is no proportion.
    """
    places = _positions(measure, labels)
    if measure.kind == "precision":
        return float(counts[:, places[0]].sum())
    if measure.kind in ("recall", *CELLS):
        return float(counts[places[0]].sum())
    return float(counts.sum()) if measure.kind == "accuracy" else float("nan")


def _positions(measure: Measure, labels: Sequence[str]) -> list[int]:
    """Place of each label of the measure; one unknown label is a `DataError`."""
    for label in measure.about:
        if label not in labels:
            fault = f"the predictions have no label {label!r}"
            raise DataError(f"metric {measure.name}", fault, f"Known: {', '.join(labels)}")
    return [list(labels).index(label) for label in measure.about]


def _share(part: np.ndarray, whole: np.ndarray, undefined: float) -> np.ndarray:
    """Quotient, and `undefined` where the whole is 0."""
    result = np.full(np.shape(part), undefined)
    return np.divide(part, whole, out=result, where=whole > 0)


def _recall(counts: np.ndarray, places: list[int]) -> np.ndarray:
    return _cell(counts, [places[0], places[0]])


def _precision(counts: np.ndarray, places: list[int]) -> np.ndarray:
    place = places[0]
    return _share(counts[..., place, place], counts[..., :, place].sum(axis=-1), 0.0)


def _f1(counts: np.ndarray, places: list[int]) -> np.ndarray:
    """F1 of one class, or without one the mean over the classes that occur on either side."""
    if places:
        place = places[0]
        both = counts[..., :, place].sum(axis=-1) + counts[..., place, :].sum(axis=-1)
        return _share(2 * counts[..., place, place], both, 0.0)
    both = counts.sum(axis=-1) + counts.sum(axis=-2)
    each = _share(2 * np.diagonal(counts, axis1=-2, axis2=-1), both, 0.0)
    return _share(each.sum(axis=-1), (both > 0).sum(axis=-1), np.nan)


def _cell(counts: np.ndarray, places: list[int]) -> np.ndarray:
    true, predicted = places
    return _share(counts[..., true, predicted], counts[..., true, :].sum(axis=-1), np.nan)


_FORMULAS: dict[str, Callable[[np.ndarray, list[int]], np.ndarray]] = {
    "accuracy": lambda counts, _: accuracy_from_confusion(counts),
    "mcc": lambda counts, _: mcc_from_confusion(counts),
    "precision": _precision,
    "recall": _recall,
    "f1": _f1,
    "fraction": _cell,
    "proteins": _cell,
}
