"""Screening of raw tables and cDNA, on files made here."""

from __future__ import annotations

import pytest

from common.data.fasta import Record
from common.errors import DataError
from reproductions.rnatracker.screening import (
    apex_amounts,
    cefra_amounts,
    expressed,
    longest_coding_isoforms,
    screen,
)

FRACTIONS = ("cytosol", "insoluble", "membrane", "nuclear")
CODING = "gene_biotype:protein_coding transcript_biotype:protein_coding"
COLUMNS = "\t".join(["gene", "name", "type", "x", "longest", *[f"c{i}" for i in range(8)]])


def cefra_table(path, *rows: list):
    path.write_text(COLUMNS + "\n" + "".join("\t".join(map(str, row)) + "\n" for row in rows))
    return path


def test_replicates_are_averaged_fraction_by_fraction(tmp_path):
    path = cefra_table(tmp_path / "s.tsv", ["G1.2", "n", "t", 0, 900, 1, 3, 0, 0, 2, 4, 10, 20])
    row = cefra_amounts(path, FRACTIONS).iloc[0]
    assert row["id"] == "G1"
    assert row[list(FRACTIONS)].tolist() == [2, 0, 3, 15]


@pytest.mark.parametrize("bad", ["x", "-1", "inf", ""])
def test_what_is_no_amount_is_named(tmp_path, bad):
    path = cefra_table(tmp_path / "s.tsv", ["G1", "n", "t", 0, 9, 1, 3, 0, bad, 2, 4, 10, 20])
    with pytest.raises(DataError, match="G1: 1 genes have an amount"):
        cefra_amounts(path, FRACTIONS)


def test_too_few_columns_are_refused(tmp_path):
    path = tmp_path / "s.tsv"
    path.write_text("a\tb\n1\t2\n")
    with pytest.raises(DataError, match="2 columns, where 13"):
        cefra_amounts(path, FRACTIONS)


def test_totals_below_one_go(tmp_path):
    path = cefra_table(
        tmp_path / "s.tsv",
        ["G1", "n", "t", 0, 9, *[0.5] * 2, *[0] * 6],
        ["G2", "n", "t", 0, 9, *[1] * 2, *[0] * 6],
        ["G3", "n", "t", 0, 9, *[1] * 8],
    )
    amounts = cefra_amounts(path, FRACTIONS)
    assert expressed(amounts, FRACTIONS)["id"].tolist() == ["G2", "G3"]
    assert expressed(amounts, FRACTIONS, everywhere=True)["id"].tolist() == ["G3"]


def test_cuffdiff_files_are_joined_by_gene(tmp_path):
    first, second = tmp_path / "a.diff", tmp_path / "b.diff"
    first.write_text("gene_id\tvalue_1\tvalue_2\nG1.1\t9\t1\nG2.1\t9\t2\n")
    second.write_text("gene_id\tvalue_1\tvalue_2\nG2.1\t9\t4\nG3.1\t9\t5\n")
    found = apex_amounts({"er": first, "nuclear": second})
    assert found.to_numpy().tolist() == [["G2", 2, 4]]
    second.write_text("gene\tvalue\nG2\t4\n")
    with pytest.raises(DataError, match="no column gene_id or value_2"):
        apex_amounts({"er": first, "nuclear": second})


def cdna(*rows: tuple[str, str, str, str]) -> list[Record]:
    return [
        Record(name, f"cdna gene:{gene} gene_biotype:{kind} transcript_biotype:{kind}", text)
        for name, gene, kind, text in rows
    ]


def test_the_longest_coding_isoform_stays_and_the_last_record_counts():
    records = cdna(
        ("T1", "G1.1", "protein_coding", "ACG"),
        ("T2", "G1.1", "protein_coding", "ACGTA"),
        ("T3", "G1.1", "protein_coding", "TTTTT"),
        ("T4", "G1.1", "retained_intron", "ACGTACGTACGT"),
        ("T5", "G2.1", "protein_coding", "GG"),
    )
    found = longest_coding_isoforms(records)
    assert found.to_numpy().tolist() == [["G1", "T2", "ACGTA"], ["G2", "T5", "GG"]]


def test_headers_of_another_file_are_refused():
    with pytest.raises(DataError, match="T1: the header lacks gene, gene_biotype"):
        longest_coding_isoforms([Record("T1", "cdna", "ACGT")])


def test_screening_from_end_to_end(tmp_path):
    table = cefra_table(
        tmp_path / "s.tsv",
        ["G1", "n", "t", 0, 9, *[1] * 8],
        ["G2", "n", "t", 0, 9, *[0] * 8],
        ["G3", "n", "t", 0, 9, *[2] * 8],
    )
    fasta = tmp_path / "c.fa"
    fasta.write_text(f">T1 cdna gene:G1.1 {CODING}\nACGU\n>T2 cdna gene:G2.1 {CODING}\nAC\n")
    found = screen(cefra_amounts(table, FRACTIONS), fasta, FRACTIONS)
    assert found[["id", "transcript", "sequence"]].to_numpy().tolist() == [["G1", "T1", "ACGT"]]
