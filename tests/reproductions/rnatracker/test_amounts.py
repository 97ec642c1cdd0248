"""The authors' raw tables of amounts, on files made here."""

from __future__ import annotations

import pytest

from common.errors import DataError, UsageError
from reproductions.rnatracker.amounts import RAW, apex_amounts, cefra_amounts, read_amounts

FRACTIONS = ("cytosol", "insoluble", "membrane", "nuclear")
COLUMNS = "\t".join(["gene", "name", "type", "x", "longest", *[f"c{i}" for i in range(8)]])


def cefra_table(path, *rows: list):
    path.write_text(COLUMNS + "\n" + "".join("\t".join(map(str, row)) + "\n" for row in rows))
    return path


def test_replicates_are_averaged_fraction_by_fraction(tmp_path):
    path = cefra_table(tmp_path / "s.tsv", ["G1.2", "n", "t", 0, 900, 1, 3, 0, 0, 2, 4, 10, 20])
    found = cefra_amounts(path, FRACTIONS)
    assert list(found.columns) == ["id", *FRACTIONS]
    assert found.to_numpy().tolist() == [["G1", 2, 0, 3, 15]]


@pytest.mark.parametrize("bad", ["x", "-1", "inf", ""])
def test_what_is_no_amount_is_named_with_its_file(tmp_path, bad):
    path = cefra_table(tmp_path / "s.tsv", ["G1", "n", "t", 0, 9, 1, 3, 0, bad, 2, 4, 10, 20])
    with pytest.raises(DataError, match=r"s\.tsv, G1: 1 genes have an amount"):
        cefra_amounts(path, FRACTIONS)


def test_too_few_columns_are_refused(tmp_path):
    path = tmp_path / "s.tsv"
    path.write_text("a\tb\n1\t2\n")
    with pytest.raises(DataError, match="2 columns, where 13"):
        cefra_amounts(path, FRACTIONS)


def test_a_gene_comes_once(tmp_path):
    rows = [[gene, "n", "t", 0, 9, *[1] * 8] for gene in ("G1.1", "G2.1", "G2.7")]
    with pytest.raises(DataError, match=r"s\.tsv, G2: the gene comes twice"):
        cefra_amounts(cefra_table(tmp_path / "s.tsv", *rows), FRACTIONS)


def test_cuffdiff_files_are_joined_by_gene(tmp_path):
    first, second = tmp_path / "a.diff", tmp_path / "b.diff"
    first.write_text("gene_id\tvalue_1\tvalue_2\nG1.1\t9\t1\nG2.1\t9\t2\n")
    second.write_text("gene_id\tvalue_1\tvalue_2\nG2.1\t9\t4\nG3.1\t9\t5\n")
    found = apex_amounts({"er": first, "nuclear": second})
    assert list(found.columns) == ["id", "er", "nuclear"]
    assert found.to_numpy().tolist() == [["G2", 2, 4]]
    second.write_text("gene_id\tvalue_2\nG2.1\t4\nG2.1\t5\n")
    with pytest.raises(DataError, match=r"b\.diff, G2: the gene comes twice"):
        apex_amounts({"er": first, "nuclear": second})
    second.write_text("gene\tvalue\nG2\t4\n")
    with pytest.raises(DataError, match="no column gene_id or value_2"):
        apex_amounts({"er": first, "nuclear": second})


def test_each_set_needs_its_tables(tmp_path):
    with pytest.raises(UsageError, match=r"apex: 1 tables of amounts, where 4 are needed.*KDEL"):
        read_amounts("apex", [tmp_path / "a.diff"])
    assert [len(raw.tables) for raw in RAW.values()] == [1, 4]
