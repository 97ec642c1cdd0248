"""Tables of the audit: proteins with a near one in another set, and accuracy by identity."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from common.harness.cells import Cell, ResultTable, fixed
from common.harness.groups import choose_group
from common.harness.record import Record
from reproductions.light_attention.leakage import (
    LEAST_PROTEINS,
    SEARCHED,
    TITLES,
    accuracy_by_identity,
    audit_path,
    shares_above,
)


def audit_tables(records: Sequence[Record], results: Path) -> list[ResultTable]:
    """Both tables from the identities that were found last; none where none were."""
    path = audit_path(results)
    if not path.exists():
        return []
    audit = pd.read_csv(path)
    return [_shares(audit), _by_identity(records, audit)]


def _shares(audit: pd.DataFrame) -> ResultTable:
    """Proteins of each set with a near one in another set."""
    table = shares_above(audit)
    rows = [
        [TITLES[str(search)], *(Cell(f"{count:,}", count) for count in row)]
        for search, row in zip(table.index, table.to_numpy().tolist(), strict=True)
    ]
    return ResultTable(
        "identities",
        "Proteins with a near protein in another set",
        "The other set is the training set unless named. Identity of the aligned part, to the "
        "protein where it is highest (MMseqs2, E-value up to 1e-3); over half: the alignment holds "
        "at least half of the protein.",
        ["Set", *(str(name).capitalize() for name in table.columns)],
        rows,
        [[] for _ in rows],
    )


def _by_identity(records: Sequence[Record], audit: pd.DataFrame) -> ResultTable:
    """Accuracy in each class of identity to the nearest training protein."""
    rows, runs = [], []
    for name in SEARCHED:
        group = choose_group(records, name, "paper")
        if group is None or group.data == "simulated":
            continue
        table = accuracy_by_identity(audit, group.records)
        for row in table[table["proteins"] >= LEAST_PROTEINS].to_dict("records"):
            share, se = 100 * row["accuracy"], 100 * row["se"]
            rows.append(
                [
                    name,
                    row["set"],
                    row["identity"],
                    Cell(f"{row['proteins']:,}", row["proteins"]),
                    Cell(f"{fixed(share, 1)} ± {fixed(se, 1)}", share),
                    group.profile,
                    group.data,
                ]
            )
            runs.append([group.name])
    return ResultTable(
        "accuracy-by-identity",
        "Accuracy by identity to the nearest training protein",
        f"Mean over the seeds ± binomial standard error; classes of fewer than {LEAST_PROTEINS} "
        "proteins are left out.",
        [
            *("Experiment", "Test set", "Identity", "Proteins", "Accuracy in percent"),
            *("Profile", "Data"),
        ],
        rows,
        runs,
    )
