"""Four inner folds of DeepLoc 1.0's training proteins, without homologues between them.

`inner_folds.csv` holds them; ``python -m reproductions.deeploc.folds`` draws them again. See
`docs/decisions/deeploc-data.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from common.data.splits import read_split, write_split
from common.features.homology import SEARCH, deal_groups, homologous_groups, homologous_pairs

FOLDS, SEED = 4, 2017
FILE = Path(__file__).with_name("inner_folds.csv")


def read_folds(ids: Sequence[str]) -> np.ndarray:
    """Fold of each training protein, (n,) int64 from 0; 146 of the file's may be left out.

    Raises
    ------
    DataError
        A protein is not in the file.
    """
    known = pd.read_csv(FILE, dtype=str, keep_default_na=False)["id"]
    chosen = set(ids)
    others = [name for name in known if name not in chosen]
    parts = read_split(FILE, [*ids, *others])[: len(ids)]
    return np.array([int(part.removeprefix("fold ")) for part in parts], dtype=np.int64)


def write_folds(frame: pd.DataFrame, threads: int = 2) -> None:
    """Search the proteins against each other with MMseqs2 and deal the groups out.

    Parameters
    ----------
    frame : DataFrame
        ``id``, ``sequence`` and ``location``, as `data.training_proteins` has them.

    Raises
    ------
    UsageError
        MMseqs2 is not installed.
    """
    ids, locations = frame["id"].tolist(), frame["location"].tolist()
    pairs = homologous_pairs(ids, frame["sequence"].tolist(), SEARCH, threads)
    folds = deal_groups(ids, locations, homologous_groups(ids, pairs), FOLDS, SEED)
    write_split(FILE, ids, [f"fold {fold}" for fold in folds])


def main(threads: Annotated[int, typer.Option(min=1)] = 2) -> None:
    """Search the training proteins against each other and write inner_folds.csv: a minute."""
    from reproductions.deeploc.data import training_proteins

    write_folds(training_proteins(), threads)
    typer.echo(FILE)


if __name__ == "__main__":
    from reproductions.cli import run_alone

    run_alone(main)
