"""MEME files: whole ones, and what is wrong with the others."""

from __future__ import annotations

import numpy as np
import pytest

from common.data.fetch import locate
from common.data.motifs import read_motifs
from common.errors import DataError
from common.paths import mirror_folder

HEAD = "MEME version 4\n\nALPHABET= ACGU\n\n"
MATRIX = "letter-probability matrix: alength= 4 w= 2 nsites= 20 E= 0\n 0.7 0.1 0.1 0.1\n 0 0 0 1\n"


def written(path, text: str):
    path.write_text(text)
    return path


def test_matrices_come_by_name(tmp_path):
    path = written(
        tmp_path / "m.meme", f"{HEAD}MOTIF M1 A1CF\n\n{MATRIX}\nMOTIF M2 TIA1\n\n{MATRIX}"
    )
    motifs = read_motifs(path)
    assert list(motifs) == ["M1 A1CF", "M2 TIA1"]
    assert motifs["M1 A1CF"].tolist() == [[0.7, 0.1, 0.1, 0.1], [0, 0, 0, 1]]


@pytest.mark.mirror
@pytest.mark.skipif(mirror_folder() is None, reason="the real data are not here")
def test_motifs_of_ray_2013():
    (path,) = locate("ray2013").paths.values()
    motifs = read_motifs(path)
    assert len(motifs) == 102
    assert "RNCMPT00001 A1CF" in motifs
    assert all(np.abs(rows.sum(axis=1) - 1).max() < 0.01 for rows in motifs.values())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "MEME version"),
        (">G1\nACGT\n", "MEME version"),
        (HEAD, "no motif"),
        (HEAD.replace("ACGU", "ACDEFGHIKLMNPQRSTVWY") + "MOTIF M1\n\n" + MATRIX, "alphabet"),
        (f"{HEAD}MOTIF M1\n\n{MATRIX.replace('w= 2', 'w= 3')}", "M1: the matrix is cut short"),
        (f"{HEAD}MOTIF M1\n\n{MATRIX.replace('0.7', 'x')}", "does not parse"),
        (f"{HEAD}MOTIF M1\n\n{MATRIX.replace('w= 2', '')}", "does not parse"),
        (f"{HEAD}MOTIF M1\n\n{MATRIX.replace('0.7', '0.2')}", "M1: row 1 sums to 0.5"),
        (f"{HEAD}MOTIF M1\n\n{MATRIX.replace('0.7 0.1', '0.9 -0.1')}", "M1: no probabilities"),
        (f"{HEAD}MOTIF M1\n\n{MATRIX}MOTIF M1\n\n{MATRIX}", "M1: two motifs of this name"),
    ],
)
def test_files_that_do_not_parse_are_refused(tmp_path, text, fault):
    with pytest.raises(DataError, match=fault):
        read_motifs(written(tmp_path / "m.meme", text))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match="none.meme"):
        read_motifs(tmp_path / "none.meme")
