"""Identity to the nearest protein of another set, and clusters, with MMseqs2."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from common.data.fasta import Record, write_fasta
from common.features.tools import call

HIT = ("query", "target", "identity", "aligned", "query_coverage", "e_value")
_COLUMNS = "query,target,fident,alnlen,qcov,evalue"
QUIET = ("-v", "1")


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
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder / "queries.fasta", queries, "q")
        _write(folder / "targets.fasta", targets, "t")
        call(
            [
                *["mmseqs", "easy-search", "queries.fasta", "targets.fasta", "hits.tsv", "tmp"],
                *["-s", str(sensitivity), "--min-seq-id", str(least_identity)],
                *["-e", str(e_value), "--format-output", _COLUMNS],
                *["--threads", str(threads), *QUIET],
            ],
            folder,
        )
        hits = pd.read_csv(folder / "hits.tsv", sep="\t", names=list(HIT), header=None)
    hits["order"] = hits["query"].str.removeprefix("q").astype(int)
    best = hits.sort_values(["order", "identity", "aligned"], ascending=[True, False, False])
    best = best.drop_duplicates("order")
    return pd.DataFrame(
        {
            "query": [queries[row][0] for row in best["order"]],
            "target": [targets[int(name[1:])][0] for name in best["target"]],
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
        _write(folder / "proteins.fasta", proteins, "p")
        call(
            [
                *["mmseqs", "easy-cluster", "proteins.fasta", "found", "tmp"],
                *["--min-seq-id", str(least_identity), "--threads", str(threads), *QUIET],
            ],
            folder,
        )
        lines = (folder / "found_cluster.tsv").read_text(encoding="ascii").splitlines()
    chosen = {int(line.split("\t")[0][1:]) for line in lines}
    return [proteins[row][0] for row in sorted(chosen)]


def _write(path: Path, proteins: Sequence[tuple[str, str]], letter: str) -> None:
    """FASTA under plain numbers: MMseqs2 shortens ids that look like UniProt's."""
    numbered = (Record(f"{letter}{n}", "", sequence) for n, (_, sequence) in enumerate(proteins))
    write_fasta(numbered, path)
