"""Limits of what was seen in training."""

from __future__ import annotations

import numpy as np
import pytest

from common.data.alphabet import PROTEIN, RNA
from common.errors import DataError
from common.predict.novelty import describe_training, unusual


@pytest.fixture
def training():
    rng = np.random.default_rng(0)
    letters = np.array(list("ACDEFGHIKLMNPQRSTVWY"))
    lengths = rng.integers(100, 301, 2000)
    return describe_training(("".join(rng.choice(letters, n)) for n in lengths), PROTEIN)


def test_description(training):
    assert training["n"] == 2000
    assert 100 <= training["shortest"] <= 103
    assert 298 <= training["longest"] <= 300
    assert np.allclose(training["composition"], 0.05, atol=0.002)
    assert set(training["letters"]) == set("ACDEFGHIKLMNPQRSTVWY")


def test_each_limit(training):
    usual = "ACDEFGHIKLMNPQRSTVWY" * 10
    assert unusual(usual, PROTEIN, training) == []
    assert unusual(usual[:60], PROTEIN, training) == ["short"]
    assert unusual(usual * 2, PROTEIN, training) == ["long"]
    assert unusual("X" * 11 + usual[11:], PROTEIN, training) == ["unknown letters"]
    assert unusual("X" * 10 + usual[10:], PROTEIN, training) == []
    assert unusual("WC" * 100, PROTEIN, training) == ["composition"]
    assert unusual("X" * 200, PROTEIN, training) == ["unknown letters", "composition"]


def test_transcripts_have_their_own_letters():
    training = describe_training(["ACGT" * 50, "AACCGGTT" * 20], RNA)
    assert set(training["letters"]) == set("ACGT")
    assert "unknown letters" in unusual("N" * 20 + "ACGT" * 40, RNA, training)


def test_no_sequences():
    with pytest.raises(DataError, match="there are none"):
        describe_training([], PROTEIN)
