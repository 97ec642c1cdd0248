"""Loop contexts of many transcripts: folded once, in parallel, and kept.

Folding takes about a third of a second for 1,000 nucleotides. The cache is a text file with a line
for each sequence: its digest and its contexts. Lines are only ever appended, so that a run that was
stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TextIO

from common.errors import DataError
from common.features.rna_structure import CONTEXTS, Folding, fold_contexts
from common.files import locked, storage_error
from common.paths import cache_folder


def cached_contexts(
    sequences: Sequence[str],
    folding: Folding | None = None,
    *,
    folder: Path | None = None,
    workers: int | None = None,
    stream: TextIO | None = sys.stderr,
) -> list[str]:
    """Contexts of each sequence, folding those that the cache lacks.

    Parameters
    ----------
    sequences : sequence of str
        Clean transcripts.
    folding : Folding, optional
    folder : Path, optional
        Of the cache; by default ``data/cache/rna-structure``.
    workers : int, optional
        Processes; by default one for each core.
    stream : file, optional
        Where progress is printed; None keeps quiet.

    Returns
    -------
    list of str
        In the order of the sequences, each as long as its sequence.

    Raises
    ------
    DataError
        The cache holds something that is no structure of its sequence.
    StorageError
        The cache cannot be written.
    """
    folding = folding or Folding()
    path = cache_path(folding, folder)
    names = {digest_of(sequence): sequence for sequence in sequences}
    known = read_cache(path)
    if names.keys() - known.keys():
        with locked(path):
            known = read_cache(path, mend=True)
            missing = [name for name in names if name not in known]
            for name, contexts in _fold_all(path, names, missing, folding, workers, stream):
                known[name] = contexts
    for name, sequence in names.items():
        if len(known[name]) != len(sequence):
            fault = f"{len(known[name])} contexts for {len(sequence)} nucleotides"
            raise DataError(f"{path}, {name}", fault, "Delete the file; it is made again")
    return [known[digest_of(sequence)] for sequence in sequences]


def cache_path(folding: Folding, folder: Path | None = None) -> Path:
    """File of one way of folding."""
    name = f"w{folding.window}-s{folding.span}-p{folding.cutoff:g}.tsv"
    return (folder or cache_folder() / "rna-structure") / name


def digest_of(sequence: str) -> str:
    """Name of a sequence in the cache: 128 bits as hexadecimal digits."""
    return hashlib.blake2b(sequence.encode("ascii"), digest_size=16).hexdigest()


def read_cache(path: Path, *, mend: bool = False) -> dict[str, str]:
    """Contexts by digest; a last line that is not finished is left out.

    Parameters
    ----------
    path : Path
    mend : bool
        Also cut that line off the file. Only for who holds its lock: another may be writing it.

    Raises
    ------
    DataError
        A line within the file is damaged.
    """
    if not path.exists():
        return {}
    text = path.read_text(encoding="ascii", errors="replace")
    whole = text[: text.rfind("\n") + 1]
    if mend and len(whole) < len(text):
        with path.open("r+b") as file:
            file.truncate(len(whole))
    known = {}
    for number, line in enumerate(whole.splitlines(), start=1):
        name, tab, contexts = line.partition("\t")
        if not tab or len(name) != 32 or set(contexts) - set(CONTEXTS):
            raise DataError(f"{path}, line {number}", "damaged", "Delete the file and start again")
        known[name] = contexts
    return known


def _fold_all(
    path: Path,
    names: dict[str, str],
    missing: Sequence[str],
    folding: Folding,
    workers: int | None,
    stream: TextIO | None,
) -> Iterator[tuple[str, str]]:
    """Fold what is missing, the longest first, and append each as it is done."""
    order = sorted(missing, key=lambda name: -len(names[name]))
    if not order:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="ascii") as file:
            for count, (name, contexts) in enumerate(_folded(names, order, folding, workers), 1):
                file.write(f"{name}\t{contexts}\n")
                file.flush()
                if stream is not None and (count % 100 == 0 or count == len(order)):
                    print(f"folding: {count:,} of {len(order):,} transcripts", file=stream)
                yield name, contexts
    except OSError as error:
        raise storage_error(path, error) from error


def _folded(
    names: dict[str, str], order: Sequence[str], folding: Folding, workers: int | None
) -> Iterator[tuple[str, str]]:
    workers = min(workers or os.cpu_count() or 1, len(order))
    if workers == 1:
        for name in order:
            yield name, fold_contexts(names[name], folding)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        jobs: dict[Any, str] = {
            pool.submit(fold_contexts, names[name], folding): name for name in order
        }
        for job in as_completed(jobs):
            yield jobs[job], job.result()
