"""The fixed tables of `common.features.matrices`."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from common.data.alphabet import RESIDUES
from common.errors import UsageError
from common.features.matrices import (
    N_TOKENS,
    TABLES,
    UNITS_PER_BIT,
    blosum,
    feature_table,
    hsdm,
    one_hot,
)
from common.paths import mirror_folder

TOKEN = {letter: token for token, letter in enumerate(RESIDUES + "BZX", start=1)}


def score(table: np.ndarray, row: str, column: str) -> float:
    return float(table[TOKEN[row], RESIDUES.index(column)])


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_a_row_for_each_token_and_nothing_for_padding(name):
    table = TABLES[name]()
    assert table.shape == (N_TOKENS, 20) == (24, 20)
    assert table.dtype == np.float32
    assert not table[0].any()
    assert table[1:].any(axis=1).all()
    np.testing.assert_array_equal(table[1:21], table[1:21].T)


def test_one_hot_rows_are_unit_vectors_and_ambiguous_ones_are_spread():
    table = one_hot()
    np.testing.assert_array_equal(table[1:21], np.eye(20))
    np.testing.assert_allclose(table[1:].sum(axis=1), 1, rtol=1e-6)
    assert score(table, "B", "N") == score(table, "B", "D") == 0.5
    assert score(table, "Z", "Q") == score(table, "Z", "E") == 0.5
    np.testing.assert_allclose(table[TOKEN["X"]], 1 / 20, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "row", "column", "raw"),
    [
        # The matrices as NCBI distributes them: a diagonal, an off-diagonal, an own B and X row.
        ("BLOSUM62", "W", "W", 11),
        ("BLOSUM62", "R", "K", 2),
        ("BLOSUM62", "B", "D", 4),
        ("BLOSUM62", "X", "C", -2),
        ("BLOSUM80", "W", "W", 16),
        ("BLOSUM80", "D", "W", -8),
        ("BLOSUM80", "Z", "E", 6),
        ("BLOSUM80", "X", "W", -5),
    ],
)
def test_blosum_scores_are_the_published_ones_in_bits(name, row, column, raw):
    assert score(blosum(name), row, column) == pytest.approx(raw / UNITS_PER_BIT[name])


def test_hsdm_is_aaindex_prla000102_in_bits():
    table = hsdm()
    assert score(table, "W", "W") * UNITS_PER_BIT["HSDM"] == pytest.approx(18.08)
    assert score(table, "P", "W") * UNITS_PER_BIT["HSDM"] == pytest.approx(-11.46)
    for letter, members in (("B", "ND"), ("Z", "QE"), ("X", RESIDUES)):
        mean = table[[TOKEN[member] for member in members]].mean(axis=0, dtype=np.float64)
        np.testing.assert_allclose(table[TOKEN[letter]], mean, atol=1e-6)


@pytest.mark.parametrize("name", ["BLOSUM62", "BLOSUM80", "HSDM"])
def test_units_per_bit_make_the_implied_joint_probabilities_sum_to_one(name):
    # Background: Robinson and Robinson (1991), in the order of RESIDUES.
    first = (7805, 5129, 4487, 5364, 1925, 4264, 6295, 7377, 2199, 5142)
    second = (9019, 5744, 2243, 3856, 5203, 7120, 5841, 1330, 3216, 6441)
    background = np.array([*first, *second]) / sum([*first, *second])
    joint = np.outer(background, background) * 2.0 ** TABLES[name]()[1:21]
    assert joint.sum() == pytest.approx(1, abs=0.05)


def test_feature_table_puts_tables_side_by_side_in_the_order_named():
    table = feature_table(["one-hot", "BLOSUM80", "HSDM"])
    assert table.shape == (24, 60)
    np.testing.assert_array_equal(table[:, :20], one_hot())
    np.testing.assert_array_equal(table[:, 20:40], blosum("BLOSUM80"))
    np.testing.assert_array_equal(table[:, 40:], hsdm())
    np.testing.assert_array_equal(feature_table(["HSDM", "one-hot"])[:, :20], hsdm())


@pytest.mark.parametrize("names", [[], ["PAM250"], ["HSDM", "HSDM"], ["one-hot", "blosum80"]])
def test_feature_table_refuses_what_it_does_not_have(names):
    with pytest.raises(UsageError, match="Choose from one-hot, BLOSUM80, BLOSUM62, HSDM"):
        feature_table(names)


def test_blosum_refuses_other_matrices():
    with pytest.raises(UsageError, match="BLOSUM45.*Choose BLOSUM80 or BLOSUM62"):
        blosum("BLOSUM45")


@pytest.mark.mirror
def test_hsdm_equals_the_mirror_copy():
    mirror = mirror_folder()
    path = mirror / "matrices" / "HSDM_PRLA000102.tsv" if mirror else None
    if path is None or not path.exists():
        pytest.skip("the mirror with the HSDM matrix is not here")
    with path.open(newline="") as lines:
        header, *rows = csv.reader(lines, delimiter="\t")
    assert "".join(header[1:]) == "".join(row[0] for row in rows) == RESIDUES
    scores = np.array([[float(cell) for cell in row[1:]] for row in rows])
    np.testing.assert_allclose(hsdm()[1:21] * UNITS_PER_BIT["HSDM"], scores, atol=1e-5)
