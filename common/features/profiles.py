"""Sequence profiles: amino-acid frequencies at each position of a protein, from its homologues.

Sønderby et al. (2015), section 2.4, took ProfilePro profiles from three blastpgp iterations on
UniRef50. Here MMseqs2 or PSI-BLAST makes three iterations on any FASTA database; another database
than the paper's is a stand-in, and the file's provenance says so. Profiles are those of full-length
sequences: whoever shortens a sequence shortens its profile by the same rule.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Protocol

import numpy as np

from common.data.alphabet import PROTEIN, RESIDUES
from common.data.fasta import Record, read_fasta, write_fasta
from common.data.verify import sha256
from common.errors import DataError, UsageError
from common.features import mmseqs, psiblast
from common.features.databases import STAND_IN
from common.features.frequencies import own_residues, weighted_frequencies
from common.features.per_residue import write_store
from common.files import locked, storage_error
from common.paths import cache_folder

TOOLS = {"mmseqs": mmseqs, "psiblast": psiblast}
FORMAT = 1
"""Goes into every cache key: raise it when the frequencies of the same alignments change."""


class HasSequence(Protocol):
    """A FASTA record, or a row of a table's `itertuples()`."""

    @property
    def id(self) -> str: ...
    @property
    def sequence(self) -> str: ...


def cached_profiles(
    records: Iterable[HasSequence],
    database_fasta: Path,
    name: str,
    tool: str = "mmseqs",
    iterations: int = 3,
    threads: int = 2,
    variant: str = STAND_IN,
    sources: Sequence[str] = (),
) -> Path:
    """Profiles from the cache, made first where they are not there.

    Parameters
    ----------
    records, database_fasta, tool, iterations, threads, variant, sources
        As in `compute_profiles`.
    name : str
        What the queries are called in the file's name.

    Returns
    -------
    Path
        ``data/cache/profiles/<name>-<tool>-<key>.h5``. The key comes from the queries, the
        database's content, the tool and its settings, so that the same call finds the same file,
        also where the tool or the number of threads is another.
    """
    queries = _queries(records)
    path = _cached(queries, database_fasta, name, tool, iterations)
    if path.exists():
        return path
    with locked(path):
        if not path.exists():
            _compute(queries, database_fasta, path, tool, iterations, threads, variant, sources)
    return path


def are_cached(
    records: Iterable[HasSequence],
    database_fasta: Path,
    name: str,
    tool: str = "mmseqs",
    iterations: int = 3,
) -> bool:
    """Whether `cached_profiles` would find its file; nothing is searched."""
    known = database_fasta.exists()
    return known and _cached(_queries(records), database_fasta, name, tool, iterations).exists()


def _cached(
    queries: dict[str, str], database_fasta: Path, name: str, tool: str, iterations: int
) -> Path:
    key = cache_key(queries, database_fasta, tool, iterations)
    return cache_folder() / "profiles" / f"{name}-{tool}-{key}.h5"


def compute_profiles(
    records: Iterable[HasSequence],
    database_fasta: Path,
    out: Path,
    tool: str = "mmseqs",
    iterations: int = 3,
    threads: int = 2,
    variant: str = STAND_IN,
    sources: Sequence[str] = (),
) -> Path:
    """Search homologues of each protein and write its profile.

    Parameters
    ----------
    records : iterable of HasSequence
        Queries, full length. The same id may come again with the same sequence.
    database_fasta : Path
        Proteins to search, plain or gzip.
    out : Path
        HDF5 file for `PerResidueStore`: (length, 20) float16, columns in the order of `RESIDUES`
        (ARNDCQEGHILKMFPSTWYV), rows sum to 1. A protein without homologues has the one-hot profile
        of its own residues.
    tool : {"mmseqs", "psiblast"}
    iterations : int
    threads : int
    variant : str
        What the database is, kept in the provenance.
    sources : sequence of str
        Data sets that the database was made of, kept in the provenance.

    Returns
    -------
    Path
        `out`, written whole or not at all.

    Raises
    ------
    UsageError
        An unknown tool, or one that is not installed (the error names its Debian package).
    DataError
        No record, a letter that is no residue, one id with two sequences.
    ReproduceError
        The tool failed.
    StorageError
        The folder of `out` cannot be written.
    """
    return _compute(
        _queries(records), database_fasta, out, tool, iterations, threads, variant, sources
    )


