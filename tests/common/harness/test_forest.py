"""Positions on the forest plot."""

import math

import pytest

from common.harness.forest import mark_of, position, ticks


def test_positions():
    assert [position(value) for value in (-4, -1, 0, 1, 4)] == [0, 37.5, 50, 62.5, 100]
    assert (position(-9), position(9)) == (0, 100)


def test_difference_in_margins():
    mark = mark_of(0.02, 0.0, 0.04, 0.02)
    assert (mark.low, mark.middle, mark.high, mark.beyond) == (50, 62.5, 75, "")
    assert mark.margins == pytest.approx(1)


@pytest.mark.parametrize(("difference", "side"), [(0.2, "right"), (-0.2, "left")])
def test_beyond_the_plot(difference, side):
    mark = mark_of(difference, difference - 0.01, difference + 0.01, 0.02)
    assert mark.beyond == side
    assert mark.middle in (0, 100)


def test_without_an_interval():
    mark = mark_of(0.02, math.nan, math.nan, 0.02)
    assert mark.low == mark.middle == mark.high


@pytest.mark.parametrize(("difference", "margin"), [(math.nan, 0.02), (0.1, 0), (0.1, math.nan)])
def test_without_a_scale(difference, margin):
    assert mark_of(difference, 0, 0, margin) is None


def test_axis():
    assert ticks()[0] == (0, "−4")
    assert ticks()[4] == (50, "0")
    assert ticks()[-1] == (100, "+4")
