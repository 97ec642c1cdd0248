"""Predictions for files of any size: in input order, in little memory, resumable.

Records are read in windows; `common.predict.resuming` notes what is done after each.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd

from common.data.fasta import Record, stream_fasta
from common.errors import DataError, UsageError
from common.files import check_writable, only_writer, storage_error
from common.predict.panel import Answering
from common.predict.resuming import Progress, identity_of, note, opened, resume, saved
from common.predict.seen import SeenIds

FORMS = ("tsv", "jsonl")
WINDOW = 1024
REJECTED = "record\tfault\tremedy\n"


def predict_file(
    predictor: Answering,
    source: Path,
    target: Path,
    *,
    form: str = "tsv",
    skip_bad: bool = False,
    window: int = WINDOW,
    report: Callable[[Progress], None] | None = None,
    content: str = "",
) -> Progress:
    """Predict every record of a FASTA file and write a table.

    Parameters
    ----------
    predictor : Answering
        A `Predictor`, or a `Panel` of several.
    source : Path
        FASTA, plain or gzip.
    target : Path
        Written whole or not at all; compressed where its name ends with ``.gz``. Started again
        after a kill, the same call goes on behind the last whole window and ends with the same
        bytes.
    form : str
        ``tsv``, or ``jsonl`` for a JSON object a line.
    skip_bad : bool
        Write bad records with their reasons, in input order, to ``TARGET.rejected.tsv`` and go on;
        otherwise the first one is raised.
    window : int
        Records that are read at once.
    report : callable, optional
        Takes the progress after each window.
    content : str
        Checksum of a temporary `source`: a stopped call goes on with another copy of it.

    Returns
    -------
    Progress
        Of the whole file.

    Raises
    ------
    UsageError
        As `check_target`, an unknown format, or another process writes `target`.
    DataError
        A bad record, or a file that cannot be read. The windows before a bad record are kept: the
        same call with `skip_bad` goes on behind them. A mended file is predicted anew, so that
        nothing is kept of one that is damaged.
    StorageError
        The folder of `target` cannot be written.
    """
    check_form(form)
    check_target(source, target)
    target = Path(target)
    work = Work(predictor, source, form, skip_bad, window)
    with only_writer(target):
        identity = identity_of(predictor, source, form, window, content)
        return _write(work, target, identity, report)


@dataclass(frozen=True)
class Work:
    """What is predicted, and how: parameters of `predict_file`."""

    predictor: Answering
    source: Path
    form: str
    skip_bad: bool
    window: int


def _write(
    work: Work,
    target: Path,
    identity: dict[str, Any],
    report: Callable[[Progress], None] | None,
) -> Progress:
    """What `predict_file` does while no other process writes the target."""
    part = target.with_name(f"{target.name}.part")
    listed = target.with_name(f"{target.name}.rejected.tsv")
    bad = listed.with_name(f"{listed.name}.part")
    state = target.with_name(f"{target.name}.state.json")
    try:
        done = resume(state, identity, part, bad, work.skip_bad)
        with opened(part, done.bytes) as out, opened(bad, done.rejected_bytes) as rejected:
            for one in _windows(work, done):
                text = _text(one, work, first=done.bytes == 0)
                out.write(gzip.compress(text, mtime=0) if target.suffix == ".gz" else text)
                rejected.write(_reasons(one, first=done.rejected_bytes == 0))
                done = one.added(done, saved(out), saved(rejected))
                note(state, identity, done)
                if report is not None:
                    report(done)
        if done.rejected:
            os.replace(bad, listed)
        else:
            for path in (bad, listed):
                path.unlink(missing_ok=True)
        os.replace(part, target)
        state.unlink(missing_ok=True)
    except DataError as error:
        whole_file = error.record == str(work.source)
        if whole_file or not state.exists():  # there is nothing that could go on
            for path in (part, bad, state):
                path.unlink(missing_ok=True)
        raise
    except OSError as error:
        raise storage_error(target, error) from error
    return done


def check_target(source: Path, target: Path) -> None:
    """Refuse a target that is a folder or the very file that is read, or that cannot be written.

    Raises
    ------
    UsageError, StorageError
    """
    check_writable(Path(target))
    if Path(target).is_dir():
        remedy = f"Name a file in it, such as {Path(target) / 'predictions.tsv'}"
        raise UsageError(str(target), "this output is a folder", remedy)
    if Path(source).exists() and Path(target).exists() and Path(target).samefile(source):
        raise UsageError(str(target), "the output is the input itself", "Name another output")


def predict_to(
    predictor: Answering,
    source: Path,
    out: BinaryIO,
    *,
    form: str = "tsv",
    skip_bad: bool = False,
    window: int = WINDOW,
    complain: Callable[[str], None] = lambda line: None,
) -> Progress:
    """Predict every record of a FASTA file and write the table to an open stream.

    Parameters
    ----------
    out : binary file
        Such as the standard output.
    complain : callable
        Takes a line for each bad record that is skipped.
    predictor, source, form, skip_bad, window
        As in `predict_file`.

    Raises
    ------
    UsageError, DataError
        As `predict_file`.
    StorageError
        The stream's disk is full.
    """
    check_form(form)
    done = Progress()
    work = Work(predictor, source, form, skip_bad, window)
    for one in _windows(work, done):
        text = _text(one, work, first=done.bytes == 0)
        try:
            out.write(text)
            out.flush()
        except OSError as fault:
            raise storage_error(Path("the stream"), fault) from fault
        for error in one.errors:
            complain(str(error))
        done = one.added(done, done.bytes + len(text), 0)
    return done


@dataclass(frozen=True)
class Window:
    """Records that are predicted together.

    Parameters
    ----------
    records : list of Record
        Good ones, with clean sequences.
    errors : list of DataError
        Of bad ones.
    read, repeated : int
        Records that were read for it; copies of earlier ones among them.
    last : bool
        Whether the file ends with it.
    """

    records: list[Record]
    errors: list[DataError]
    read: int
    repeated: int
    last: bool

    def added(self, done: Progress, size: int, rejected_size: int) -> Progress:
        """Progress once this window is written."""
        return Progress(
            done.read + self.read,
            done.predicted + len(self.records),
            done.repeated + self.repeated,
            done.rejected + len(self.errors),
            size,
            rejected_size,
            self.last,
        )


def _windows(work: Work, done: Progress) -> Iterator[Window]:
    """Windows behind the records that are done, of which only the ids are remembered."""
    if done.ended:
        return
    seen = SeenIds()
    faults: list[DataError] = []
    records = stream_fasta(work.source, faults.append if work.skip_bad else None)
    for record in islice(records, done.read):
        seen.meet(record)
    faults.clear()
    while True:
        errors: list[DataError] = []
        good, read, repeated = [], 0, 0
        for record in islice(records, work.window):
            read += 1
            errors += faults  # of records that stand before this one
            faults.clear()
            meeting = seen.meet(record)
            if meeting == "copy":
                repeated += 1
                continue
            try:
                good.append(_clean(work, record, meeting))
            except DataError as error:
                if not work.skip_bad:
                    raise
                errors.append(error)
        errors += faults
        faults.clear()
        if not read and not errors:
            return
        yield Window(good, errors, read, repeated, last=read < work.window)


def _clean(work: Work, record: Record, meeting: str) -> Record:
    """The record in the model's alphabet, or its error."""
    if meeting == "other":
        fault = "an earlier record has this id and another sequence"
        where = f"{work.source}, {record.id}"
        raise DataError(where, fault, "Give every sequence an id of its own")
    return replace(record, sequence=work.predictor.clean(record.id, record.sequence))


