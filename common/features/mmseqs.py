"""Iterated profile search with MMseqs2 (Steinegger and Söding, 2017)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from common.errors import DataError
from common.features.frequencies import AlignedPair
from common.features.tools import call

SETTINGS = ("-s", "7.5", "-e", "0.001", "--e-profile", "0.001", "--max-seqs", "500", "-a", "1")
"""Highest documented sensitivity; E-value of reported hits and of those that enter the profile."""

_COLUMNS = "query,qstart,qaln,taln"


def version(folder: Path) -> str:
    """What ``mmseqs version`` says."""
    return call(["mmseqs", "version"], folder).strip()


def search(queries: Path, database: Path, folder: Path, iterations: int, threads: int) -> Path:
    """Search each query, and the profile of what it found, `iterations` times in all.

    Parameters
    ----------
    queries, database : Path
        FASTA files. Query ids are plain words: MMseqs2 shortens ids that look like UniProt's.
    folder : Path
        An empty folder for some gigabytes of temporary files.
    iterations, threads : int

    Returns
    -------
    Path
        Alignments, one a line: query id, first residue (from 1), and the two aligned rows.
    """
    quiet = ["-v", "1"]
    workers = ["--threads", str(threads), *quiet]
    call(["mmseqs", "createdb", queries.resolve(), "query", "--shuffle", "0", *quiet], folder)
    call(["mmseqs", "createdb", database.resolve(), "target", "--shuffle", "0", *quiet], folder)
    call(
        [
            *["mmseqs", "search", "query", "target", "result", "tmp"],
            *["--num-iterations", str(iterations), *SETTINGS, *workers],
        ],
        folder,
    )
    return export(folder, workers)


def export(folder: Path, workers: list[str]) -> Path:
    """Write the alignments of a finished search in `folder` as a table."""
    call(
        [
            *["mmseqs", "convertalis", "query", "target", "result", "alignments.tsv"],
            *["--format-output", _COLUMNS, *workers],
        ],
        folder,
    )
    return folder / "alignments.tsv"


def alignments(table: Path) -> Iterator[tuple[str, list[AlignedPair]]]:
    """Read the table of `search`, one query at a time.

    Yields
    ------
    str, list of AlignedPair
        A query's id and its alignments; a query without hits is absent.

    Raises
    ------
    DataError
        The lines of a query do not stand together.
    """
    seen: set[str] = set()
    with table.open(encoding="ascii") as lines:
        fields = (line.rstrip("\n").split("\t") for line in lines)
        for query, rows in groupby(fields, key=lambda row: row[0]):
            if query in seen:
                raise DataError(f"{table}: {query}", "lines out of order", "Make the search again")
            seen.add(query)
            yield query, [AlignedPair(int(row[1]) - 1, row[2], row[3]) for row in rows]
