"""Several models on the same sequences, their answers in one table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from common.data.alphabet import RNA
from common.data.fasta import stream_fasta
from common.errors import UsageError
from common.predict.novelty import NUCLEOTIDES
from common.predict.predictor import COLUMNS, Predictor, json_object

LOOKED_AT = 100
"""Records whose letters say what kind of sequences a file holds."""

BETWEEN, EQUALS = "|", "="
PAIR = re.compile(rf"(.+?){EQUALS}(\d\.\d{{6}})(?:\{BETWEEN}|$)")
"""A label, whatever its characters, and its probability."""


class Answering(Protocol):
    """What a stream of predictions asks of a model, or of several."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Of the tables that `answer` gives."""

    @property
    def identity(self) -> dict[str, Any]:
        """What makes answers to the same sequence the same."""

    def clean(self, identifier: str, sequence: str) -> str:
        """A sequence that `answer` takes; `DataError` where there is none."""

    def answer(self, ids: Sequence[str], sequences: Sequence[str]) -> pd.DataFrame:
        """One row or more for each clean sequence, in their order."""

    def objects(self, table: pd.DataFrame) -> list[dict[str, Any]]:
        """Rows of `answer` as JSON has them."""


class Panel:
    """Several models that answer together, a row for each sequence and model.

    Parameters
    ----------
    members : mapping of str to Predictor
        By the name in the column ``model``; their locations may differ.

    Notes
    -----
    The table has ``model``, the columns of every table, and ``probabilities``: each location of
    the model with its probability, ``Nucleus=0.912345|Cytoplasm=0.087655``, the highest first.
    """

    columns = ("model", *COLUMNS, "probabilities")

    def __init__(self, members: Mapping[str, Predictor]) -> None:
        if not members:
            raise UsageError("models", "there are none", "Name one at least")
        self.members = dict(members)

    @property
    def identity(self) -> dict[str, Any]:
        """That of every member."""
        return {"models": {name: one.identity for name, one in self.members.items()}}

    def clean(self, identifier: str, sequence: str) -> str:
        """The sequence itself, after every member has found that it can read it."""
        for member in self.members.values():
            member.clean(identifier, sequence)
        return sequence

    def answer(self, ids: Sequence[str], sequences: Sequence[str]) -> pd.DataFrame:
        """A row for each sequence and model; those of a sequence stand together."""
        parts = []
        for name, member in self.members.items():
            texts = [member.clean(*pair) for pair in zip(ids, sequences, strict=True)]
            table = member.answer(ids, texts)
            table.insert(0, "model", name)
            table["probabilities"] = _joined(table, member.labels)
            parts.append(table[list(self.columns)])
        return pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)

    def objects(self, table: pd.DataFrame) -> list[dict[str, Any]]:
        """Rows of `answer` as JSON has them."""
        found = []
        for row in table.to_dict("records"):
            pairs = PAIR.findall(row["probabilities"])
            answer = json_object(row, {name: float(value) for name, value in pairs})
            found.append({"model": row["model"], **answer})
        return found


def _joined(table: pd.DataFrame, labels: Sequence[str]) -> list[str]:
    """Labels with their probabilities, a text a row, the highest first."""
    texts = []
    for row in table[list(labels)].to_numpy():
        order = sorted(range(len(labels)), key=lambda place: -row[place])
        texts.append(BETWEEN.join(f"{labels[i]}{EQUALS}{row[i]:.6f}" for i in order))
    return texts


def kind_of(source: Path) -> str:
    """Whether a FASTA file holds ``protein`` or ``RNA``, from its first records.

    A file of which none has a sequence counts as one of proteins.

    Raises
    ------
    DataError
        The file cannot be read, or is empty.
    """
    records = list(islice(stream_fasta(source, lambda error: None), LOOKED_AT))
    like = sum(set(record.sequence.upper()) <= NUCLEOTIDES for record in records)
    return RNA.name if 2 * like > len(records) else "protein"
