"""The released A-LSTM on what a user may bring."""

from __future__ import annotations

import numpy as np
import pytest

from reproductions.models import load_model


@pytest.fixture(scope="module")
def predictor():
    return load_model("sonderby")


def test_35000_residues_are_one_row_and_read_from_both_ends(predictor):
    """Section 2.4: the middle is left out, so that 500 residues of each terminus remain."""
    titin = "MKTAYIAKQR" * 3500
    table = predictor.predict({"titin": titin, "cut": titin[:500] + titin[-500:]})
    assert table["length"].tolist() == [35_000, 1000]
    numbers = table[["probability", "entropy", *predictor.labels]].to_numpy(dtype=float)
    assert np.isfinite(numbers).all()
    np.testing.assert_allclose(numbers[0], numbers[1], rtol=0, atol=1e-6)
    assert numbers[0, 2:].sum() == pytest.approx(1)
    weights = predictor.attention(titin)
    assert weights.shape == (35_000,)
    assert weights.sum() == pytest.approx(1, abs=1e-5)
    assert not weights[500:-500].any() and weights[:500].all() and weights[-500:].all()


def test_what_the_middle_holds_changes_nothing_and_the_termini_do(predictor):
    ends, other = "MKTAYIAKQR" * 50, "MLSRAVCGTS" * 50
    sequences = [ends + middle + ends for middle in ("", "W", "C" * 34_000)]
    rows = predictor.predict([*sequences, other + ends])[list(predictor.labels)].to_numpy()
    assert np.abs(rows[:3] - rows[0]).max() <= 1e-6
    assert np.abs(rows[3] - rows[0]).max() > 1e-3
