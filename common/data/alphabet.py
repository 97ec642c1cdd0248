"""Alphabets of proteins and transcripts: which letters are kept, mapped and refused.

| letters | protein | RNA and DNA |
|---|---|---|
| kept | ``ARNDCQEGHILKMFPSTWYV`` and ``B``, ``Z``, ``X`` | ``ACGT`` and ``N`` |
| mapped | ``U``, ``O``, ``J`` to ``X`` | ``U`` to ``T``; ``RYSWKMBDHV`` to ``N`` |
| dropped | one ``*`` at the very end | nothing |
| refused | gaps, digits, ``*`` elsewhere, all others | gaps, digits, ``*``, all others |

Lower case is upper-cased. A letter's token is its place in the alphabet, from 1; 0 is padding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from common.errors import DataError

SHOWN = 5

RESIDUES = "ARNDCQEGHILKMFPSTWYV"
"""The 20 standard residues in the order of tokens 1 to 20 and of every table's columns."""

NUCLEOTIDES = "ACGT"
"""In the order of tokens 1 to 4, which is that of the alphabet."""

STANDS_FOR: Mapping[str, str] = MappingProxyType({"B": "ND", "Z": "QE", "X": RESIDUES})
"""Letters that stand for one of several residues, in the order of tokens 21 to 23."""

STANDARD: Mapping[str, str] = {"protein": "".join(sorted(RESIDUES)), "RNA": NUCLEOTIDES}
"""By an alphabet's name, the letters that each stand for one residue or nucleotide, sorted."""


@dataclass(frozen=True, eq=False)
class Alphabet:
    """Letters of one kind of sequence and what becomes of the others.

    Parameters
    ----------
    name : str
        As errors call it: "protein", "RNA".
    letters : str
        Letters that are kept, upper case, in the order of their tokens (1, 2, ...).
    mapped : mapping of str to str
        Letters that are taken for one of `letters`.
    ending : str
        A single letter that is dropped where it is the last one; "" for none.
    """

    name: str
    letters: str
    mapped: Mapping[str, str] = field(default_factory=dict)
    ending: str = ""

    @cached_property
    def tokens(self) -> dict[str, int]:
        """Token of each letter, from 1; 0 is padding and belongs to no letter."""
        return {letter: token for token, letter in enumerate(self.letters, start=1)}

    @cached_property
    def _table(self) -> dict[int, str]:
        """Translation of every accepted letter, upper and lower case, to a kept one."""
        kept = {letter: letter for letter in self.letters} | dict(self.mapped)
        return {ord(c): kept[letter] for letter in kept for c in (letter, letter.lower())}

    def clean(self, id: str, sequence: str) -> str:
        """Sequence in kept letters only.

        Parameters
        ----------
        id : str
            Named in the error.
        sequence : str
            Letters of either case; no length limit.

        Returns
        -------
        str
            Of the same length, or one shorter where an ending was dropped.

        Raises
        ------
        DataError
            Letters outside the alphabet: their number and the first ones with their positions in
            `sequence`, counted from 1. Or nothing is left.
        """
        body = sequence.removesuffix(self.ending) if self.ending else sequence
        if not body:
            raise DataError(id, "the sequence is empty", "Leave the record out or add its sequence")
        cleaned = body.translate(self._table)
        if not set(cleaned) <= set(self.letters):
            self._refuse(id, body)
        return cleaned

    def _refuse(self, id: str, body: str) -> None:
        """Raise the error that lists the letters of `body` outside the alphabet."""
        wrong = [(c, i) for i, c in enumerate(body, start=1) if ord(c) not in self._table]
        shown = ", ".join(
            f"{c if c.isprintable() and c > ' ' else repr(c)} at {i}" for c, i in wrong[:SHOWN]
        )
        more = ", ..." if len(wrong) > SHOWN else ""
        allowed = "".join(sorted({*self.letters, *self.mapped}))
        raise DataError(
            id,
            f"{len(wrong)} letter{'s' * (len(wrong) > 1)} outside the {self.name} alphabet "
            f"({shown}{more})",
            f"Allowed are {allowed}, upper or lower case"
            + (f", and one {self.ending} at the end" if self.ending else "")
            + ": mend the sequence or leave the record out",
        )


_AMBIGUOUS = "".join(STANDS_FOR)
PROTEIN = Alphabet("protein", RESIDUES + _AMBIGUOUS, dict.fromkeys("UOJ", "X"), ending="*")
RNA = Alphabet("RNA", NUCLEOTIDES + "N", {"U": "T"} | dict.fromkeys("RYSWKMBDHV", "N"))
