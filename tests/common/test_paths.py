"""Where files are kept: with a clone, without one, and where a variable says so."""

from __future__ import annotations

import pytest

from common import paths


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The package without a clone, called from another folder."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setattr(paths, "__file__", str(tmp_path / "site-packages" / "common" / "paths.py"))
    for variable in ("REPRODUCE_HOME", "REPRODUCE_RESULTS"):
        monkeypatch.delenv(variable, raising=False)
    return work


def test_without_a_clone_files_go_to_the_working_folder(installed):
    assert paths.project_root() == installed
    assert paths.results_folder() == installed / "results"


def test_a_clone_keeps_them(installed, tmp_path):
    clone = tmp_path / "site-packages"
    clone.mkdir()
    (clone / "pyproject.toml").touch()
    assert paths.results_folder() == clone / "results"


def test_variables_come_first(installed, tmp_path, monkeypatch):
    monkeypatch.setenv("REPRODUCE_HOME", str(tmp_path / "home"))
    assert paths.results_folder() == tmp_path / "home" / "results"
    monkeypatch.setenv("REPRODUCE_RESULTS", str(tmp_path / "elsewhere"))
    assert paths.results_folder() == tmp_path / "elsewhere"
