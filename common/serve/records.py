"""From the body of a request to its sequences, or to all that is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from common.data.alphabet import Alphabet
from common.data.fasta import Record, distinct_records, parse_fasta
from common.errors import DataError
from common.serve.faults import Refusal
from common.serve.limits import Limits
from common.serve.schemas import ID_LENGTH, Question

SHOWN = 20
"""Most faults that a refusal lists."""

Result = TypeVar("Result")


def read_records(question: Question, alphabet: Alphabet, limits: Limits) -> list[Record]:
    """Sequences of a request as they are written, in its order, without copies of a record.

    Parameters
    ----------
    question : Question
    alphabet : Alphabet
        Whose letters are allowed.
    limits : Limits

    Returns
    -------
    list of Record

    Raises
    ------
    Refusal
        413 for too many sequences; 422 for all else, with up to `SHOWN` faults.
    """
    if bool(question.fasta.strip()) == bool(question.sequences):
        fault = "both `fasta` and `sequences` are given"
        if not question.sequences:
            fault = "there are no sequences"
        raise Refusal.of(422, "request", fault, "Give either `fasta` or `sequences`")
    try:
        records = list(_records(question))
    except DataError as error:
        raise Refusal(422, [error]) from error
    if len(records) > limits.sequences:
        fault = f"{len(records):,} sequences, at most {limits.sequences:,} are taken at once"
        remedy = "Send them in parts, or use `reproduce predict` for whole files"
        raise Refusal.of(413, "request", fault, remedy)

    def check(record: Record) -> None:
        _check_id(record.id)
        _check_length(record, limits)
        alphabet.clean(record.id, record.sequence)

    every_record(records, check)
    return records


def _records(question: Question) -> Iterable[Record]:
    if question.sequences:
        given = (Record(one.id, "", "".join(one.sequence.split())) for one in question.sequences)
        return distinct_records(given, "sequences")
    return parse_fasta(question.fasta)


def every_record(records: Sequence[Record], take: Callable[[Record], Result]) -> list[Result]:
    """What `take` makes of every record, or a refusal that lists those for which it raises.

    Raises
    ------
    Refusal
        422, with up to `SHOWN` faults.
    """
    taken, faults = [], []
    for record in records:
        try:
            taken.append(take(record))
        except DataError as error:
            faults.append(error)
    if len(faults) > SHOWN:
        rest = f"{len(faults) - SHOWN:,} further records cannot be used"
        faults = [*faults[:SHOWN], DataError("others", rest, "Mend the first ones and ask again")]
    if faults:
        raise Refusal(422, faults)
    return taken


def _check_id(identifier: str) -> None:
    remedy = f"Give it an id of one word, at most {ID_LENGTH} printable characters"
    if len(identifier) > ID_LENGTH:
        fault = f"the id has {len(identifier):,} characters"
        raise DataError(f"{identifier[:40]}...", fault, remedy)
    if identifier.split() != [identifier] or not identifier.isprintable():
        raise DataError(repr(identifier), "the id is not one printable word", remedy)


def _check_length(record: Record, limits: Limits) -> None:
    if len(record.sequence) > limits.letters:
        fault = f"{len(record.sequence):,} letters, at most {limits.letters:,} are taken"
        remedy = "Use `reproduce predict`, which has no limit, or cut the sequence"
        raise DataError(record.id, fault, remedy)
