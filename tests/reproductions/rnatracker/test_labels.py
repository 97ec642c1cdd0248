"""Shares that are no distribution, and ids that stand alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from common.errors import DataError
from reproductions.rnatracker.labels import check_shares, match, normalise

FRACTIONS = ("cytosol", "nuclear")


def table(*rows: tuple[str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["id", *FRACTIONS])


def test_distributions_pass():
    check_shares(table(("G1", 0.25, 0.75), ("G2", 0, 1), ("G3", 0.3335, 0.6668)), FRACTIONS)


@pytest.mark.parametrize(
    ("shares", "fault"),
    [
        ((np.nan, 1.0), "NaN"),
        ((np.inf, 0.0), "infinite"),
        ((-0.25, 1.25), "negative"),
        ((0.5, 0.4), "do not sum to 1"),
        ((0.0, 0.0), "do not sum to 1"),
    ],
)
def test_other_rows_are_named_and_counted(shares, fault):
    with pytest.raises(DataError, match=rf"G2: .*{fault}.*2 such transcripts"):
        check_shares(table(("G1", 0.5, 0.5), ("G2", *shares), ("G3", *shares)), FRACTIONS)


def test_amounts_become_shares():
    shares = normalise(table(("G1", 3, 1), ("G2", 0, 7)), FRACTIONS)
    assert shares[list(FRACTIONS)].to_numpy().tolist() == [[0.75, 0.25], [0, 1]]


def test_a_row_of_zeros_has_no_shares():
    with pytest.raises(DataError, match="G2"):
        normalise(table(("G1", 3, 1), ("G2", 0, 0)), FRACTIONS)


def texts(*ids: str) -> pd.DataFrame:
    return pd.DataFrame({"id": ids, "sequence": ["ACGT"] * len(ids)})


def test_ids_that_stand_alone_are_refused_unless_the_user_says_so(capsys):
    labels = table(("G1", 0.5, 0.5), ("G2", 1, 0), ("G3", 0, 1))
    sequences = texts("G4", "G3", "G1")
    with pytest.raises(DataError, match=r"1 labels without a sequence \(G2\); 1 sequences"):
        match(labels, sequences, "set", keep_matched=False)
    kept = match(labels, sequences, "set", keep_matched=True)
    assert kept["id"].tolist() == ["G1", "G3"]
    said = capsys.readouterr().err
    assert "1 labels without a sequence (G2)" in said
    assert "1 sequences without a label (G4)" in said


def test_many_ids_are_named_in_part_and_the_command_that_lists_all_is_told(capsys):
    labels = table(*((f"G{n}", 0.5, 0.5) for n in range(8)))
    match(labels, texts("G0", "G1"), "set", keep_matched=True)
    said = capsys.readouterr().err
    assert "6 labels without a sequence (G2, G3, G4, G5, G6, ...)" in said
    assert "`python -m reproductions.rnatracker.unmatched` lists all" in said
    match(labels.iloc[:3], texts("G0"), "set", keep_matched=True)
    assert "lists all" not in capsys.readouterr().err


def test_matching_sets_say_nothing(capsys):
    both = table(("G1", 0.5, 0.5))
    assert len(match(both, texts("G1"), "set", keep_matched=False)) == 1
    assert capsys.readouterr().err == ""


def test_sets_without_a_common_id_are_refused():
    with pytest.raises(DataError, match="no label has a sequence"):
        match(table(("G1", 0.5, 0.5)), texts("G2"), "set", keep_matched=True)
