"""Ensembles of finished runs: nothing is trained, their recorded predictions are averaged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from common.errors import DataError
from common.harness.groups import check_alike
from common.harness.outcome import scores
from common.harness.record import Record, RunKey, RunResult, read_records
from common.harness.scores import label_columns
from common.harness.settings import Settings
from common.harness.shortfall import other_settings


def members_of(records: Sequence[Record]) -> dict[str, str]:
    """What an ensemble's record says of its members: name and checksum of their predictions.

    Where they are of several experiments, the experiment stands before the name.
    """
    mixed = len({record.key.experiment for record in records}) > 1
    return {
        f"{record.key.experiment}/{record.key.stem}" if mixed else record.key.stem: record.content[
            "predictions"
        ]["sha256"]
        for record in records
    }


def read_from(records: Sequence[Record]) -> dict[str, Any]:
    """What the ``extra`` of a run that reads others says of them, `members_of` among it.

    Where training of one was ended early, ``cut_short`` says so of the run that reads it too.
    """
    cut = dict.fromkeys(record.content["extra"].get("cut_short", "") for record in records)
    told = "; ".join(filter(None, cut))
    return {"members": members_of(records), **({"cut_short": told} if told else {})}


def first_of_each(records: Sequence[Record], most: int) -> list[Record]:
    """At most so many records of each experiment, the first ones."""
    names = dict.fromkeys(record.key.experiment for record in records)
    kinds = ([one for one in records if one.key.experiment == name] for name in names)
    return [record for found in kinds for record in found[:most]]


def is_current(ensemble: Record, found: Sequence[Record]) -> bool:
    """Whether an ensemble's record averages the records that there are now.

    Parameters
    ----------
    ensemble : Record
        Its ``extra`` holds ``members``, from `members_of`, and ``most``, how many it takes of
        each experiment.
    found : sequence of Record
        All records that it could average.
    """
    extra = ensemble.content["extra"]
    return extra.get("members") == members_of(first_of_each(found, extra.get("most", len(found))))


def run_ensemble(
    key: RunKey, results: Path, members: str, most: int, settings: Settings
) -> RunResult:
    """Average the recorded predictions of an experiment's runs; nothing is trained.

    Parameters
    ----------
    key : RunKey
        Of the ensemble's own run.
    results : Path
        Folder of finished records.
    members : str
        Experiment of the same paper, profile and variant.
    most : int
        Runs that are averaged at most: the first seeds and folds.
    settings : Settings
        As in `averaged`.

    Raises
    ------
    DataError
        As `mean_predictions`.
    """
    records = read_records(results, key.profile, key.paper, members, key.variant)[:most]
    tables = {"": mean_predictions(records)}
    tables |= {name: mean_predictions(records, name) for name in records[0].tables if name}
    return averaged(records, tables, most, f"{len(records)} members", settings)


def averaged(
    records: Sequence[Record],
    tables: Mapping[str, pd.DataFrame],
    most: int,
    members: str,
    settings: Settings,
) -> RunResult:
    """Result of an ensemble, ready to be recorded.

    Parameters
    ----------
    records : sequence of Record
        Its members.
    tables : mapping of str to DataFrame
        Their mean predictions by table, the first one's name being empty.
    most : int
        Members that it takes at most of each experiment.
    members : str
        What the remark calls them.
    settings : Settings
        Of the paper. Where members used others, the result's ``extra`` holds their names as
        ``members_other_settings``: its own settings do not tell.
    """
    tables = dict(tables)
    predictions = tables.pop("")
    metrics = scores(predictions)
    for name, table in tables.items():
        metrics |= scores(table, name)
    first = records[0].content
    said = [members, first["extra"].get("remark", "")]
    extra: dict[str, Any] = {
        **read_from(records),
        "most": most,
        "remark": "; ".join(filter(None, said)),
    }
    changed = [other_settings(settings, record) for record in records]
    if any(changed):
        extra["members_other_settings"] = sorted({name for names in changed for name in names})
    return RunResult(
        metrics=metrics,
        predictions=predictions,
        n_original=len(predictions),
        n_effective=len(predictions),
        data_variant=records[0].data_variant,
        data_sha256=first["data_sha256"],
        n_parameters=sum(record.content["n_parameters"] for record in records),
        padding_share=first["padding_share"],
        epochs=first["epochs"],
        seconds=sum(record.content["seconds"] for record in records),
        extra=extra,
        tables=tables,
    )


def mean_predictions(records: Sequence[Record], table: str = "") -> pd.DataFrame:
    """Mean probabilities of several runs on the same test examples.

    Parameters
    ----------
    records : sequence of Record
        At least two, such as the seeds of one experiment or the members of one fold.
    table : str
        Which table of predictions, as in `Record.tables`.

    Returns
    -------
    DataFrame
        The columns of the records' predictions, in the first one's order.

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
    each = []
    for record in records:
        if table not in record.tables:
            raise DataError(str(record.path), f"no predictions named {table!r}", "Run it again")
        each.append(record.tables[table])
        if not (each[-1]["id"].equals(each[0]["id"]) and each[-1].columns.equals(each[0].columns)):
            fault = f"other test examples or labels than {records[0].path.name}"
            raise DataError(str(record.path), fault, "Run both again on the same split")
    labels = label_columns(each[0])
    mean = np.mean([other[labels].to_numpy() for other in each], axis=0)
    return each[0].assign(**dict(zip(labels, mean.T, strict=True)))
