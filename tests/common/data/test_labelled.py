"""A user's own labels, in every form that is read, and every mistake."""

from __future__ import annotations

import numpy as np
import pytest

from common.data.alphabet import PROTEIN
from common.data.labelled import read_labelled
from common.errors import DataError


@pytest.fixture
def fasta(tmp_path):
    path = tmp_path / "my.fasta"
    path.write_text(">a Nucleus x\nMKT\n>b Cytoplasm\nmkv\n>c Nucleus\nMKL*\n>d Cytoplasm\nMKI\n")
    return path


def table(tmp_path, text):
    path = tmp_path / "labels.tsv"
    path.write_text(text)
    return path


def test_second_word_of_the_header(fasta):
    found = read_labelled(fasta, "header", PROTEIN)
    assert found.task == "single-label"
    assert found.labels == ("Cytoplasm", "Nucleus")
    assert found.truth.tolist() == ["Nucleus", "Cytoplasm", "Nucleus", "Cytoplasm"]
    assert found.frame["sequence"].tolist() == ["MKT", "MKV", "MKL", "MKI"]
    assert list(found.sha256) == ["my.fasta"]


def test_several_labels(fasta, tmp_path):
    path = table(tmp_path, "id\twhere\nd\tN|C\nc\tN\nb\tC\na\tC | N\n")
    found = read_labelled(fasta, path, PROTEIN)
    assert found.task == "multi-label"
    assert found.labels == ("C", "N")
    assert found.truth.tolist() == [[1, 1], [1, 0], [0, 1], [1, 1]]
    assert list(found.sha256) == ["my.fasta", "labels.tsv"]


def test_blanks_and_repeats_change_no_task(fasta, tmp_path):
    path = table(tmp_path, "id\twhere\n a\tN|N\nb \tC\nc\tN\nd\tC|\n")
    found = read_labelled(fasta, path, PROTEIN)
    assert found.task == "single-label"
    assert found.truth.tolist() == ["N", "C", "N", "C"]


def test_labels_that_are_a_folder_or_too_wide_are_one_line(fasta, tmp_path):
    with pytest.raises(DataError, match="cannot be read") as caught:
        read_labelled(fasta, tmp_path, PROTEIN)
    assert str(tmp_path) in str(caught.value)
    with pytest.raises(DataError, match="row of a has more fields") as caught:
        read_labelled(fasta, table(tmp_path, "id\tlabel\na\tN\tx\nb\tC\ty\n"), PROTEIN)
    with pytest.raises(DataError, match="not a table") as caught:
        read_labelled(fasta, table(tmp_path, "id\tlabel\na\tN\nb\tC\ty\n"), PROTEIN)
    assert "\n" not in str(caught.value)


def test_columns_of_zeros_and_ones(fasta, tmp_path):
    several = table(tmp_path, "id,N,C\na,1,1\nb,0,1\nc,1,0\nd,1,0\n")
    assert read_labelled(fasta, several, PROTEIN).task == "multi-label"
    one = table(tmp_path, "id,N,C\na,1,0\nb,0,1\nc,1,0\nd,0,1\n")
    found = read_labelled(fasta, one, PROTEIN)
    assert found.task == "single-label"
    assert found.truth.tolist() == ["N", "C", "N", "C"]


def test_shares(fasta, tmp_path):
    path = table(tmp_path, "id\tcytosol\tnuclear\na\t0.25\t0.75\nb\t1\t0\nc\t.5\t.5\nd\t0\t1\n")
    found = read_labelled(fasta, path, PROTEIN)
    assert found.task == "distribution"
    assert found.labels == ("cytosol", "nuclear")
    assert np.allclose(found.truth[0], [0.25, 0.75])


def test_unmatched_ids_are_listed_or_left_out(fasta, tmp_path):
    path = table(tmp_path, "id\tlabel\na\tN\nb\tC\nc\tN\nz\tC\ny\tC\nd2\tC\n")
    with pytest.raises(DataError, match="1 ids have a sequence and no label") as caught:
        read_labelled(fasta, path, PROTEIN)
    assert caught.value.fault.endswith("3 ids have a label and no sequence (z, y, d2)")
    assert "--drop-unmatched" in caught.value.remedy
    found = read_labelled(fasta, path, PROTEIN, least=1, drop=True)
    assert found.frame["id"].tolist() == ["a", "b", "c"]
    assert found.left_out == ("d", "z", "y", "d2")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("id\tN\tC\na\t.5\t.6\nb\t1\t0\nc\t1\t0\nd\t0\t1\n", r"a: its shares sum to 1.1"),
        ("id\tN\tC\na\tx\t.6\nb\t1\t0\nc\t1\t0\nd\t0\t1\n", r"a: its labels are x, .6"),
        ("id\tN\tC\na\t-1\t2\nb\t1\t0\nc\t1\t0\nd\t0\t1\n", r"a: its labels are -1, 2"),
        ("id\tN\tC\na\t0\t0\nb\t1\t0\nc\t1\t1\nd\t0\t1\n", r"a: has no label"),
        ("id\tlabel\na\tN\nb\t\nc\tN\nd\tC\n", r"b: the label is empty"),
        ("id\tlabel\na\tN\nb\t|\nc\tN\nd\tC\n", r"b: the label is empty"),
        ("id\tlabel\na\tN\nb\tN\nc\tN\nd\tN\n", r"the only label is N"),
        ("id\tlabel\na\tN\nb\tN\nc\tN\nd\tC\n", r"label C: 1 sequences.*needs 2"),
        ("id\tlabel\na\tN\na\tN\nc\tN\nd\tC\n", r"a: stands in two rows"),
        ("name\tlabel\na\tN\n", r"has the columns name, label"),
        ("", r"not a table"),
        ("id\tlabel\nq\tN\n", r"4 ids have a sequence and no label"),
    ],
)
def test_mistakes_are_named(fasta, tmp_path, text, fault):
    with pytest.raises(DataError, match=fault):
        read_labelled(fasta, table(tmp_path, text), PROTEIN)


def test_header_without_a_label(tmp_path):
    path = tmp_path / "my.fasta"
    path.write_text(">a Nucleus\nMKT\n>b\nMKV\n")
    with pytest.raises(DataError, match="b: the header has no second word"):
        read_labelled(path, "header", PROTEIN)
    with pytest.raises(DataError, match="no such file"):
        read_labelled(path, tmp_path / "none.tsv", PROTEIN)


def test_bad_sequences_are_named(tmp_path):
    path = tmp_path / "my.fasta"
    path.write_text(">a Nucleus\nMK1\n>b Cytoplasm\nMKV\n")
    with pytest.raises(DataError, match="a: 1 letter outside"):
        read_labelled(path, "header", PROTEIN)


def test_one_id_with_two_labels_is_named(tmp_path):
    path = tmp_path / "own.fasta"
    path.write_text(">P1 Nucleus\nMKT\n>P2 Golgi\nMKV\n>P1 Golgi\nMKT\n")
    with pytest.raises(DataError, match="P1: its records have the labels Nucleus and Golgi"):
        read_labelled(path, "header", PROTEIN)
