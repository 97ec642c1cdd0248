"""From a request's body to sequences, and every fault with its record."""

from __future__ import annotations

import pytest

from common.data.alphabet import PROTEIN, RNA
from common.serve.faults import Refusal
from common.serve.limits import Limits
from common.serve.records import SHOWN, read_records
from common.serve.schemas import NamedSequence, Question

LIMITS = Limits(sequences=30, letters=50)


def read(fasta="", sequences=(), alphabet=PROTEIN):
    named = [NamedSequence(id=name, sequence=text) for name, text in sequences]
    return read_records(Question(model="m", fasta=fasta, sequences=named), alphabet, LIMITS)


def refused(*arguments, **named):
    with pytest.raises(Refusal) as caught:
        read(*arguments, **named)
    return caught.value


def test_fasta_and_named_sequences_are_read_alike():
    from_fasta = read(">a words\nmkt\nJJ*\n>b\nGG\n>a\nMKTJJ*\n")
    named = read(sequences=[("a", "mkt JJ*"), ("b", "GG"), ("a", "MKTJJ*")])
    assert [(r.id, r.sequence) for r in from_fasta] == [("a", "mktJJ*"), ("b", "GG")]
    assert [(r.id, r.sequence) for r in named] == [("a", "mktJJ*"), ("b", "GG")]


def test_letters_are_those_of_the_model():
    assert read(">a\nACGU\n", alphabet=RNA)[0].sequence == "ACGU"
    assert "RNA alphabet" in refused(">a\nMKF\n", alphabet=RNA).errors[0].fault


@pytest.mark.parametrize(
    ("fasta", "record", "fault"),
    [
        ("", "request", "there are no sequences"),
        (" \n ", "request", "there are no sequences"),
        ("MKT", "FASTA text", "the first line starts with 'MKT'"),
        (">a\nMK1\n", "a", "1 letter outside the protein alphabet (1 at 3)"),
        (">a\n" + "M" * 51, "a", "51 letters, at most 50"),
        (">a\n>b\nMK\n", "FASTA text, record 1 (a)", "the sequence is empty"),
        (">a\nMK\n>a\nMR\n", "FASTA text, a", "records 1 and 2 have this id"),
        (">a\x1b[1m\nMK\n", "'a\\x1b[1m'", "not one printable word"),
        (f">{'x' * 201}\nMK\n", "x" * 40 + "...", "the id has 201 characters"),
    ],
)
def test_fault_names_the_record_and_the_remedy(fasta, record, fault):
    refusal = refused(fasta)
    assert refusal.status == 422
    (error,) = refusal.errors
    assert error.record == record
    assert fault in error.fault
    assert error.remedy


def test_ids_of_named_sequences_are_one_word():
    assert "not one printable word" in refused(sequences=[("a b", "MK")]).errors[0].fault
    assert "sequence is empty" in refused(sequences=[("a", " ")]).errors[0].fault


def test_both_forms_at_once_are_refused():
    assert "both" in refused(">a\nMK", sequences=[("b", "MK")]).errors[0].fault


def test_too_many_sequences():
    refusal = refused("".join(f">s{n}\nMK\n" for n in range(31)))
    assert refusal.status == 413
    assert "31 sequences, at most 30" in refusal.errors[0].fault
    assert len(read("".join(f">s{n}\nMK\n" for n in range(30)))) == 30


def test_every_bad_record_is_named_up_to_a_bound():
    refusal = refused("".join(f">s{n}\n{'MK' if n == 3 else 'M1'}\n" for n in range(25)))
    assert len(refusal.errors) == SHOWN + 1
    assert [error.record for error in refusal.errors[:4]] == ["s0", "s1", "s2", "s4"]
    assert refusal.errors[-1].fault.startswith("4 further records")
