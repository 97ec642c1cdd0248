"""DeepLoc's ensemble: networks of all inner folds, trees and softmaxes averaged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from common.errors import DataError
from common.harness.ensemble import averaged
from common.harness.experiment import Context
from common.harness.groups import check_alike
from common.harness.record import Record, RunResult, read_records
from reproductions.deeploc.tree import LOCATIONS, locations_from_nodes, nodes_from_locations

OF_LOCATIONS = ("", "sethard")
"""Tables whose columns are locations; the others are averaged as they are."""
OWN = "validation"
"""Table of an inner fold, which the members do not share."""


def run(context: Context, softmax: str, tree: str) -> RunResult:
    """Average the recorded predictions of both kinds of network; nothing is trained.

    As in the released package the trees' decisions are averaged first, and what follows for the
    locations is averaged with the mean softmax, each kind with the same weight; membrane or
    soluble is averaged over all. The package's reweighting by class priors is not public.

    Parameters
    ----------
    softmax, tree : str
        Experiments whose records are averaged, all seeds of the profile.

    Raises
    ------
    DataError
        One of the two has no finished run, runs of one kind have other settings or data, or they
        are of other test proteins.
    """
    key, most = context.key, context.settings["ensemble"]
    kinds = [
        read_records(context.results, key.profile, key.paper, name, key.variant)
        for name in (softmax, tree)
    ]
    for name, found in zip((softmax, tree), kinds, strict=True):
        if not found:
            command = f"reproduce run {key.paper}/{name} --profile {key.profile}"
            raise DataError(name, "no finished run, the ensemble needs both kinds", command)
    for found in kinds:
        check_alike(found)
    records = [record for found in kinds for record in found][:most]
    kinds = [[r for r in records if r.key.experiment == name] for name in (softmax, tree)]
    tables = {name: combined(kinds[0], kinds[1], name) for name in records[0].tables if name != OWN}
    counts = f"{len(kinds[0])} softmaxes and {len(kinds[1])} trees"
    return averaged(records, tables, most, counts)


def combined(softmaxes: Sequence[Record], trees: Sequence[Record], table: str) -> pd.DataFrame:
    """Mean predictions of one table.

    Raises
    ------
    DataError
        Other test proteins, order or labels in one of the records.
    """
    if table not in OF_LOCATIONS:
        every = [_table(record, table) for record in (*softmaxes, *trees)]
        return _with(every, np.mean([_values(each) for each in every], axis=0))
    plain = [_table(record, table) for record in softmaxes]
    nodes = [_table(record, table) for record in trees]
    decided = np.mean([nodes_from_locations(_values(each)) for each in nodes], axis=0)
    mean = np.mean([_values(each) for each in plain], axis=0)
    return _with([*plain, *nodes], (mean + locations_from_nodes(decided)) / 2)


def _table(record: Record, name: str) -> pd.DataFrame:
    if name not in record.tables:
        raise DataError(str(record.path), f"no predictions named {name!r}", "Run it again")
    return record.tables[name]


def _values(table: pd.DataFrame) -> np.ndarray:
    """Probabilities, columns in the table's order, which is that of `LOCATIONS` for locations."""
    return table.drop(columns=["id", "truth"]).to_numpy(dtype=float)


def _with(tables: Sequence[pd.DataFrame], values: np.ndarray) -> pd.DataFrame:
    """The first table with these probabilities, after all were compared with it."""
    first = tables[0]
    names = [name for name in first.columns if name not in ("id", "truth")]
    if len(names) == len(LOCATIONS) and names != list(LOCATIONS):
        raise DataError("ensemble", "the locations are in another order", "Run the members again")
    for table in tables[1:]:
        if not (table["id"].equals(first["id"]) and table.columns.equals(first.columns)):
            fault = "the members have other test proteins or labels"
            raise DataError("ensemble", fault, "Run them again on the same split")
    return first.assign(**dict(zip(names, values.T, strict=True)))
