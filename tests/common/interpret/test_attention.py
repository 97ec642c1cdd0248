import numpy as np
import pytest

from common.errors import DataError
from common.interpret import attention


def made_up(seed=0, lengths=(3, 7, 10, 1)):
    """Ragged weights that sum to 1, and the same padded with -99, which must never be seen."""
    rng = np.random.default_rng(seed)
    ragged = [rng.dirichlet(np.ones(length)) for length in lengths]
    padded = np.full((len(lengths), max(lengths) + 2), -99.0)
    for row, own in zip(padded, ragged, strict=True):
        row[: len(own)] = own
    return ragged, padded, np.array(lengths)


def test_termini_align_and_zeros_go_to_the_middle():
    aligned = attention.align_termini([[1, 2, 3, 4], [1, 2, 3], [5], [1, 2, 3, 4, 5, 6]], width=6)
    assert aligned.tolist() == [
        [1, 2, 0, 0, 3, 4],
        [1, 2, 0, 0, 0, 3],
        [5, 0, 0, 0, 0, 0],
        [1, 2, 3, 4, 5, 6],
    ]


def test_longer_proteins_lose_their_middle():
    assert attention.align_termini([np.arange(1, 9)], width=5).tolist() == [[1, 2, 3, 7, 8]]
    assert attention.align_termini([np.arange(1, 9)], width=4).tolist() == [[1, 2, 7, 8]]


@pytest.mark.parametrize("width", [4, 5, 10, 11, 1000])
def test_aligned_rows_hold_the_right_ends_for_every_length(width):
    for length in range(1, 14):
        row = np.arange(1.0, length + 1)
        aligned = attention.align_termini([row], width=width)[0]
        kept = min(length, width)
        assert (aligned > 0).sum() == kept
        assert aligned[0] == 1
        assert kept < 2 or aligned[-1] == length
        assert (np.diff(aligned[aligned > 0]) > 0).all()


@pytest.mark.parametrize(
    "measure",
    [
        lambda *given: attention.align_termini(*given, width=8),
        lambda *given: attention.fraction_within(*given, first=2),
        lambda *given: attention.fraction_within(*given, first=2, terminus="C"),
        attention.peak_position,
        lambda *given: attention.reach(*given, first=5),
    ],
)
def test_padding_changes_nothing(measure):
    ragged, padded, lengths = made_up()
    np.testing.assert_array_equal(measure(ragged), measure(padded, lengths))


def test_fraction_within_by_hand():
    weights = [[0.5, 0.2, 0.2, 0.1], [1.0]]
    assert attention.fraction_within(weights, first=2).tolist() == pytest.approx([0.7, 1])
    at_end = attention.fraction_within(weights, first=2, terminus="C")
    assert at_end.tolist() == pytest.approx([0.3, 1])


def test_fraction_within_needs_no_weights_that_sum_to_one():
    assert attention.fraction_within([[2.0, 6.0]], first=1).tolist() == [0.25]


def test_peak_position_is_zero_based_and_the_first_of_equals():
    assert attention.peak_position([[0.1, 0.8, 0.1], [0.5, 0.5], [0, 0, 1]]).tolist() == [1, 0, 2]


def test_reach_of_even_attention_is_the_share():
    even = np.full(300, 1 / 300, dtype=np.float32)
    assert attention.reach([even]).tolist() == [90]
    assert attention.reach([even], share=0.5, first=40).tolist() == [20]
    assert attention.reach([even], share=1.0).tolist() == [100]


def test_reach_is_not_one_too_many_by_a_rounding_error():
    even = np.full(10, 0.03)
    assert even.cumsum()[8] < 0.9 * even.cumsum()[9]
    assert attention.reach([even]).tolist() == [9]


def test_reach_ignores_what_lies_beyond_the_first_residues():
    weights = np.zeros(200)
    weights[[9, 19, 150]] = 0.2, 0.05, 0.75
    assert attention.reach([weights], share=0.8).tolist() == [10]
    assert attention.reach([weights], share=0.9).tolist() == [20]
    assert attention.reach([weights[:15]]).tolist() == [10]


def test_reach_is_missing_where_the_first_residues_have_no_weight():
    weights = np.zeros(200)
    weights[150] = 1
    assert np.isnan(attention.reach([weights])).tolist() == [True]


@pytest.mark.parametrize(
    ("weights", "fault"),
    [
        ([[0.5, 0.5], [0.5, np.nan]], "protein 1: attention weights are NaN"),
        ([[0.5, 0.5], [1.5, -0.5]], "protein 1: attention weights are negative"),
        ([[0.0, 0.0]], "protein 0: attention weights are negative or all 0"),
        ([[1.0], []], "protein 1: it has no residues"),
        ([], "attention weights: there are no proteins"),
    ],
)
def test_weights_that_cannot_be_read_are_named(weights, fault):
    for measure in (attention.align_termini, attention.peak_position, attention.reach):
        with pytest.raises(DataError, match=fault):
            measure(weights)


def test_lengths_that_do_not_fit_are_refused():
    _, padded, lengths = made_up()
    with pytest.raises(ValueError, match="needs the lengths"):
        attention.align_termini(padded)
    with pytest.raises(ValueError, match="4 proteins, 3 lengths"):
        attention.align_termini(padded, lengths[:3])
    with pytest.raises(ValueError, match=r"protein 0: length 40, weights of shape \(12,\)"):
        attention.align_termini(padded, [40, 7, 10, 1])
    with pytest.raises(DataError, match="protein 2: it has no residues"):
        attention.align_termini(padded, [3, 7, 0, 1])


def test_settings_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="at least 2 columns, received 1"):
        attention.align_termini([[1.0]], width=1)
    with pytest.raises(ValueError, match="at least 1 residue from N or C, received 0 from 'N'"):
        attention.fraction_within([[1.0]], first=0)
    with pytest.raises(ValueError, match="received 30 from '5'"):
        attention.fraction_within([[1.0]], terminus="5")
    with pytest.raises(ValueError, match=r"received 90 of 100"):
        attention.reach([[1.0]], share=90)
