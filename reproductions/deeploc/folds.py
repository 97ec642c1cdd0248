"""Four inner folds of DeepLoc 1.0's training proteins, without homologues between them.

`inner_folds.csv` holds them; `write_folds` draws them again. See `docs/decisions/deeploc-data.md`.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from common.data.fasta import Record, write_fasta
from common.data.splits import read_split, write_split
from common.features.tools import call

FOLDS, SEED = 4, 2017
FILE = Path(__file__).with_name("inner_folds.csv")
SEARCH = ("-s", "4", "--min-seq-id", "0.3", "-c", "0.5", "--cov-mode", "0")
"""Homologues: at least 30 % identical over half of both proteins, E-value below 0.001."""


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
        ``id``, ``sequence`` and ``location`` of all 11,231 training proteins.

    Raises
    ------
    UsageError
        MMseqs2 is not installed.
    """
    ids = frame["id"].tolist()
    groups = homologous_groups(ids, find_pairs(frame, threads))
    folds = deal_groups(ids, frame["location"].tolist(), groups)
    write_split(FILE, ids, [f"fold {fold}" for fold in folds])


def find_pairs(frame: pd.DataFrame, threads: int) -> list[tuple[str, str]]:
    """Pairs of homologous proteins by the search of `SEARCH`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fasta = folder / "proteins.fasta"
        write_fasta((Record(row.id, "", row.sequence) for row in frame.itertuples()), fasta)
        command = ["mmseqs", "easy-search", fasta, fasta, "pairs.tsv", "tmp", *SEARCH]
        output = ["--format-output", "query,target", "--threads", str(threads), "-v", "1"]
        call([*command, *output], folder)
        lines = (folder / "pairs.tsv").read_text().splitlines()
    return [(first, second) for first, second in (line.split("\t") for line in lines)]


def homologous_groups(ids: Sequence[str], pairs: Iterable[tuple[str, str]]) -> np.ndarray:
    """Number of each protein's group: who is joined by a chain of pairs is in one group.

    Returns
    -------
    (n,) int
    """
    place = {name: number for number, name in enumerate(ids)}
    ends = np.array([(place[a], place[b]) for a, b in pairs], dtype=np.int64).reshape(-1, 2)
    graph = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(len(ids),) * 2)
    return connected_components(graph, directed=False)[1]


def deal_groups(
    ids: Sequence[str], locations: Sequence[str], groups: np.ndarray, folds: int = FOLDS
) -> np.ndarray:
    """Give each group, the largest first, to the fold that has least of its locations.

    Parameters
    ----------
    ids, locations : (n,) sequence of str
    groups : (n,) int
    folds : int

    Returns
    -------
    (n,) int64
        Fold of each protein; it depends on the ids, the groups and `SEED` alone.
    """
    names = sorted(set(locations))
    classes = np.array([names.index(name) for name in locations])
    members: dict[int, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(int(group), []).append(row)

    def rank(rows: list[int]) -> tuple[int, bytes]:
        first = min(ids[row] for row in rows)
        return -len(rows), hashlib.blake2b(f"{SEED}\t{first}".encode(), digest_size=16).digest()

    share = np.bincount(classes, minlength=len(names)) / folds
    held = np.zeros((folds, len(names)))
    found = np.empty(len(ids), dtype=np.int64)
    for rows in sorted(members.values(), key=rank):
        more = np.bincount(classes[rows], minlength=len(names))
        fold = int(np.argmin((((held + more) ** 2 - held**2) / share).sum(axis=1)))
        held[fold] += more
        found[rows] = fold
    return found
