import numpy as np
import pytest
from matplotlib.figure import Figure

from common.data.alphabet import NUCLEOTIDES, RESIDUES
from common.errors import DataError
from common.interpret import logos


def kernel(width=5, features=80, filters=3, seed=0):
    return np.random.default_rng(seed).normal(size=(width, features, filters))


def test_every_filter_is_rescaled_by_itself_to_a_highest_column_of_one():
    pssms = logos.filter_pssm(kernel() * np.array([0.01, 1, 100]))
    assert len(pssms) == 3
    for pssm in pssms:
        assert pssm.shape == (5, 20)
        assert pssm.abs().sum(axis=1).max() == pytest.approx(1, abs=1e-12)


def test_heights_by_hand():
    weights = np.array([[[0.5], [-1.5]], [[1.0], [0.0]]])
    (pssm,) = logos.filter_pssm(weights, slice(0, 2), "AC")
    assert pssm.to_numpy().tolist() == [[0.25, -0.75], [0.5, 0.0]]
    assert pssm.columns.tolist() == ["A", "C"]
    assert pssm.index.tolist() == [1, 2]


def test_columns_follow_the_slice_and_the_order_of_the_one_hot_encoding():
    weights = np.zeros((3, 80, 1))
    weights[1, 20 + 11, 0] = 2
    weights[0, 5, 0] = 9
    (pssm,) = logos.filter_pssm(weights, slice(20, 40))
    assert "".join(pssm.columns) == "ARNDCQEGHILKMFPSTWYV"
    assert pssm.loc[2, "K"] == 1
    assert pssm.abs().to_numpy().sum() == 1


def test_true_convolutions_are_turned_round():
    straight, turned = (logos.filter_pssm(kernel(), flipped=flag)[0] for flag in (False, True))
    np.testing.assert_array_equal(straight.to_numpy()[::-1], turned.to_numpy())
    assert turned.index.tolist() == [1, 2, 3, 4, 5]


def test_a_dead_filter_stays_zero():
    (pssm,) = logos.filter_pssm(np.zeros((3, 20, 1)))
    assert (pssm.to_numpy() == 0).all()


def test_bad_kernels_are_refused():
    with pytest.raises(ValueError, match=r"\(width, features, filters\) is needed"):
        logos.filter_pssm(np.zeros((3, 20)))
    with pytest.raises(ValueError, match="12 columns for the 20 of ARND"):
        logos.filter_pssm(np.zeros((3, 12, 1)))
    with pytest.raises(DataError, match="NaN"):
        logos.filter_pssm(np.full((3, 20, 1), np.nan))


def test_a_logo_stacks_letters_to_the_heights_of_the_matrix():
    weights = np.zeros((3, 20, 1))
    weights[1, [1, 11, 3], 0] = 2.0, 1.0, -1.0
    ax = Figure().add_subplot()
    logos.draw_filter_logo(ax, logos.filter_pssm(weights)[0], "filter 7")
    boxes = [patch.get_path().get_extents() for patch in ax.patches]
    boxes = sorted((box for box in boxes if box.height > 0.01), key=lambda box: box.y0)
    assert [box.height for box in boxes] == pytest.approx([0.25, 0.25, 0.5], abs=0.02)
    assert [box.y0 for box in boxes] == pytest.approx([-0.25, 0, 0.25], abs=0.02)
    assert all(1.5 < box.x0 < box.x1 < 2.5 for box in boxes)
    assert ax.get_title() == "filter 7"
    assert ax.get_ylim() == (-1.02, 1.02)


@pytest.mark.parametrize("width", [1, 3, 21])
def test_logos_of_nucleotides_of_every_width_have_whole_positions(width):
    ax = Figure().add_subplot()
    (pssm,) = logos.filter_pssm(kernel(width, 4, 1), slice(0, 4), NUCLEOTIDES)
    logos.draw_filter_logo(ax, pssm)
    ticks = ax.get_xticks()
    assert len(ticks)
    assert all(tick == int(tick) and 1 <= tick <= width for tick in ticks)


@pytest.mark.parametrize(("width", "columns"), [(1, 5), (2, 5), (5, 5), (9, 9)])
def test_a_narrow_filter_stands_in_the_middle_of_five_columns(width, columns):
    ax = Figure().add_subplot()
    logos.draw_filter_logo(ax, logos.filter_pssm(kernel(width))[0])
    left, right = ax.get_xlim()
    assert right - left == pytest.approx(columns + 0.2)
    assert (left + right) / 2 == pytest.approx((width + 1) / 2)


def test_every_residue_has_a_colour():
    assert set(logos.LETTER_COLOURS) == set(RESIDUES)
    assert set(NUCLEOTIDES) <= set(logos.NUCLEOTIDE_COLOURS)
