"""Screening of raw tables and cDNA, on files made here."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from typer.testing import CliRunner

from common.data.alphabet import RNA
from common.data.fasta import read_fasta
from common.data.labelled import read_labelled
from common.data.registry import find_dataset
from common.errors import DataError, UsageError
from reproductions.cli import app_of
from reproductions.rnatracker import screening
from reproductions.rnatracker.amounts import RAW
from reproductions.rnatracker.screening import expressed, longest_coding_isoforms, screen

FRACTIONS = RAW["cefra"].fractions
CODING = "gene_biotype:protein_coding transcript_biotype:protein_coding"
COLUMNS = "\t".join(["gene", "name", "type", "x", "longest", *[f"c{i}" for i in range(8)]])


def cdna(path, *rows: tuple[str, str, str, str]):
    """A cDNA file of transcript, gene, biotype and sequence."""
    path.write_text(
        "".join(
            f">{name} cdna gene:{gene} gene_biotype:{kind} transcript_biotype:{kind}\n{text}\n"
            for name, gene, kind, text in rows
        )
    )
    return path


@pytest.fixture
def raw(tmp_path):
    """Table of three genes, the second too weak; and cDNA of all but the third."""
    table = tmp_path / "s.tsv"
    rows = [["G1", "n", "t", 0, 9, *[1, 1, 2, 2, 2, 2, 5, 5]], ["G2", "n", "t", 0, 9, *[0] * 8]]
    rows += [["G3", "n", "t", 0, 9, *[2] * 8], ["G4", "n", "t", 0, 9, *[2] * 8]]
    table.write_text("\n".join([COLUMNS, *("\t".join(map(str, row)) for row in rows)]) + "\n")
    kinds = [("T1", "G1.1", "ACGU"), ("T2", "G2.1", "AC"), ("T4", "G4.1", "GGCCA")]
    rows = [(name, gene, "protein_coding", text) for name, gene, text in kinds]
    return table, cdna(tmp_path / "c.fa", *rows)


def test_totals_below_one_go():
    amounts = pd.DataFrame(
        {"id": ["G1", "G2", "G3"], "er": [0.5, 1.0, 1.0], "nuclear": [0.4, 0.0, 1.0]}
    )
    assert expressed(amounts, ("er", "nuclear"))["id"].tolist() == ["G2", "G3"]
    assert expressed(amounts, ("er", "nuclear"), everywhere=True)["id"].tolist() == ["G3"]


def test_the_longest_coding_isoform_stays_and_the_last_record_counts(tmp_path):
    path = cdna(
        tmp_path / "c.fa",
        ("T1", "G1.1", "protein_coding", "ACG"),
        ("T2", "G1.1", "protein_coding", "ACGTA"),
        ("T3", "G1.1", "protein_coding", "TTTTT"),
        ("T4", "G1.1", "retained_intron", "ACGTACGTACGT"),
        ("T5", "G2.1", "protein_coding", "GG"),
    )
    found = longest_coding_isoforms(path)
    assert found.to_numpy().tolist() == [["G1", "T2", "ACGTA"], ["G2", "T5", "GG"]]


def test_headers_and_letters_of_another_file_are_named(tmp_path):
    path = tmp_path / "c.fa"
    path.write_text(">T1 cdna\nACGT\n")
    with pytest.raises(DataError, match=r"c\.fa, T1: the header lacks gene, gene_biotype"):
        longest_coding_isoforms(path)
    cdna(path, ("T7", "G1.1", "protein_coding", "MKLE"))
    with pytest.raises(DataError, match=r"c\.fa, T7: .*outside the RNA alphabet"):
        longest_coding_isoforms(path)


def test_screening_from_end_to_end(raw):
    table, fasta = raw
    found = screen("cefra", [table], fasta)
    assert list(found.columns) == ["id", "transcript", "sequence", *FRACTIONS]
    assert found.to_numpy().tolist() == [
        ["G1", "T1", "ACGT", 0.1, 0.2, 0.2, 0.5],
        ["G4", "T4", "GGCCA", 0.25, 0.25, 0.25, 0.25],
    ]


def test_genes_of_another_assembly_leave_nothing(raw, tmp_path):
    other = cdna(tmp_path / "o.fa", ("T1", "X1", "protein_coding", "ACGT"))
    with pytest.raises(DataError, match=r"o\.fa: no coding transcript of the 3 expressed genes"):
        screen("cefra", [raw[0]], other)


def test_the_command_writes_what_training_reads(raw, tmp_path):
    table, fasta = raw
    arguments = ["cefra", str(fasta), "--table", str(table), "--out", str(tmp_path / "own")]
    done = CliRunner().invoke(app_of(screening.main), arguments)
    assert done.exit_code == 0, done.output
    written, shares = tmp_path / "own" / "cefra.fa", tmp_path / "own" / "cefra-shares.tsv"
    assert f"reproduce train {written} --paper rnatracker --labels {shares}" in done.output
    assert [(r.id, r.description) for r in read_fasta(written)] == [("G1", "T1"), ("G4", "T4")]
    labelled = read_labelled(written, shares, RNA)
    assert tuple(labelled.labels) == FRACTIONS and len(labelled.frame) == 2


def test_the_command_takes_the_tables_of_the_data_set(raw, tmp_path, monkeypatch):
    table, fasta = raw
    asked = []

    def locate(name):
        asked.append(name)
        return SimpleNamespace(paths={RAW["cefra"].tables[0]: table})

    monkeypatch.setattr(screening, "locate", locate)
    done = CliRunner().invoke(
        app_of(screening.main), ["cefra", str(fasta), "--out", str(tmp_path / "own")]
    )
    assert done.exit_code == 0 and asked == ["cefra-seq"]


def test_an_unknown_set_is_refused(raw):
    done = CliRunner().invoke(app_of(screening.main), ["cefrra", str(raw[1])])
    assert isinstance(done.exception, UsageError)
    assert "'cefrra' is not known. Use cefra or apex" in str(done.exception)


@pytest.mark.parametrize("name", RAW)
def test_the_tables_are_files_of_the_registry(name):
    files = {file.name for file in find_dataset(RAW[name].dataset).files}
    assert set(RAW[name].tables) <= files
