"""The cross table itself: each network, each training set, each test set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from common.files import written_whole
from common.harness.cells import Cell, ResultTable, fixed, number_cell
from common.harness.groups import choose_group
from common.harness.record import Record, read_records
from reproductions.cross.networks import TITLES
from reproductions.cross.sets import NAMES, TESTED_ON, TRAINED_ON

COLUMNS = [
    *("network", "trained_on", "tested_on", "accuracy", "accuracy_low", "accuracy_high"),
    *("mcc", "mcc_low", "mcc_high", "accuracy_seed_sd", "n_seeds", "n_test", "profile", "data"),
]


CAPTION = (
    "Scores over the ten common locations on each set's test proteins, with 95 % bootstrap "
    "intervals over these. Homologues of another set's training proteins are not asked."
)


def experiment_of(network: str, trained_on: str) -> str:
    """Name of the experiment that trains a network on a set."""
    return f"{network}-on-{trained_on}"


def cross_table(results: Path, profile: str | None = None) -> pd.DataFrame:
    """Scores over the common locations, from the fullest runs there are.

    Parameters
    ----------
    results : Path
    profile : str, optional
        Use only its runs.

    Returns
    -------
    DataFrame
        `COLUMNS`; ``low`` and ``high`` are the 95 % bootstrap interval over test proteins.
    """
    records = read_records(results, profile=profile, paper="cross")
    rows = [
        row
        for network in TITLES
        for trained_on in TRAINED_ON
        for row in _rows(records, network, trained_on)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _rows(records: list[Record], network: str, trained_on: str) -> Iterator[dict]:
    group = choose_group(records, experiment_of(network, trained_on), "paper")
    if group is None:
        return
    for tested_on in TESTED_ON:
        table = "" if tested_on == trained_on else f"{tested_on}/"
        accuracy, mcc = (group.estimate(f"{table}{name}") for name in ("accuracy", "mcc"))
        yield {
            "network": network,
            "trained_on": trained_on,
            "tested_on": tested_on,
            "accuracy": accuracy.value,
            "accuracy_low": accuracy.bootstrap[0],
            "accuracy_high": accuracy.bootstrap[1],
            "mcc": mcc.value,
            "mcc_low": mcc.bootstrap[0],
            "mcc_high": mcc.bootstrap[1],
            "accuracy_seed_sd": accuracy.seed_sd,
            "n_seeds": len(group.seeds),
            "n_test": accuracy.n_test,
            "profile": group.profile,
            "data": group.data,
        }


def write_cross_table(table: pd.DataFrame, results: Path) -> Path:
    """Write `cross.csv` under `results`; the same table gives the same bytes."""
    path = results / "cross.csv"
    with written_whole(path) as temporary:
        table.to_csv(temporary, index=False, float_format="%.4f", lineterminator="\n")
    return path


def tabulate(results: Path) -> list[ResultTable]:
    """The table as the report shows it: a row for each network and training set."""
    table = cross_table(results)
    if table.empty:
        return []
    rows, runs = [], []
    for (network, trained_on), found in table.groupby(["network", "trained_on"], sort=False):
        asked = found.set_index("tested_on")
        first = found.iloc[0]
        rows.append(
            [
                TITLES[network],
                NAMES[trained_on],
                *(cell for name in TESTED_ON for cell in _cells(asked.loc[name])),
                Cell(str(first["n_seeds"]), first["n_seeds"]),
                first["data"],
                first["profile"],
            ]
        )
        runs.append([f"{experiment_of(network, trained_on)}/paper/{first['profile']}"])
    heads = (f"{NAMES[name]}: {score}" for name in TESTED_ON for score in ("accuracy", "MCC"))
    columns = ["Network", "Trained on", *heads, "Seeds", "Data", "Profile"]
    return [ResultTable("all", "Every network on every data set", CAPTION, columns, rows, runs)]


def _cells(row: pd.Series) -> list[Cell]:
    """Accuracy with its interval, and MCC, of one test set."""
    low, high = fixed(row["accuracy_low"], 3), fixed(row["accuracy_high"], 3)
    accuracy = Cell(f"{fixed(row['accuracy'], 3)} ({low} … {high})", row["accuracy"])
    return [accuracy, number_cell(row["mcc"], 3)]
