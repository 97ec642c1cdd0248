"""The ensemble of R-LSTMs: the mean of the probabilities of networks with different seeds."""

from __future__ import annotations

import pandas as pd

from common.harness.ensemble import mean_predictions, members_of
from common.harness.experiment import Context
from common.harness.record import RunResult, read_records
from reproductions.sonderby.training import scores

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
        extra={
            "members": members_of(records),
            "most": context.settings["ensemble"],
            "remark": "; ".join(
                filter(None, [f"{len(records)} members", first["extra"].get("remark", "")])
            ),
        },
    )
