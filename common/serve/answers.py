"""From sequences to the JSON of an answer; the part of the worker's thread."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from common.data.fasta import Record
from common.serve.records import every_record

if TYPE_CHECKING:
    import numpy as np

    from common.predict.predictor import Predictor

PART = 16
"""Sequences between two looks at whether the client is still there."""


def answer(
    name: str,
    load: Callable[[str], Predictor],
    records: Sequence[Record],
    attention: bool,
    go_on: Callable[[], None],
) -> bytes:
    """Predict sequences and put the answers into JSON.

    Parameters
    ----------
    name : str
        Of the model.
    load : callable
        From the name to the predictor.
    records : sequence of Record
        As they are written.
    attention : bool
        Whether to tell the attention of each letter.
    go_on : callable
        Raises where nobody wants the answer any more.

    Returns
    -------
    bytes
        As `common.serve.schemas.Answer`.

    Raises
    ------
    Refusal
        422: sequences that the network cannot read.
    """
    predictor = load(name)
    clean = every_record(records, lambda one: predictor.clean(one.id, one.sequence))
    results: list[dict[str, Any]] = []
    for start in range(0, len(records), PART):
        go_on()
        ids = [one.id for one in records[start : start + PART]]
        sequences = clean[start : start + PART]
        table, weights = predictor.examine(ids, sequences)
        for place, row in enumerate(table.to_dict("records")):
            shown = weights[place] if attention and weights is not None else None
            results.append(_result(row, predictor.labels, sequences[place], shown))
    whole = {
        "model": name,
        "task": predictor.card.task,
        "labels": list(predictor.labels),
        "weights_sha256": predictor.card.weights_sha256,
        "results": results,
    }
    return json.dumps(whole, allow_nan=False, separators=(",", ":")).encode()


def _result(
    row: dict[Any, Any], labels: Sequence[str], sequence: str, weights: np.ndarray | None
) -> dict[str, Any]:
    return {
        "id": row["id"],
        "length": int(row["length"]),
        "location": row["location"],
        "probability": round(float(row["probability"]), 6),
        "entropy": round(float(row["entropy"]), 6),
        "unusual": row["unusual"].split(", ") if row["unusual"] else [],
        "attention": [int(place) for place in row["attention"].split(",") if place],
        "probabilities": {label: round(float(row[label]), 6) for label in labels},
        "sequence": sequence,
        "attention_weights": None if weights is None else [float(f"{w:.4g}") for w in weights],
    }
