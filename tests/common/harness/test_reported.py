"""Printed numbers are read as they stand, and a fault names its line."""

import math

import pytest

from common.errors import DataError
from common.harness.reported import class_totals, read_reported


def read(paper, *lines):
    paper.report(*lines)
    return read_reported(paper.folder / "reported.csv")


def test_fields_and_units(paper):
    percent, plain = read(
        paper,
        'Table 1,LA,setDeepLoc,accuracy,85.2,0.3,sd over training seeds,2768,percent,"a, b"',
        "Table 1,LA,setDeepLoc,mcc,0.82,,,,,",
    )
    assert (percent.value, percent.n, percent.note, percent.scale) == (85.2, 2768, "a, b", 100)
    assert percent.seed_sd == pytest.approx(0.003)
    assert (plain.n, plain.scale) == (None, 1)
    assert math.isnan(plain.spread)
    assert math.isnan(plain.seed_sd)
    assert percent.as_row()["row"] == "LA"


def test_another_kind_of_spread_is_no_seed_spread(paper):
    (row,) = read(paper, "Table 1,a,b,accuracy,0.8,0.01,bootstrap,100,,")
    assert math.isnan(row.seed_sd)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Table 1,a,b,accuracy,,,,,,", "line 2: value '' is not a number"),
        ("Table 1,a,b,accuracy,.9x,,,,,", "line 2: value '.9x' is not a number"),
        ("Table 1,a,b,accuracy,inf,,,,,", "value 'inf'"),
        ("Table 1,a,b,accuracy,0.9,x,,,,", "spread 'x'"),
        ("Table 1,a,b,accuracy,0.9,,,many,,", "n 'many'"),
        ("Table 1,a,b,accuracy,0.9,,,,parsec,", "unit 'parsec' is unknown.*percent"),
        ("Table 1,a,b,accuracy,0.9", "has not 11 fields"),
        ("Table 1,a,b,accuracy,0.9,,,,,note,more", "has not 11 fields"),
    ],
)
def test_faults_name_the_line(paper, line, message):
    with pytest.raises(DataError, match=message):
        read(paper, line)


def test_two_rows_for_one_number(paper):
    with pytest.raises(DataError, match="two rows for toy: Table 1, a, b, accuracy"):
        read(paper, "Table 1,a,b,accuracy,0.9,,,,,", "Table 1,a,b,accuracy,0.8,,,,,")


def test_files_that_cannot_be_used(paper):
    path = paper.folder / "reported.csv"
    with pytest.raises(DataError, match="no such file"):
        read_reported(path)
    with pytest.raises(DataError, match="holds no number"):
        read(paper)
    path.write_text("paper,source\n")
    with pytest.raises(DataError, match="lacks the columns row, column"):
        read_reported(path)
    path.write_text(
        "paper,source,row,column,metric,value,spread,spread_kind,n,unit,note\n"
        "one,T,a,b,m,1,,,,,\ntwo,T,a,b,m,1,,,,,\n"
    )
    with pytest.raises(DataError, match="rows of one, two"):
        read_reported(path)


def test_class_totals_are_sums_of_printed_rows(paper):
    rows = read(
        paper,
        "Table 2,true ER,predicted ER,proteins,26,,,,,",
        "Table 2,true ER,predicted Golgi,proteins,4,,,,,",
        "Table 3,Nucleus,HPA,true positives,568,,,,,",
    )
    assert class_totals(rows) == {("Table 2", "true ER", "proteins"): 30}
