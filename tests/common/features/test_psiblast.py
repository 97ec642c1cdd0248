"""Reading PSI-BLAST's ASCII matrices."""

from __future__ import annotations

import numpy as np
import pytest

from common.data.alphabet import RESIDUES
from common.errors import DataError
from common.features.psiblast import parse_matrix

HEADER = "\nLast position-specific scoring matrix computed, weighted observed percentages\n" + (
    "            " + "   ".join(RESIDUES) + "   " + "   ".join(RESIDUES) + "\n"
)
FOOTER = "\n                      K         Lambda\nPSI Gapped           0.0410     0.2670\n"


def line(number: int, letter: str, percentages: dict[str, int]) -> str:
    scores = " ".join("-1" for _ in RESIDUES)
    shares = " ".join(str(percentages.get(residue, 0)) for residue in RESIDUES)
    return f"{number:5} {letter}    {scores}   {shares}  0.35 0.01\n"


def test_percentages_become_frequencies_that_sum_to_one():
    text = HEADER + line(1, "M", {"M": 100}) + line(2, "F", {"F": 45, "V": 54}) + FOOTER
    profile = parse_matrix(text, "MF")
    assert profile.shape == (2, 20)
    assert profile.dtype == np.float32
    assert profile[0, RESIDUES.index("M")] == 1
    assert profile[1, RESIDUES.index("V")] == pytest.approx(54 / 99)
    np.testing.assert_allclose(profile.sum(axis=1), 1, atol=1e-6)


def test_row_of_zeros_falls_back_to_the_residue_itself():
    text = HEADER + line(1, "X", {}) + line(2, "W", {}) + FOOTER
    profile = parse_matrix(text, "XW")
    np.testing.assert_allclose(profile[0], 1 / 20)
    assert profile[1, RESIDUES.index("W")] == 1


def test_matrix_of_another_sequence_is_an_error():
    text = HEADER + line(1, "M", {"M": 100}) + FOOTER
    with pytest.raises(DataError, match="1 rows that are not the query's 2 residues"):
        parse_matrix(text, "MF")


def test_unknown_order_of_columns_is_an_error():
    text = (HEADER + line(1, "M", {"M": 100})).replace("A   R   N", "A   C   D")
    with pytest.raises(DataError, match="columns in an unknown order"):
        parse_matrix(text, "M")
