"""Ensembles of finished runs: nothing is trained, their recorded predictions are averaged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from common.errors import DataError
from common.harness.groups import check_alike
from common.harness.record import Record


def members_of(records: Sequence[Record]) -> dict[str, str]:
    """What an ensemble's record says of its members: name and checksum of their predictions."""
    return {record.key.stem: record.content["predictions"]["sha256"] for record in records}


def is_current(ensemble: Record, found: Sequence[Record]) -> bool:
    """Whether an ensemble's record averages the records that there are now.

    Parameters
    ----------
    ensemble : Record
        Its ``extra`` holds ``members``, from `members_of`, and ``most``, how many it takes.
    found : sequence of Record
        All records that it could average.
    """
    extra = ensemble.content["extra"]
    return extra.get("members") == members_of(found[: extra.get("most", len(found))])


def mean_predictions(records: Sequence[Record]) -> pd.DataFrame:
    """Mean probabilities of several runs on the same test examples.

    Parameters
    ----------
    records : sequence of Record
        At least two, such as the seeds of one experiment or the members of one fold.

    Returns
    -------
    DataFrame
        ``id``, ``truth`` and the records' columns of probabilities, in the first one's order.

    Raises
    ------
    DataError
        Fewer than two records, or one that has other settings, data, test examples, order or
        labels than the first.
    """
    if len(records) < 2:
        fault = f"{len(records)} finished runs, an ensemble needs 2"
        raise DataError("ensemble", fault, "Run its members with other seeds first")
    check_alike(records)
    first = records[0].predictions
    labels = [name for name in first.columns if name not in ("id", "truth")]
    for record in records[1:]:
        table = record.predictions
        if not (table["id"].equals(first["id"]) and list(table.columns) == list(first.columns)):
            fault = f"other test examples or labels than {records[0].path.name}"
            raise DataError(str(record.path), fault, "Run both again on the same split")
    mean = np.mean([record.predictions[labels].to_numpy() for record in records], axis=0)
    return pd.concat([first[["id", "truth"]], pd.DataFrame(mean, columns=labels)], axis=1)
