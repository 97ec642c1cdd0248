"""The ensemble of R-LSTMs: the mean of the probabilities of networks with different seeds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from common.errors import DataError
from common.harness.experiment import Context
from common.harness.record import Record, RunResult, read_records
from reproductions.sonderby.data import LOCATIONS
from reproductions.sonderby.training import prediction_table, scores

MEMBERS = "r-lstm"


def run(context: Context) -> RunResult:
    """Average the recorded predictions of the trained R-LSTMs; nothing is trained.

    Raises
    ------
    DataError
        Fewer than two records, or records of other test proteins.
    """
    key = context.key
    records = read_records(context.results, key.profile, key.paper, MEMBERS, key.variant)
    records = records[: context.settings["ensemble"]]
    if len(records) < 2:
        fault = f"{len(records)} trained networks of {MEMBERS}, an ensemble needs 2"
        command = f"reproduce run {key.paper}/{MEMBERS} --profile {key.profile} --seed 2"
        raise DataError(context.title, fault, f"Train more: {command}")
    predictions = mean_predictions(records)
    first = records[0].content
    return RunResult(
        metrics=scores(predictions),
        predictions=predictions,
        history=pd.DataFrame({"epoch": [], "loss": []}),
        n_original=len(predictions),
        n_effective=len(predictions),
        data_variant=records[0].data_variant,
        data_sha256=first["data_sha256"],
        n_parameters=sum(record.content["n_parameters"] for record in records),
        padding_share=first["padding_share"],
        epochs=first["epochs"],
        seconds=sum(record.content["seconds"] for record in records),
        extra={"members": [record.key.stem for record in records]},
    )


def mean_predictions(records: list[Record]) -> pd.DataFrame:
    """Mean probabilities of several runs on the same test proteins.

    Raises
    ------
    DataError
        Two records have other test proteins or another order.
    """
    tables = [record.predictions for record in records]
    for record, table in zip(records, tables, strict=True):
        if not table["id"].equals(tables[0]["id"]):
            fault = f"other test proteins than {records[0].path.name}"
            raise DataError(str(record.path), fault, "Run both again on the same split")
    mean = np.mean([table[list(LOCATIONS)].to_numpy() for table in tables], axis=0)
    frame = tables[0].rename(columns={"truth": "location"})
    return prediction_table(frame, mean)
