"""MMseqs2 (Steinegger and Söding, 2017): iterated profile search, and sequences against others."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

import pandas as pd

from common.data.alphabet import Alphabet
from common.data.fasta import Record, write_fasta
from common.errors import DataError
from common.features.frequencies import AlignedPair
from common.features.tools import call

SETTINGS = ("-s", "7.5", "-e", "0.001", "--e-profile", "0.001", "--max-seqs", "500", "-a", "1")
"""Highest documented sensitivity; E-value of reported hits and of those that enter the profile."""

_COLUMNS = "query,qstart,qaln,taln"
QUIET = ("-v", "1")


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
    workers = ["--threads", str(threads), *QUIET]
    call(["mmseqs", "createdb", queries.resolve(), "query", "--shuffle", "0", *QUIET], folder)
    call(["mmseqs", "createdb", database.resolve(), "target", "--shuffle", "0", *QUIET], folder)
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


def options_for(alphabet: Alphabet, options: Sequence[str]) -> tuple[str, ...]:
    """Options of a search among sequences of an alphabet: transcripts are named as such."""
    return (*options, *(() if alphabet.name == "protein" else ("--search-type", "3")))


def easy_search(
    queries: Sequence[str],
    targets: Sequence[str] | None,
    columns: Sequence[str],
    options: Sequence[str],
    threads: int = 2,
) -> pd.DataFrame:
    """Search sequences among others, once: ``mmseqs easy-search``.

    Parameters
    ----------
    queries : sequence of str
        Proteins, or transcripts with the option ``--search-type 3``.
    targets : sequence of str or None
        None for the queries themselves.
    columns : sequence of str
        Words of ``--format-output`` besides ``query`` and ``target``.
    options : sequence of str
        Sensitivity and what a hit must reach.
    threads : int

    Returns
    -------
    DataFrame
        A row a hit, in the order of MMseqs2's table: ``query`` and ``target``, which are places
        among the sequences from 0, and `columns`.

    Raises
    ------
    UsageError
        MMseqs2 is not installed; it names the Debian package.
    ReproduceError
        The search failed.
    """
    names = ["query", "target", *columns]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_numbered(queries, folder / "queries.fasta")
        among = "queries.fasta" if targets is None else "targets.fasta"
        if targets is not None:
            write_numbered(targets, folder / among)
        command = ["mmseqs", "easy-search", "queries.fasta", among, "hits.tsv", "tmp", *options]
        output = ["--format-output", ",".join(names), "--threads", str(threads), *QUIET]
        call([*command, *output], folder)
        hits = pd.read_csv(folder / "hits.tsv", sep="\t", names=names, header=None)
    return hits.assign(query=places(hits["query"]), target=places(hits["target"]))


def write_numbered(sequences: Iterable[str], path: Path) -> None:
    """FASTA under plain numbers from 0, ``s0``, ``s1``: MMseqs2 shortens ids like UniProt's."""
    write_fasta((Record(f"s{n}", "", text) for n, text in enumerate(sequences)), path)


def places(ids: pd.Series) -> pd.Series:
    """Places, from 0, of the sequences that `write_numbered` gave these ids."""
    return ids.str.removeprefix("s").astype(int)
