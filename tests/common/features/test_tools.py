"""Programs that are missing or fail."""

from __future__ import annotations

import pytest

from common.errors import ReproduceError, UsageError
from common.features.tools import call, require


@pytest.mark.parametrize(
    ("program", "package"), [("mmseqs", "mmseqs2"), ("psiblast", "ncbi-blast")]
)
def test_missing_program_is_named_with_its_debian_package(monkeypatch, program, package):
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(UsageError, match=f"{program}: not found.*apt-get install {package}"):
        require(program)


def test_output_of_a_program_is_handed_back(tmp_path):
    assert call(["pwd"], tmp_path).strip() == str(tmp_path)


def test_failure_carries_status_and_last_words(tmp_path):
    with pytest.raises(ReproduceError, match=r"sh -c: ended with status 3: the disk is full"):
        call(["sh", "-c", "echo the disk is full >&2; exit 3"], tmp_path)
