"""Sequence databases to search for homologues: a stand-in for UniRef50 from the benchmark data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from common.data.content import read_table
from common.data.deeploc2 import with_our_names
from common.data.fasta import Record, read_fasta, write_fasta
from common.data.fetch import locate_facts

STAND_IN = "stand-in database"

DATASETS = (
    "multiloc",
    "deeploc1",
    "light-attention-val",
    "light-attention-test",
    "light-attention-sethard",
    "deeploc2-swissprot",
    "deeploc2-hpa",
)


def benchmark_database(out: Path, names: Iterable[str] = DATASETS) -> int:
    """Write all proteins of the benchmark data sets as one FASTA file.

    Parameters
    ----------
    out : Path
    names : iterable of str
        Data sets of the registry, in the order in which their proteins are numbered.

    Returns
    -------
    int
        Distinct sequences written; 35,880 for all `DATASETS`.

    Raises
    ------
    DataError
        A data set is not here, or damaged; nothing is downloaded.

    Notes
    -----
    Labels play no part. The sequences of test proteins do, as they do in a search on UniRef50.
    """
    return write_database((sequence for name in names for sequence in _sequences(name)), out)


def write_database(sequences: Iterable[str], out: Path) -> int:
    """Write distinct sequences as FASTA, named S000000, S000001, ... as they appear.

    Parameters
    ----------
    sequences : iterable of str
        Compared in upper case; a ``*`` at the end is dropped.
    out : Path
        Written whole or not at all. The same sequences in the same order give the same bytes.

    Returns
    -------
    int
        How many are distinct.
    """
    distinct = dict.fromkeys(sequence.upper().removesuffix("*") for sequence in sequences)
    records = (Record(f"S{n:06d}", "", sequence) for n, sequence in enumerate(distinct))
    write_fasta(records, out)
    return len(distinct)


def _sequences(name: str) -> Iterator[str]:
    for _, path in sorted(locate_facts(name).paths.items()):
        if path.name.removesuffix(".gz").endswith((".tsv", ".csv")):
            yield from with_our_names(read_table(path))["sequence"]
        else:
            yield from (record.sequence for record in read_fasta(path))
