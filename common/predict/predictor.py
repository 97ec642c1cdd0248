"""A trained network that reads sequences and answers in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from common.data.alphabet import STANDARD
from common.data.fasta import read_fasta
from common.errors import DataError, UsageError
from common.metrics.calibration import scale_probabilities
from common.predict.card import Card
from common.predict.network import Network
from common.predict.novelty import unusual

__all__ = ["COLUMNS", "Network", "Predictor", "Sequences", "json_object", "named_sequences"]

COLUMNS = ("id", "length", "location", "probability", "entropy", "unusual", "attention")
"""What every table has, before the columns of the labels."""

TOP_POSITIONS = 5
BATCH = 128
"""Sequences that are read at once."""


Sequences = Mapping[str, str] | Sequence[str] | Path


class Predictor:
    """Predictions of one model, calibrated, with attention and warnings.

    Parameters
    ----------
    card : Card
    network : Network
    """

    def __init__(self, card: Card, network: Network) -> None:
        self.card, self.network = card, network

    @property
    def labels(self) -> tuple[str, ...]:
        """Locations, compartments or fractions, in the order of the columns."""
        return self.card.labels

    @property
    def columns(self) -> tuple[str, ...]:
        """Of the table of predictions: `COLUMNS`, then the labels."""
        return (*COLUMNS, *self.labels)

    @property
    def identity(self) -> dict[str, Any]:
        """What makes answers to the same sequence the same."""
        temperature = self.card.calibration.get("temperature")
        return {"weights": self.card.weights_sha256, "temperature": temperature}

    @cached_property
    def has_attention(self) -> bool:
        """Whether the network says where it looks."""
        return bool(self.network.attention)

    def predict(self, sequences: Sequences) -> pd.DataFrame:
        """Answer for every sequence.

        Parameters
        ----------
        sequences : mapping of id to sequence, sequence of str, or path of a FASTA file
            Lower case and the alphabet's other letters are mapped as `common.data.alphabet` says.
            A list's sequences are named ``sequence_1`` and so on.

        Returns
        -------
        DataFrame
            One row a sequence, in the order given: ``id``, ``length``, ``location`` (the best
            one; all above one half, joined by ``|``, of a multi-label model), ``probability`` (of
            the best one), ``entropy`` in bits, ``unusual`` (what sets it apart from the training
            sequences, or nothing), ``attention`` (positions with the most, from 1, the highest
            first; of pooled attention the middles of its windows), and the probability or
            fraction of each label.

        Raises
        ------
        DataError
            A letter outside the alphabet, or too few of them; it names the record.
        UsageError
            No sequences.
        """
        named = named_sequences(sequences)
        if not named:
            raise UsageError("predict", "there are no sequences", "Give at least one")
        clean = [self.clean(identifier, text) for identifier, text in named]
        return self.answer([identifier for identifier, _ in named], clean)

    def clean(self, identifier: str, sequence: str) -> str:
        """A sequence as the network reads it; `DataError` where it cannot."""
        return self.network.clean(identifier, sequence)

    def answer(self, ids: Sequence[str], sequences: Sequence[str]) -> pd.DataFrame:
        """The table of `predict` for clean sequences."""
        return self._table(ids, sequences, self._outputs(ids, sequences))

    def objects(self, table: pd.DataFrame) -> list[dict[str, Any]]:
        """Rows of `answer` as JSON has them: lists of words and positions, labels in one object."""
        return [json_object(row, {name: row[name] for name in self.labels}) for row in _rows(table)]

    def outputs(self, ids: Sequence[str], sequences: Sequence[str]) -> np.ndarray:
        """Probabilities or fractions of clean sequences before calibration, (n, k) float64."""
        rows = np.asarray(self._outputs(ids, sequences)[self.network.output], dtype=np.float64)
        return rows if self.card.task == "multi-label" else rows / rows.sum(axis=1, keepdims=True)

    def look(self, identifier: str, sequence: str) -> tuple[pd.Series, np.ndarray | None]:
        """The row of `predict` and the `attention` of one sequence, from one pass.

        Returns
        -------
        Series
        (length,) float64, or None where the model has no attention
        """
        clean = self.clean(identifier, sequence)
        table, weights = self.examine([identifier], [clean])
        return table.iloc[0], None if weights is None else weights[0]

    def examine(
        self, ids: Sequence[str], sequences: Sequence[str]
    ) -> tuple[pd.DataFrame, list[np.ndarray] | None]:
        """The table of `predict` for clean sequences, and the `attention` of each, from one pass.

        Returns
        -------
        DataFrame
        list of (length,) float64, or None where the model has no attention
        """
        outputs = self._outputs(ids, sequences)
        table = self._table(ids, sequences, outputs)
        if not self.has_attention:
            return table, None
        rows = zip(outputs[self.network.attention], sequences, strict=True)
        return table, [self.network.attended(row, len(text)) for row, text in rows]

    def _table(
        self, ids: Sequence[str], sequences: Sequence[str], outputs: Mapping[str, np.ndarray]
    ) -> pd.DataFrame:
        probabilities = self._calibrated(outputs[self.network.output])
        best = probabilities.argmax(axis=1)
        where = [self.labels[place] for place in best]
        if self.card.task == "multi-label":
            above = probabilities >= 0.5
            several = ["|".join(np.array(self.labels)[row]) for row in above]
            where = [text or one for text, one in zip(several, where, strict=True)]
        table = pd.DataFrame({"id": list(ids), "length": [len(text) for text in sequences]})
        table["location"] = where
        table["probability"] = probabilities.max(axis=1)
        table["entropy"] = self._entropy(probabilities)
        table["unusual"] = [
            ", ".join(unusual(text, self.network.alphabet, self.card.training))
            for text in sequences
        ]
        table["attention"] = self._top_positions(outputs, sequences)
        return pd.concat([table, pd.DataFrame(probabilities, columns=list(self.labels))], axis=1)

    def attention(self, sequence: str) -> np.ndarray:
        """Attention of every residue or nucleotide, (length,) float64.

        Zero where the network does not read, such as the middle of a long protein.

        Raises
        ------
        UsageError
            The model has no attention.
        """
        if not self.has_attention:
            raise UsageError(self.card.model, "this model has no attention", "Choose another")
        weights = self.look("the sequence", sequence)[1]
        return cast(np.ndarray, weights)

    def mutational_scan(
        self, sequence: str, positions: Sequence[int] | None = None
    ) -> pd.DataFrame:
        """What each point mutation does to the probability of the predicted location.

        Parameters
        ----------
        sequence : str
        positions : sequence of int, optional
            From 1; by default all that the network reads.

        Returns
        -------
        DataFrame
            A row a position, from 1, a column a residue or nucleotide: probability of the
            location predicted for `sequence`, with the mutation less without; 0 for the letter
            that is there. The location is in ``attrs["location"]``.

        Raises
        ------
        UsageError
            A position outside the sequence.
        """
        clean = self.clean("the sequence", sequence)
        chosen = [p + 1 for p in self.network.kept(len(clean))] if positions is None else positions
        for place in chosen:
            if not 1 <= place <= len(clean):
                fault = f"there is no position {place}"
                raise UsageError("mutational scan", fault, f"Positions run from 1 to {len(clean)}")
        letters = STANDARD[self.network.alphabet.name]
        mutants = [
            clean[: place - 1] + letter + clean[place:] for place in chosen for letter in letters
        ]
        ids = [str(number) for number in range(len(mutants) + 1)]
        outputs = self._outputs(ids, [clean, *mutants])
        probabilities = self._calibrated(outputs[self.network.output])
        best = int(probabilities[0].argmax())
        change = probabilities[1:, best] - probabilities[0, best]
        table = pd.DataFrame(
            change.reshape(len(chosen), len(letters)),
            index=pd.Index(chosen, name="position"),
            columns=list(letters),
        )
        table.attrs["location"] = self.labels[best]
        return table

    def _outputs(self, ids: Sequence[str], sequences: Sequence[str]) -> dict[str, np.ndarray]:
        from common.training.fit import predict

        examples = self.network.examples(ids, sequences)
        most = self.network.positions
        return predict(self.network.model, examples, batch_size=BATCH, max_positions=most)

    def _calibrated(self, outputs: np.ndarray) -> np.ndarray:
        rows = np.asarray(outputs, dtype=np.float64)
        temperature = self.card.calibration.get("temperature", 1.0)
        if self.card.task == "single-label":
            return scale_probabilities(rows, temperature)
        if self.card.task == "multi-label":
            both = np.stack([rows.ravel(), 1 - rows.ravel()], axis=1)
            return scale_probabilities(both, temperature)[:, 0].reshape(rows.shape)
        return rows

    def _entropy(self, probabilities: np.ndarray) -> np.ndarray:
        """Bits; of a multi-label model the sum over its yes-or-no questions."""
        parts = [probabilities]
        if self.card.task == "multi-label":
            parts.append(1 - probabilities)
        logs = [part * np.log2(np.where(part > 0, part, 1.0)) for part in parts]
        return np.abs(-sum(log.sum(axis=1) for log in logs))

    def _top_positions(self, outputs: Mapping[str, Any], sequences: Sequence[str]) -> list[str]:
        if not self.has_attention:
            return [""] * len(sequences)
        rows = zip(outputs[self.network.attention], sequences, strict=True)
        places = [self.network.highest(row, len(text), TOP_POSITIONS) for row, text in rows]
        return [",".join(map(str, row)) for row in places]


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", table.to_dict("records"))


def json_object(row: Mapping[str, Any], probabilities: Mapping[str, float]) -> dict[str, Any]:
    """A row of `COLUMNS` with its labels, numbers to six digits."""
    answer = {name: row[name] for name in COLUMNS}
    answer["unusual"] = row["unusual"].split(", ") if row["unusual"] else []
    answer["attention"] = [int(place) for place in row["attention"].split(",") if place]
    answer["probabilities"] = {name: round(value, 6) for name, value in probabilities.items()}
    for name in ("probability", "entropy"):
        answer[name] = round(answer[name], 6)
    return answer


def named_sequences(sequences: Sequences) -> list[tuple[str, str]]:
    """Ids and sequences of whatever a user hands over."""
    if isinstance(sequences, Path):
        return [(record.id, record.sequence) for record in read_fasta(sequences)]
    if isinstance(sequences, str):
        raise UsageError("predict", "received one string", "Give a list, a dict or a Path")
    if isinstance(sequences, Mapping):
        named = list(sequences.items())
    else:
        named = [(f"sequence_{number}", text) for number, text in enumerate(sequences, start=1)]
    for identifier, text in named:
        if not isinstance(text, str):
            fault = f"its sequence is {text!r}, not text"
            raise DataError(str(identifier), fault, "Give its letters, or leave it out")
    return named
