"""Which test proteins have a homologue among another data set's training proteins.

`overlap.csv` holds the answer; ``python -m reproductions.cross.overlap`` makes it again.
"""

from __future__ import annotations

import pandas as pd
import typer

from common.features.homology import SEARCH, homologous_pairs
from common.files import written_whole
from reproductions.cross.sets import (
    ALL_PROTEINS,
    OVERLAP,
    TESTED_ON,
    TRAINED_ON,
    ProteinSet,
    load_sets,
)

ALL = {"simulated_proteins": 0, "cross_simulated": False, **ALL_PROTEINS}


def find_overlap(sets: dict[str, ProteinSet]) -> pd.DataFrame:
    """Test proteins that MMseqs2 finds among the training proteins of another data set.

    Returns
    -------
    DataFrame
        ``trained_on``, ``tested_on``, ``id``, sorted.

    Raises
    ------
    UsageError
        MMseqs2 is not installed.
    """
    rows = [
        (trained_on, tested_on, name)
        for trained_on in TRAINED_ON
        for tested_on in TESTED_ON
        if trained_on != tested_on
        for name in _homologues(sets[tested_on].test, sets[trained_on].train)
    ]
    return pd.DataFrame(sorted(rows), columns=["trained_on", "tested_on", "id"])


def _homologues(test: pd.DataFrame, train: pd.DataFrame) -> set[str]:
    """Ids of test proteins; a protein that is in both sets is its own homologue."""
    ids = [*(f"test {name}" for name in test["id"]), *(f"train {name}" for name in train["id"])]
    pairs = homologous_pairs(ids, [*test["sequence"], *train["sequence"]])
    sides = (pair for a, b in pairs for pair in ((a, b), (b, a)))
    return {
        first.removeprefix("test ")
        for first, second in sides
        if first.startswith("test ") and second.startswith("train ")
    }


def main() -> None:
    """Search the test proteins among the training proteins again and write overlap.csv."""
    found = find_overlap(load_sets(ALL))
    with written_whole(OVERLAP) as temporary, temporary.open("w") as stream:
        stream.write(f"# mmseqs easy-search {' '.join(SEARCH)}, test against training proteins\n")
        found.to_csv(stream, index=False)
    typer.echo(OVERLAP)


if __name__ == "__main__":
    from reproductions.cli import run_alone

    run_alone(main)
