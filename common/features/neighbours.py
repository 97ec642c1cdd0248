"""Identity to the nearest protein of another set, and clusters, with MMseqs2."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from common.features.mmseqs import QUIET, easy_search, places, write_numbered
from common.features.tools import call

HIT = ("query", "target", "identity", "aligned", "query_coverage", "e_value")
_COLUMNS = ("fident", "alnlen", "qcov", "evalue")


def best_hits(
    queries: Sequence[tuple[str, str]],
    targets: Sequence[tuple[str, str]],
    *,
    least_identity: float = 0.0,
    e_value: float = 1e-3,
    sensitivity: float = 7.5,
    threads: int = 2,
) -> pd.DataFrame:
    """The target of the highest identity for each query.

    Parameters
    ----------
    queries, targets : sequence of (id, sequence)
    least_identity : float
        Share of identical residues in the aligned part; lower hits are left out.
    e_value : float
        Largest E-value of a hit.
    sensitivity : float
        MMseqs2's ``-s``; 7.5 is the highest that is documented.
    threads : int

    Returns
    -------
    DataFrame
        `HIT`, one row a query that has a hit, in the order of the queries.

    Raises
    ------
    UsageError
        MMseqs2 is not installed.
    ReproduceError
        It failed.
    """
    options = ["-s", str(sensitivity), "--min-seq-id", str(least_identity), "-e", str(e_value)]
    searched, among = ([sequence for _, sequence in proteins] for proteins in (queries, targets))
    hits = easy_search(searched, among, _COLUMNS, options, threads)
    hits.columns = list(HIT)
    best = hits.sort_values(["query", "identity", "aligned"], ascending=[True, False, False])
    best = best.drop_duplicates("query")
    return pd.DataFrame(
        {
            "query": [queries[row][0] for row in best["query"]],
            "target": [targets[row][0] for row in best["target"]],
            **{name: best[name].to_numpy() for name in HIT[2:]},
        }
    )


def representatives(
    proteins: Sequence[tuple[str, str]], least_identity: float, threads: int = 2
) -> list[str]:
    """Ids of one protein of each cluster at an identity, in the order of the proteins.

    Raises
    ------
    UsageError, ReproduceError
        As `best_hits`.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_numbered((sequence for _, sequence in proteins), folder / "proteins.fasta")
        call(
            [
                *["mmseqs", "easy-cluster", "proteins.fasta", "found", "tmp"],
                *["--min-seq-id", str(least_identity), "--threads", str(threads), *QUIET],
            ],
            folder,
        )
        table = folder / "found_cluster.tsv"
        chosen = pd.read_csv(table, sep="\t", names=["chosen", "member"])["chosen"]
    return [proteins[row][0] for row in sorted(set(places(chosen)))]
