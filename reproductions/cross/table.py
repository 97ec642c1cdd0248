"""The cross table itself: each network, each training set, each test set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from common.files import written_whole
from common.harness.groups import choose_group
from common.harness.record import Record, read_records
from reproductions.cross.networks import TITLES
from reproductions.cross.sets import NAMES, TESTED_ON, TRAINED_ON

COLUMNS = [
    *("network", "trained_on", "tested_on", "accuracy", "accuracy_low", "accuracy_high"),
    *("mcc", "mcc_low", "mcc_high", "accuracy_seed_sd", "n_seeds", "n_test", "profile", "data"),
]


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


def as_markdown(table: pd.DataFrame) -> str:
    """The table as the README shows it: a row for each network and training set."""
    heads = " | ".join(f"on {NAMES[name]}" for name in TESTED_ON)
    lines = [
        f"| network | trained on | {heads} | runs |",
        "|---|---|" + "---|" * (len(TESTED_ON) + 1),
    ]
    for (network, trained_on), rows in table.groupby(["network", "trained_on"], sort=False):
        cells = []
        for name in TESTED_ON:
            row = rows[rows["tested_on"] == name].iloc[0]
            spread = f"{row['accuracy_low']:.3f}–{row['accuracy_high']:.3f}"
            cells.append(f"{row['accuracy']:.3f} ({spread}), {row['mcc']:.3f}")
        first = rows.iloc[0]
        runs = f"{first['profile']}, {first['n_seeds']} seed{'s' * int(first['n_seeds'] != 1)}"
        runs += f", {first['data']}"
        about = f"{TITLES[network]} | {NAMES[trained_on]}"
        lines.append(f"| {about} | {' | '.join(cells)} | {runs} |")
    return "\n".join(lines)


if __name__ == "__main__":
    from common.paths import results_folder

    print(as_markdown(cross_table(results_folder())))
