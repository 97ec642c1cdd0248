"""Names of metrics, taken apart."""

import pytest

from common.errors import UsageError
from common.harness.measures import parse_measure


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("accuracy", "higher"),
        ("f1_micro", "higher"),
        ("pearson:Cytosol", "higher"),
        ("membrane/accuracy", "higher"),
        ("loss", "lower"),
        ("kl", "lower"),
        ("proteins:ER>ER", "higher"),
        ("proteins:ER>Golgi", "lower"),
        ("true_positives:ER", "higher"),
        ("false_positives:ER", "lower"),
        ("seconds", ""),
        ("peak:ER", ""),
    ],
)
def test_better_side(name, better):
    assert parse_measure(name).better == better


@pytest.mark.parametrize(
    "name",
    ["", "proteins:ER", "fraction", "proteins:ER>", "mcc:ER", ":ER", "f1_micro:ER", "a/", "/mcc"],
)
def test_names_that_are_none(name):
    with pytest.raises(UsageError, match="metric"):
        parse_measure(name)


def test_table_stands_in_front():
    found = parse_measure("setHARD/recall:Lysosome/Vacuole")
    assert (found.table, found.kind, found.about) == ("setHARD", "recall", ("Lysosome/Vacuole",))


def test_slash_in_a_label_is_no_table():
    assert parse_measure("recall:Lysosome/Vacuole").table == ""
