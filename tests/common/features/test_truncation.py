import numpy as np
import pytest

from common.errors import UsageError
from common.features.truncation import CUTS, cut_end, cut_middle


@pytest.mark.parametrize(("length", "middle", "end"), [(5, "ABCGH", "ABCDE"), (4, "ABGH", "ABCD")])
def test_both_ways_keep_as_many_residues_of_text_and_of_features(length, middle, end):
    sequence, rows = "ABCDEFGH", np.arange(16).reshape(8, 2)
    for cut, kept in ((cut_middle, middle), (cut_end, end)):
        assert cut(sequence, length) == kept
        expected = rows[[sequence.index(letter) for letter in kept]]
        np.testing.assert_array_equal(cut(rows, length), expected)


@pytest.mark.parametrize("name", CUTS)
def test_short_sequences_stay_whole(name):
    assert CUTS[name]("ABC", 3) == CUTS[name]("ABC", 9) == "ABC"


@pytest.mark.parametrize("name", CUTS)
def test_a_length_that_leaves_nothing_is_refused(name):
    with pytest.raises(UsageError, match="max_length: 0 leaves nothing of a sequence"):
        CUTS[name]("ABC", 0)
