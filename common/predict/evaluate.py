"""What released weights say of the examples that their card tells of."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from common.errors import DataError
from common.harness.outcome import prediction_table, scores
from common.harness.scores import TRUTH
from common.predict.predictor import Predictor
from common.predict.stream import WINDOW

TRAIN, VALIDATION, TEST = "train", "validation", "test"


def predict_parts(
    predictor: Predictor, examples: pd.DataFrame, parts: Sequence[str] = ()
) -> dict[str, pd.DataFrame]:
    """Predictions of every part but the training sequences, before calibration.

    Parameters
    ----------
    predictor : Predictor
    examples : DataFrame
        From `ReleasedModel.examples`.
    parts : sequence of str
        Only these; by default all but `TRAIN`.

    Returns
    -------
    dict of str to DataFrame
        By part, as `common.harness.outcome.prediction_table`.
    """
    chosen = [name for name in examples["part"].unique() if name != TRAIN]
    tables = {}
    for name in parts or chosen:
        frame = examples[examples["part"] == name]
        ids, texts = frame["id"].astype(str).tolist(), frame["sequence"].tolist()
        rows = [
            predictor.outputs(ids[start : start + WINDOW], texts[start : start + WINDOW])
            for start in range(0, len(ids), WINDOW)
        ]
        truth = _truth(frame, predictor.labels)
        tables[name] = prediction_table(ids, truth, np.concatenate(rows), predictor.labels)
    return tables


def card_metrics(tables: dict[str, pd.DataFrame]) -> dict[str, float]:
    """Metrics of the test examples, and under their part's name those of further test sets.

    Validation examples chose the epoch and the temperature: they are left out.
    """
    found = scores(tables[TEST])
    for name, table in tables.items():
        if name not in (TEST, VALIDATION):
            found |= scores(table, name)
    return {name: round(value, 6) for name, value in found.items() if math.isfinite(value)}


def check_ids(examples: pd.DataFrame, recorded: Sequence[str], model: str, dataset: str) -> None:
    """Refuse test examples that are not those of the run.

    Raises
    ------
    DataError
        Others, as where simulated sequences stand in for a data set that is nowhere.
    """
    own = examples.loc[examples["part"] == TEST, "id"].astype(str)
    if sorted(own) != sorted(map(str, recorded)):
        fault = f"{len(own)} test examples here are not the {len(recorded)} of the run"
        remedy = f"Fetch the data (`reproduce data fetch {dataset}`), or run the experiment again"
        raise DataError(model, fault, remedy)


def _truth(frame: pd.DataFrame, labels: Sequence[str]) -> np.ndarray:
    if "truth" in frame:
        return frame["truth"].to_numpy()
    return frame[[TRUTH + label for label in labels]].to_numpy()
