"""A FASTA file in parts, each a job of its own, and their tables in one."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from common.data.fasta import Record, stream_fasta, write_fasta
from common.errors import DataError, UsageError
from common.files import written_whole
from common.predict.seen import SeenIds
from common.predict.stream import REJECTED, reason


def split_fasta(source: Path, targets: Sequence[Path], rejected: Path | None = None) -> list[int]:
    """Cut a FASTA file into parts of nearly as many records each, in their order.

    Parameters
    ----------
    source : Path
        Plain or gzip. It is read twice; a copy of a record is left out.
    targets : sequence of Path
    rejected : Path, optional
        A list, for `join_tables`, of the records that no part can hold: without an id or a
        sequence, or with an earlier record's id. Without it the first one is raised.

    Returns
    -------
    list of int
        Records of each part.

    Raises
    ------
    UsageError
        No parts, or more parts than records.
    DataError
        A bad record, or a file that cannot be read.
    """
    faults: list[DataError] = []
    n = sum(1 for _ in _good(source, faults.append if rejected else _raise))
    if not 0 < len(targets) <= n:
        fault = f"{len(targets)} parts of {n} records"
        raise UsageError(str(source), fault, f"Ask for 1 to {n} parts")
    records = _good(source, _ignore if rejected else _raise)
    sizes = [n * (i + 1) // len(targets) - n * i // len(targets) for i in range(len(targets))]
    for size, target in zip(sizes, targets, strict=True):
        write_fasta(islice(records, size), target)
    if rejected is not None:
        with written_whole(rejected) as temporary:
            temporary.write_text(REJECTED + "".join(map(reason, faults)), encoding="utf-8")
    return sizes


def _good(source: Path, reject: Callable[[DataError], None]) -> Iterator[Record]:
    """Records that a part can hold, without further copies of the same."""
    seen = SeenIds()
    for record in stream_fasta(source, reject):
        meeting = seen.meet(record)
        faults = {
            "an earlier record has this id and another sequence": meeting == "other",
            "the id is not one word": record.id.split() != [record.id],
            "a `>` in the sequence": ">" in record.sequence,
        }
        fault = next((text for text, found in faults.items() if found), None)
        if fault is not None:
            remedy = "Mend the record, or leave it out"
            reject(DataError(f"{source}, {record.id}", fault, remedy))
        elif meeting == "new":
            yield replace(record, description=" ".join(record.description.split()))


def _raise(error: DataError) -> None:
    raise error


def _ignore(error: DataError) -> None:
    """Said already, when the records were counted."""


def join_tables(
    parts: Sequence[Path], target: Path, rejected: Path | None = None
) -> tuple[int, int]:
    """Put the tables of all parts, in their order, into one; and their lists of bad records.

    Parameters
    ----------
    parts : sequence of Path
        Of one format; tables have a header, JSON lines none. Compressed or not. Those whose names
        do not end with ``.jsonl`` or ``.json`` are tables.
    target : Path
        Written whole; compressed where its name ends with ``.gz``.
    rejected : Path, optional
        The list of `split_fasta`, which comes first.

    Returns
    -------
    tuple of int
        Lines of the table without its header, and bad records.

    Raises
    ------
    DataError
        The parts have other columns.
    """
    lists = [part.with_name(f"{part.name}.rejected.tsv") for part in parts]
    lists = lists if rejected is None else [rejected, *lists]
    bad = [path for path in lists if path.exists() and path.stat().st_size > len(REJECTED)]
    joined = target.with_name(f"{target.name}.rejected.tsv")
    joined.unlink(missing_ok=True)
    n_bad = _join(bad, joined, REJECTED.encode()) if bad else 0
    header = None
    if not {".jsonl", ".json"}.intersection(parts[0].suffixes):
        with _opened(parts[0]) as first:
            header = first.readline()
    return _join(parts, target, header), n_bad


def _join(parts: Sequence[Path], target: Path, header: bytes | None) -> int:
    """Put files with this header into one; how many lines they have without it."""
    n = 0
    with written_whole(target) as temporary, temporary.open("wb") as raw:
        out = gzip.GzipFile("", "wb", fileobj=raw, mtime=0) if target.suffix == ".gz" else raw
        if header is not None:
            out.write(header)
        for part in parts:
            for line in _lines(part, header):
                out.write(line)
                n += 1
        if out is not raw:
            out.close()
    return n


def _lines(part: Path, header: bytes | None) -> Iterator[bytes]:
    with _opened(part) as stream:
        if header is not None and stream.readline() != header:
            remedy = "Predict all parts with the same model and format"
            raise DataError(str(part), "has other columns than the first part", remedy)
        yield from stream


def _opened(path: Path) -> BinaryIO:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]
