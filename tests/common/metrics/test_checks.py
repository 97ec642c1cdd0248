import numpy as np
import pandas as pd
import pytest

from common.errors import DataError
from common.metrics import checks


@pytest.mark.parametrize("missing", [np.nan, None, pd.NA, 3, b"ER"])
def test_a_label_that_is_no_name_is_refused_with_its_position(missing):
    with pytest.raises(DataError, match="at position 1 is not a label name"):
        checks.checked_names("true labels", ["ER", missing, "Golgi"])


def test_pandas_strings_and_numpy_strings_are_names():
    for values in (pd.Series(["ER", "Golgi"]), np.array(["ER", "Golgi"]), ("ER", "Golgi")):
        names = checks.checked_names("true labels", values)
        assert names.tolist() == ["ER", "Golgi"]
        assert all(isinstance(name, str) for name in names)


def test_empty_input_says_what_is_empty():
    with pytest.raises(DataError, match="true labels: there are none"):
        checks.checked_names("true labels", [])
    with pytest.raises(DataError, match="scores: there are none"):
        checks.checked_numbers("scores", np.empty((0, 3)), 2)


def test_wrong_shapes_are_named():
    with pytest.raises(ValueError, match=r"received shape \(1, 2\)"):
        checks.checked_names("true labels", [["ER", "Golgi"]])
    with pytest.raises(ValueError, match=r"2 dimension\(s\), received shape \(2,\)"):
        checks.checked_numbers("scores", [1, 2], 2)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_counted_and_located(bad):
    with pytest.raises(DataError, match=r"1 of 4 numbers are NaN or infinite \(first at 1, 0\)"):
        checks.checked_numbers("scores", [[0.0, 1.0], [bad, 1.0]], 2)


def test_unknown_labels_are_listed():
    with pytest.raises(DataError, match="true labels: Nucleus, Vacuole not among the labels ER"):
        checks.checked_labels(["ER"], true=np.array(["Vacuole", "ER", "Nucleus"], dtype=object))


@pytest.mark.parametrize("labels", [[], ["ER", "ER"], "ER"])
def test_a_label_order_names_each_label_once(labels):
    with pytest.raises(ValueError, match="each label once"):
        checks.checked_labels(labels)


@pytest.mark.parametrize("row", [[0.5, 0.4], [1.2, -0.2], [0.0, 0.0]])
def test_rows_that_are_no_distribution_are_refused(row):
    with pytest.raises(DataError, match="row 1 is not a distribution"):
        checks.checked_fractions("true fractions", [[0.5, 0.5], row])


def test_fractions_may_be_rounded_to_three_digits():
    rows = checks.checked_fractions("predicted fractions", pd.DataFrame([[0.333, 0.333, 0.333]]))
    assert rows.dtype == np.float64
    assert rows.shape == (1, 3)


def test_lengths_are_compared():
    checks.same_length("pair", np.zeros(2), np.zeros(2))
    with pytest.raises(ValueError, match=r"pair: different numbers of examples, \[2, 3\]"):
        checks.same_length("pair", np.zeros(2), np.zeros(3))
