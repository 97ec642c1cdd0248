"""A FASTA file in parts, each a job of its own, and their tables in one."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from common.data.fasta import read_fasta, write_fasta
from common.errors import DataError, UsageError
from common.files import written_whole
from common.predict.stream import REJECTED


def split_fasta(source: Path, targets: Sequence[Path]) -> list[int]:
    """Cut a FASTA file into parts of nearly as many records each, in their order.

    Parameters
    ----------
    source : Path
        Plain or gzip. It is read twice; a copy of a record is left out.
    targets : sequence of Path

    Returns
    -------
    list of int
        Records of each part.

    Raises
    ------
    UsageError
        No parts, or more parts than records.
    DataError
        As `read_fasta`.
    """
    n = sum(1 for _ in read_fasta(source))
    if not 0 < len(targets) <= n:
        fault = f"{len(targets)} parts of {n} records"
        raise UsageError(str(source), fault, f"Ask for 1 to {n} parts")
    records = read_fasta(source)
    sizes = [n * (i + 1) // len(targets) - n * i // len(targets) for i in range(len(targets))]
    for size, target in zip(sizes, targets, strict=True):
        write_fasta(islice(records, size), target)
    return sizes


def join_tables(parts: Sequence[Path], target: Path) -> None:
    """Put the tables of all parts, in their order, into one; and their lists of bad records.

    Parameters
    ----------
    parts : sequence of Path
        Of one format; tables have a header, JSON lines none. Compressed or not.
    target : Path
        Written whole; compressed where its name ends with ``.gz``.

    Raises
    ------
    DataError
        The parts have other columns.
    """
    lists = [part.with_name(f"{part.name}.rejected.tsv") for part in parts]
    bad = [path for path in lists if path.exists()]
    if bad:
        _join(bad, target.with_name(f"{target.name}.rejected.tsv"), REJECTED.encode())
    header = None
    if ".tsv" in target.suffixes:
        with _opened(parts[0]) as first:
            header = first.readline()
    _join(parts, target, header)


def _join(parts: Sequence[Path], target: Path, header: bytes | None) -> None:
    with written_whole(target) as temporary, temporary.open("wb") as raw:
        out = gzip.GzipFile("", "wb", fileobj=raw, mtime=0) if target.suffix == ".gz" else raw
        if header is not None:
            out.write(header)
        for part in parts:
            for line in _lines(part, header):
                out.write(line)
        if out is not raw:
            out.close()


def _lines(part: Path, header: bytes | None) -> Iterator[bytes]:
    with _opened(part) as stream:
        if header is not None and stream.readline() != header:
            remedy = "Predict all parts with the same model and format"
            raise DataError(str(part), "has other columns than the first part", remedy)
        yield from stream


def _opened(path: Path) -> BinaryIO:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]
