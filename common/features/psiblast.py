"""Iterated profile search with PSI-BLAST (Altschul et al., 1997), one query at a time.

Slower than `common.features.mmseqs` by far; it is the nearest living relative of the blastpgp that
Sønderby et al. (2015), section 2.4, used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from common.data.alphabet import RESIDUES
from common.errors import DataError
from common.features.frequencies import own_residues
from common.features.tools import call

SETTINGS = ("-evalue", "0.001", "-inclusion_ethresh", "0.001", "-max_target_seqs", "500")

_ROW = re.compile(r"^\s*(\d+)\s+([A-Z])\s+(.*)$")


def version(folder: Path) -> str:
    """Version that ``psiblast -version`` prints in its first line."""
    return call(["psiblast", "-version"], folder).split()[1]


def profiles(
    queries: Iterable[tuple[str, str]], database: Path, folder: Path, iterations: int, threads: int
) -> Iterator[tuple[str, np.ndarray, int]]:
    """Profile of each query.

    Parameters
    ----------
    queries : iterable of (id, sequence)
        Ids are plain words, fit for file names.
    database : Path
        FASTA file.
    folder : Path
        An empty folder for temporary files.
    iterations, threads : int

    Yields
    ------
    str, (length, 20) float32 array, int
        Id, frequencies, and the number of sequences found that are not the query itself.
    """
    title = ["-dbtype", "prot", "-title", "database", "-out", "target"]
    call(["makeblastdb", "-in", database.resolve(), *title], folder)
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(lambda query: _one(query[0], query[1], folder, iterations), queries)


def parse_matrix(text: str, sequence: str) -> np.ndarray:
    """Weighted observed percentages of an ASCII matrix as frequencies.

    Parameters
    ----------
    text : str
        What ``-out_ascii_pssm`` wrote: scores in columns 3 to 22, percentages in 23 to 42, both in
        the order of `RESIDUES`.
    sequence : str
        The query.

    Returns
    -------
    np.ndarray, (length, 20) float32
        Rows sum to 1: percentages are rounded in the file, so each row is divided by its sum. A
        row of zeros (an unknown residue, no hits) is that of `own_residues`.

    Raises
    ------
    DataError
        Another order of the columns, or another sequence than the query's.
    """
    if " ".join(RESIDUES * 2) not in re.sub(r" +", " ", text):
        raise DataError("PSI-BLAST matrix", "columns in an unknown order", "Use another version")
    rows = [match.groups() for match in map(_ROW.match, text.splitlines()) if match]
    letters = "".join(letter for _, letter, _ in rows)
    if letters != sequence:
        raise DataError(
            "PSI-BLAST matrix",
            f"{len(letters)} rows that are not the query's {len(sequence)} residues",
            "Make the search again",
        )
    values = np.array([rest.split()[20:40] for _, _, rest in rows], dtype=np.float32)
    totals = values.sum(axis=1, keepdims=True)
    return np.where(totals > 0, values / np.maximum(totals, 1), own_residues(sequence))


def _another(words: list[str]) -> bool:
    """Whether a line of hits (target, identity in per cent) is not the query itself."""
    return len(words) == 2 and words[1] != "100.000"


def _one(name: str, sequence: str, folder: Path, iterations: int) -> tuple[str, np.ndarray, int]:
    query, matrix = folder / f"{name}.fasta", folder / f"{name}.pssm"
    query.write_text(f">{name}\n{sequence}\n", encoding="ascii")
    search = ["-db", "target", "-num_iterations", str(iterations), *SETTINGS]
    output = ["-out_ascii_pssm", str(matrix), "-outfmt", "6 sseqid pident"]
    found = call(["psiblast", "-query", query, *search, *output], folder)
    hits = {words[0] for words in map(str.split, found.splitlines()) if _another(words)}
    frequencies = (
        parse_matrix(matrix.read_text(encoding="ascii"), sequence)
        if matrix.exists()
        else own_residues(sequence)
    )
    query.unlink()
    matrix.unlink(missing_ok=True)
    return name, frequencies, len(hits)