def _text(one: Window, work: Work, first: bool) -> bytes:
    """Lines of a window, with the header in front of the first."""
    predictor, form = work.predictor, work.form
    if not one.records:
        return _header(predictor).encode() if first and form == "tsv" else b""
    table = predictor.answer([r.id for r in one.records], [r.sequence for r in one.records])
    if form == "jsonl":
        return _json_lines(table, predictor).encode()
    lines = [_header(predictor)] if first else []
    lines += ["\t".join(map(_cell, row)) + "\n" for row in table.itertuples(index=False, name=None)]
    return "".join(lines).encode()


def _cell(value: Any) -> str:
    """Text of a field; ids and labels hold no tab, so that nothing is quoted."""
    return f"{value:.6f}" if isinstance(value, float) else str(value)


def _header(predictor: Answering) -> str:
    return "\t".join(predictor.columns) + "\n"


def _json_lines(table: pd.DataFrame, predictor: Answering) -> str:
    """One object a record."""
    return "".join(json.dumps(answer) + "\n" for answer in predictor.objects(table))


def reason(error: DataError) -> str:
    """A bad record's line below `REJECTED`: what it is, what is wrong, what helps."""
    fields = (error.record, error.fault, error.remedy)
    return "\t".join(" ".join(field.split()) for field in fields) + "\n"


def _reasons(one: Window, first: bool) -> bytes:
    """A line for each bad record."""
    lines = [REJECTED] if first and one.errors else []
    return "".join([*lines, *map(reason, one.errors)]).encode()


def check_form(form: str) -> None:
    """Refuse a format that there is none of."""
    if form not in FORMS:
        raise UsageError(f"format {form!r}", "unknown", f"Known: {', '.join(FORMS)}")
