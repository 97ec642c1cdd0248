"""DeepLoc's ensemble: networks of all inner folds, trees and softmaxes averaged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from common.errors import DataError, UsageError
from common.harness.ensemble import averaged, first_of_each
from common.harness.experiment import Context
from common.harness.groups import check_alike
from common.harness.record import Record, RunResult, read_records
from common.harness.settings import Settings
from reproductions.deeploc.tree import LOCATIONS, locations_from_nodes, nodes_from_locations

OF_LOCATIONS = ("", "sethard")
"""Tables whose columns are locations; the others are averaged as they are."""
OWN = "validation"
"""Table of an inner fold, which the members do not share."""


def run(context: Context, softmax: str, tree: str, settings: Settings) -> RunResult:
    """Average the recorded predictions of both kinds of network; nothing is trained.

    As in the released package the trees' decisions are averaged first, and what follows for the
    locations is averaged with the mean softmax, each kind with the same weight; membrane or
    soluble is averaged over all. The package's reweighting by class priors is not public. Where
    only one kind has finished runs, it is averaged alone, and the result's remark says so.

    Parameters
    ----------
    softmax, tree : str
        Experiments whose records are averaged, the first seeds of the profile: of each kind half
        as many as the setting ``ensemble`` allows.
    settings : Settings
        Of the paper, for members that were run with others.

    Raises
    ------
    UsageError
        The setting ``ensemble`` leaves no member of each kind.
    DataError
        Neither has a finished run, runs of one kind have other settings or data, or they are of
        other test proteins.
    """
    key, most = context.key, context.settings["ensemble"] // 2
    if most < 1:
        fault = f"{context.settings['ensemble']} networks, half of them softmaxes, half trees"
        raise UsageError("ensemble", fault, "Set 2 or more")
    kinds = [
        read_records(context.results, key.profile, key.paper, name, key.variant)
        for name in (softmax, tree)
    ]
    if not any(kinds):
        command = f"reproduce run {key.paper}/{softmax} --profile {key.profile}"
        raise DataError(f"{softmax} and {tree}", "no finished run of either", command)
    for found in filter(None, kinds):
        check_alike(found)
    softmaxes, trees = (first_of_each(found, most) for found in kinds)
    records = [*softmaxes, *trees]
    tables = {name: combined(softmaxes, trees, name) for name in records[0].tables if name != OWN}
    counts = f"{len(softmaxes)} softmaxes and {len(trees)} trees"
    return averaged(records, tables, most, counts, settings)


def combined(softmaxes: Sequence[Record], trees: Sequence[Record], table: str) -> pd.DataFrame:
    """Mean predictions of one table; one of the two kinds may be without any.

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
    means = []
    if plain:
        means.append(np.mean([_values(each) for each in plain], axis=0))
    if nodes:
        decided = np.mean([nodes_from_locations(_values(each)) for each in nodes], axis=0)
        means.append(locations_from_nodes(decided))
    return _with([*plain, *nodes], np.mean(means, axis=0))


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
