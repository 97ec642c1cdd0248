"""FASTA files, plain or gzip: one record at a time, every fault with its record."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from common.errors import DataError
from common.files import written_whole

GZIP_MAGIC = b"\x1f\x8b"
BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
OTHER_FORMATS = {
    b"PK\x03\x04": "a zip archive",
    b"\xfd7zXZ": "an xz archive",
    b"BZh": "a bzip2 archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"\x89HDF": "an HDF5 file",
    b"%PDF": "a PDF",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
}


@dataclass(frozen=True)
class Record:
    """One sequence of a FASTA file.

    Parameters
    ----------
    id : str
        First word of the header; spaces between ``>`` and it are skipped.
    description : str
        The rest of the header, "" where there is none.
    sequence : str
        Letters as they stand in the file, without any white space.
    """

    id: str
    description: str
    sequence: str


def read_fasta(path: Path, repeated: Counter[str] | None = None) -> Iterator[Record]:
    """Read the records of a FASTA file in their order.

    Parameters
    ----------
    path : Path
        Plain or gzip (also bgzip and several members), told apart by content. UTF-8 with or
        without a byte order mark; any kind of line end; blank lines are skipped.
    repeated : Counter, optional
        Counts, by id, the further copies of a record that were left out.

    Yields
    ------
    Record
        A record that comes again with the same sequence (case aside) is given once.
        A sequence may have any length.

    Raises
    ------
    DataError
        The file is missing, empty, truncated or not text; the first line has no ``>``; a header
        or a sequence is empty; an id comes again with another sequence. It names file and record.
    """
    yield from distinct_records(stream_fasta(path), str(path), repeated)


def parse_fasta(text: str, name: str = "FASTA text") -> Iterator[Record]:
    """Read the records of a FASTA text that is in no file.

    Parameters
    ----------
    text : str
        As the content of a file for `read_fasta`.
    name : str
        Of the text, for errors.

    Yields
    ------
    Record
        As `read_fasta`.

    Raises
    ------
    DataError
        As `read_fasta`.
    """
    lines = _checked(io.StringIO(text.removeprefix("\ufeff"), newline=None), name)
    yield from distinct_records(_records(lines, name), name)


def distinct_records(
    records: Iterable[Record], name: str, repeated: Counter[str] | None = None
) -> Iterator[Record]:
    """Records without further copies of the same.

    Parameters
    ----------
    records : iterable of Record
    name : str
        Where they come from, for errors.
    repeated : Counter, optional
        As for `read_fasta`.

    Raises
    ------
    DataError
        An id comes again with another sequence (case aside).
    """
    seen: dict[str, tuple[int, bytes]] = {}
    for number, record in enumerate(records, start=1):
        digest = hashlib.blake2b(record.sequence.upper().encode(), digest_size=16).digest()
        first, known = seen.setdefault(record.id, (number, digest))
        if first == number:
            yield record
        elif known == digest:
            if repeated is not None:
                repeated[record.id] += 1
        else:
            raise DataError(
                f"{name}, {record.id}",
                f"records {first} and {number} have this id and different sequences",
                "Give every sequence an id of its own",
            )


def stream_fasta(path: Path, reject: Callable[[DataError], None] | None = None) -> Iterator[Record]:
    """Read the records of a FASTA file one by one, remembering none of them.

    Parameters
    ----------
    path : Path
        As for `read_fasta`.
    reject : callable, optional
        Takes the error of a record without an id or a sequence, which is then left out. Without
        it such an error is raised.

    Yields
    ------
    Record
        Also those whose id came before.

    Raises
    ------
    DataError
        As `read_fasta`, but for repeated ids; a fault of the whole file is always raised.
    """
    yield from _records(_lines(Path(path)), str(path), reject)


def write_fasta(records: Iterable[Record], path: Path, width: int = 60) -> None:
    """Write records so that `read_fasta` gives them back; all of the file or none of it.

    Parameters
    ----------
    records : iterable of Record
        Ids without white space, sequences that are not empty.
    path : Path
        A name that ends in ``.gz`` is compressed, without a time stamp: same records, same bytes.
    width : int
        Letters a line.

    Raises
    ------
    DataError
        An id or a sequence could not be read back.
    StorageError
        The folder cannot be written.
    """
    path = Path(path)
    with written_whole(path) as temporary, temporary.open("wb") as raw, ExitStack() as stack:
        target: BinaryIO | gzip.GzipFile = raw
        if path.suffix == ".gz":
            target = stack.enter_context(gzip.GzipFile("", "wb", fileobj=raw, mtime=0))
        for number, record in enumerate(records, start=1):
            target.write(_format(path, number, record, width).encode())


def _format(path: Path, number: int, record: Record, width: int) -> str:
    """Text of one record, checked so that it can be read back."""
    where = f"{path}, record {number}"
    if not record.id or record.id.split() != [record.id]:
        raise DataError(
            where, f"the id {record.id!r} is not one word", "Give it an id without spaces"
        )
    if not record.sequence or record.sequence.split() != [record.sequence]:
        raise DataError(
            f"{where} ({record.id})",
            "the sequence is empty or holds white space",
            "Leave the record out or mend its sequence",
        )
    if ">" in record.sequence or len(record.description.splitlines()) > 1:
        raise DataError(
            f"{where} ({record.id})",
            "a `>` in the sequence, or a header of several lines",
            "Mend the record",
        )
    lines = (record.sequence[i : i + width] for i in range(0, len(record.sequence), width))
    header = f">{record.id} {record.description}".rstrip()
    return "\n".join([header, *lines]) + "\n"


def _records(
    lines: Iterable[str], name: str, reject: Callable[[DataError], None] | None = None
) -> Iterator[Record]:
    """Records of the lines of the file or text `name`; `reject` as for `stream_fasta`."""
    number = 0
    for number, header, body in _parse(lines, name):
        try:
            record = _record(name, number, header, body)
        except DataError as error:
            if reject is None:
                raise
            reject(error)
            continue
        yield record
    if number == 0:
        raise DataError(name, "the file is empty", "Give a FASTA file with one record or more")


def _parse(source: Iterable[str], name: str) -> Iterator[tuple[int, str, list[str]]]:
    """Number, header without ``>``, and sequence lines of each record."""
    header: str | None = None
    lines: list[str] = []
    number = 0
    for line in source:
        text = line.strip()
        if text.startswith(">"):
            if header is not None:
                yield number, header, lines
            header, lines, number = text[1:].strip(), [], number + 1
        elif text and header is None:
            raise DataError(
                name,
                f"the first line starts with {text[:12]!r}, not with `>`",
                "Give a FASTA file: a line `>id description`, then the sequence",
            )
        elif text:
            lines.append(text)
    if header is not None:
        yield number, header, lines


def _record(source: str, number: int, header: str, lines: list[str]) -> Record:
    """Make a record of its header (without ``>``) and its sequence lines."""
    where = f"{source}, record {number}"
    if not header:
        raise DataError(where, "the header is empty", "Write an id after the `>`")
    name, _, description = header.replace("\t", " ").partition(" ")
    sequence = "".join("".join(lines).split())
    if not sequence:
        raise DataError(
            f"{where} ({name})", "the sequence is empty", "Leave the record out or add its sequence"
        )
    return Record(name, description.strip(), sequence)


def _lines(path: Path) -> Iterator[str]:
    """Decoded lines of a plain or gzip file, every reading fault as a `DataError`."""
    try:
        with path.open("rb") as raw:
            start = raw.read(18)
            raw.seek(0)
            _refuse_other_formats(path, start)
            packed = start.startswith(GZIP_MAGIC)
            if packed:
                _check_bgzf_end(path, start, raw)
            binary = gzip.GzipFile(fileobj=raw) if packed else raw
            text = io.TextIOWrapper(binary, encoding="utf-8-sig", newline=None)
            yield from _checked(text, str(path))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            str(path),
            f"the gzip file is truncated or damaged ({error})",
            "Fetch or compress it again",
        ) from error
    except UnicodeDecodeError as error:
        raise DataError(
            str(path),
            f"not text: byte 0x{error.object[error.start]:02x} is not UTF-8",
            "Give a FASTA file in ASCII or UTF-8",
        ) from error
    except FileNotFoundError as error:
        raise DataError(str(path), "no such file", "Check the path") from error
    except (IsADirectoryError, PermissionError) as error:
        reason = (error.strerror or "not readable").lower()
        raise DataError(str(path), f"cannot be read: {reason}", "Name a readable file") from error


def _checked(lines: Iterable[str], name: str) -> Iterator[str]:
    """The lines, none of which may hold a zero byte."""
    for line in lines:
        if "\0" in line:
            raise DataError(name, "not text (a zero byte)", "Give a FASTA file")
        yield line


def _refuse_other_formats(path: Path, start: bytes) -> None:
    """Raise a `DataError` where the first bytes are those of another format."""
    for magic, name in OTHER_FORMATS.items():
        if start.startswith(magic):
            raise DataError(str(path), f"this is {name}", "Give a FASTA file, plain or gzip")


def _check_bgzf_end(path: Path, start: bytes, raw: BinaryIO) -> None:
    """Raise a `DataError` where a bgzip file lacks its end block.

    A bgzip file cut between two blocks is valid gzip; only the missing end block tells.
    """
    if not (start[3] & 4 and start[12:14] == b"BC"):
        return
    raw.seek(0, io.SEEK_END)
    raw.seek(max(0, raw.tell() - len(BGZF_END)))
    whole = raw.read() == BGZF_END
    raw.seek(0)
    if not whole:
        raise DataError(
            str(path), "the bgzip file is truncated: no end block", "Fetch or compress it again"
        )
