"""Names of metrics.

A name is a kind, or a kind and what it is about: ``accuracy``, ``mcc``, ``precision:LABEL``,
``recall:LABEL``, ``f1:LABEL``, ``fraction:TRUE>PREDICTED`` and ``proteins:TRUE>PREDICTED`` (a
cell of the confusion matrix, as a share of the true class), ``pearson:COLUMN``. Where an example
may have several labels: ``f1_micro`` and the like, and the cells of each label's own matrix,
``true_positives:LABEL`` (a share of the examples with the label) and ``false_positives:LABEL`` (a
share of those without it). A name about another table of predictions than the first, such as a
second test set or a second output, has the table's name in front: ``membrane/accuracy``.

Metrics of any other kind cannot be had from predictions and are taken from the run's record. How
each kind is computed stands in `common.harness.tasks`.

All values are fractions; percent and counts are made where a printed number asks for them.
"""

from __future__ import annotations

from dataclasses import dataclass

from common.errors import UsageError
from common.metrics.multilabel import AVERAGES

CELLS = ("fraction", "proteins")
OF_POSITIVES = ("true_positives", "false_negatives")
OF_NEGATIVES = ("true_negatives", "false_positives")
COUNTS = ("proteins", *OF_POSITIVES, *OF_NEGATIVES)
"""Kinds that papers print as numbers of examples; here they are shares."""

PROPORTIONS = ("accuracy", "recall", "precision", *CELLS, *OF_POSITIVES, *OF_NEGATIVES)
AVERAGED = tuple(f"{score}_{mean}" for score in ("precision", "recall", "f1") for mean in AVERAGES)
HIGHER = ("accuracy", "recall", "precision", *CELLS, "mcc", "f1", "pearson", "auc", *AVERAGED)
LOWER = ("loss", "kl", "false_negatives", "false_positives")


@dataclass(frozen=True)
class Measure:
    """A metric's name, taken apart.

    Parameters
    ----------
    name : str
        As in a record.
    kind : str
        What stands before the colon, without the table.
    about : tuple of str
        Labels or column that stand behind it; empty for a score over all classes.
    table : str
        Table of predictions that it is computed from; empty for the first.
    """

    name: str
    kind: str
    about: tuple[str, ...] = ()
    table: str = ""

    @property
    def better(self) -> str:
        """``higher``, ``lower``, or nothing where neither is better."""
        if self.kind in CELLS and self.about[0] != self.about[1]:
            return "lower"
        if self.kind in HIGHER or self.kind in ("true_positives", "true_negatives"):
            return "higher"
        return "lower" if self.kind in LOWER else ""


def parse_measure(name: str) -> Measure:
    """Take a metric's name apart.

    Raises
    ------
    UsageError
        A cell of the confusion matrix without its two labels, or accuracy or MCC of one label.
    """
    head, _, rest = name.partition(":")
    table, slash, kind = head.rpartition("/")
    about = tuple(rest.split(">")) if kind in CELLS else (rest,) if rest else ()
    if kind in CELLS and not (len(about) == 2 and all(about)):
        fault = "a cell of the confusion matrix has two labels"
        raise UsageError(f"metric {name!r}", fault, f"Write it like {kind}:ER>Golgi")
    if not kind or (slash and not table) or (kind in ("accuracy", "mcc", *AVERAGED) and about):
        fault = "not a metric's name"
        raise UsageError(f"metric {name!r}", fault, "Write it like accuracy, or recall:Nuclear")
    return Measure(name, kind, about, table)
