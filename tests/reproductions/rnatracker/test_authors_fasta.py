"""The authors' FASTA headers, on files made here."""

from __future__ import annotations

import pytest

from common.errors import DataError
from reproductions.rnatracker.authors_fasta import read_screened

FRACTIONS = ("cytosol", "insoluble", "membrane", "nuclear")
BIOTYPES = "gene_biotype:protein_coding transcript_biotype:protein_coding"


def written(path, *records: tuple[str, str]):
    path.write_text("".join(f">{header}\n{text}\n" for header, text in records))
    return path


def test_both_replicates_or_the_first_alone(tmp_path):
    header = f" ENSG1.4 {BIOTYPES} distA:1.0_2.0_3.0_4.0 distB:3.0_2.0_1.0_0.0"
    path = written(tmp_path / "x.fa", (header, "acgun"))
    fields = ("distA", "distB")
    mean = read_screened(path, FRACTIONS, fields=fields).iloc[0]
    assert (mean["id"], mean["sequence"]) == ("ENSG1", "ACGTN")
    assert mean[list(FRACTIONS)].tolist() == [2, 2, 2, 2]
    first = read_screened(path, FRACTIONS, fields=fields, replicates="first").iloc[0]
    assert first[list(FRACTIONS)].tolist() == [1, 2, 3, 4]


def test_apex_headers_have_one_field(tmp_path):
    path = written(tmp_path / "x.fa", (f" G1 {BIOTYPES} dist:0.5_1_1.5_2", "ACGT"))
    frame = read_screened(path, FRACTIONS, fields=("dist",))
    assert frame.loc[0, list(FRACTIONS)].tolist() == [0.5, 1, 1.5, 2]


@pytest.mark.parametrize(
    "field", ["", "dist:1_2_3", "dist:1_2_3_x", "dist:1_2_3_-4", "dist:1_2_3_nan", "other:1_2_3_4"]
)
def test_headers_without_four_amounts_are_named(tmp_path, field):
    path = written(tmp_path / "x.fa", (f"G7 {BIOTYPES} {field}", "ACGT"))
    with pytest.raises(DataError, match=r"x\.fa, G7: .*dist"):
        read_screened(path, FRACTIONS, fields=("dist",))


def test_letters_of_no_transcript_are_refused(tmp_path):
    path = written(tmp_path / "x.fa", (f"G7 {BIOTYPES} dist:1_2_3_4", "ACGTEF"))
    with pytest.raises(DataError, match=r"x\.fa, G7: 2 letters outside the RNA alphabet \(E at 5"):
        read_screened(path, FRACTIONS, fields=("dist",))