def cache_key(queries: dict[str, str], database_fasta: Path, tool: str, iterations: int) -> str:
    """Twelve hexadecimal digits that change with whatever the profiles depend on.

    Parameters
    ----------
    queries : dict of str to str
        Clean sequences by id; their order does not matter.
    database_fasta : Path
    tool : {"mmseqs", "psiblast"}
    iterations : int
    """
    parts = {
        "format": FORMAT,
        "queries": sorted(queries.items()),
        "database": sha256(database_fasta),
        "tool": tool,
        "settings": _module(tool).SETTINGS,
        "iterations": iterations,
    }
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]


def _compute(
    queries: dict[str, str],
    database: Path,
    out: Path,
    tool: str,
    iterations: int,
    threads: int,
    variant: str,
    sources: Sequence[str],
) -> Path:
    started = time.monotonic()
    module = _module(tool)
    out = Path(out)
    hits: list[int] = []
    with _scratch(out) as folder:
        searched = folder / "database.fasta"
        n_sequences = _copy_clean(database, searched)
        provenance = {
            "features": "amino-acid frequencies",
            "columns": RESIDUES,
            "variant": variant,
            "tool": tool,
            "version": module.version(folder),
            "arguments": " ".join(module.SETTINGS),
            "iterations": iterations,
            "database": Path(database).name,
            "database_sha256": sha256(database),
            "database_sequences": n_sequences,
            "database_sources": list(sources),
            "queries": len(queries),
            "key": cache_key(queries, database, tool, iterations),
        }

        def summary() -> dict:
            return provenance | {
                "hits_mean": float(np.mean(hits)),
                "hits_median": float(np.median(hits)),
                "queries_without_hits": hits.count(0),
                "seconds": round(time.monotonic() - started),
            }

        made = _profiles(queries, searched, folder, tool, iterations, threads)
        return write_store(out, _counted(made, hits), summary)


def _profiles(
    queries: dict[str, str], database: Path, folder: Path, tool: str, iterations: int, threads: int
) -> Iterator[tuple[str, np.ndarray, int]]:
    """Id, profile and number of homologues of each query; inside the tools ids are q0, q1, ..."""
    names = {f"q{n}": identifier for n, identifier in enumerate(queries)}
    if tool == "psiblast":
        asked = ((name, queries[identifier]) for name, identifier in names.items())
        for name, frequencies, hits in psiblast.profiles(
            asked, database, folder, iterations, threads
        ):
            yield names[name], frequencies, hits
        return
    fasta = folder / "queries.fasta"
    write_fasta(
        (Record(name, "", queries[identifier]) for name, identifier in names.items()), fasta
    )
    table = mmseqs.search(fasta, database, folder, iterations, threads)
    for name, pairs in mmseqs.alignments(table):
        identifier = names.pop(name)
        others = [pair for pair in pairs if pair.query != pair.target]
        yield identifier, weighted_frequencies(queries[identifier], others), len(others)
    for identifier in names.values():
        yield identifier, own_residues(queries[identifier]), 0


@contextmanager
def _scratch(out: Path) -> Iterator[Path]:
    """An empty folder beside `out`, gone afterwards."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(prefix=".profiles-", dir=out.parent)
    except OSError as error:
        raise storage_error(out, error) from error
    with folder as name:
        yield Path(name)


def _counted(
    made: Iterable[tuple[str, np.ndarray, int]], hits: list[int]
) -> Iterator[tuple[str, np.ndarray]]:
    for identifier, frequencies, n in made:
        hits.append(n)
        yield identifier, frequencies


def _queries(records: Iterable[HasSequence]) -> dict[str, str]:
    """Clean sequences by id."""
    queries: dict[str, str] = {}
    for record in records:
        sequence = PROTEIN.clean(record.id, record.sequence)
        if queries.setdefault(record.id, sequence) != sequence:
            raise DataError(record.id, "this id has two different sequences", "Make ids unique")
    if not queries:
        raise DataError("profiles", "no protein to search for", "Name at least one")
    return queries


def _copy_clean(database: Path, out: Path) -> int:
    """Copy a database, plain or gzip, as plain FASTA with short names; return its size."""
    n = 0

    def records() -> Iterator[Record]:
        nonlocal n
        for n, record in enumerate(read_fasta(database), start=1):
            yield Record(f"t{n}", "", record.sequence)

    write_fasta(records(), out)
    return n


def _module(tool: str) -> ModuleType:
    if tool not in TOOLS:
        raise UsageError(str(tool), "no such search tool", f"Choose from {', '.join(TOOLS)}")
    return TOOLS[tool]
