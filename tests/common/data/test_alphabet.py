"""Which letters are kept, mapped and refused."""

from __future__ import annotations

import pytest

from common.data.alphabet import PROTEIN, RNA
from common.errors import DataError


def test_tokens_are_those_of_the_conventions() -> None:
    assert "".join(PROTEIN.tokens) == "ARNDCQEGHILKMFPSTWYVBZX"
    assert list(PROTEIN.tokens.values()) == list(range(1, 24))
    assert RNA.tokens == {"A": 1, "C": 2, "G": 3, "T": 4, "N": 5}


@pytest.mark.parametrize(
    ("received", "cleaned"),
    [
        ("ARNDCQEGHILKMFPSTWYVBZX", "ARNDCQEGHILKMFPSTWYVBZX"),
        ("mkt", "MKT"),
        ("MUOJuojK", "MXXXXXXK"),
        ("MKT*", "MKT"),
        ("M" * 35_000, "M" * 35_000),
    ],
)
def test_protein_letters(received: str, cleaned: str) -> None:
    assert PROTEIN.clean("P1", received) == cleaned


@pytest.mark.parametrize(
    ("received", "cleaned"),
    [("ACGUNacgun", "ACGTNACGTN"), ("ACGT", "ACGT"), ("RYSWKMBDHVr", "N" * 11)],
)
def test_rna_letters(received: str, cleaned: str) -> None:
    assert RNA.clean("T1", received) == cleaned


@pytest.mark.parametrize(
    ("sequence", "listed"),
    [
        ("MK-T1", r"P1: 2 letters outside the protein alphabet \(- at 3, 1 at 5\)\. "),
        ("MK*T", r"P1: 1 letter outside the protein alphabet \(\* at 3\)\. "),
        ("MKT**", r"1 letter outside .* \(\* at 4\)"),
        ("M.K", r"1 letter outside .* \(\. at 2\)"),
        ("M K", r"1 letter outside .* \(' ' at 2\)"),
        ("MKß", r"1 letter outside .* \(ß at 3\)"),
        ("-------", r"7 letters outside .* \(- at 1, - at 2, - at 3, - at 4, - at 5, \.\.\.\)"),
    ],
)
def test_refused_letters_are_listed_with_their_positions(sequence: str, listed: str) -> None:
    with pytest.raises(DataError, match=listed) as caught:
        PROTEIN.clean("P1", sequence)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("sequence", ["ACG-", "ACG*", "ACGE", "ACG1", "ACGX"])
def test_rna_refuses_residues_gaps_and_stops(sequence: str) -> None:
    with pytest.raises(DataError, match=r"T1: 1 letter outside the RNA alphabet \(. at 4\)"):
        RNA.clean("T1", sequence)


@pytest.mark.parametrize("sequence", ["", "*"])
def test_nothing_left_is_refused(sequence: str) -> None:
    with pytest.raises(DataError, match="P1: the sequence is empty"):
        PROTEIN.clean("P1", sequence)
