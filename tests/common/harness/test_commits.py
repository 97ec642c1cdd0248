"""What git knows of the code and the results, in a checkout of its own."""

import subprocess

import pytest

from common.errors import UsageError
from common.harness import claims, compare
from common.harness import commits as module
from common.harness.commits import committed, git_state, made_by_other_code
from common.harness.record import read_records
from common.harness.tables import as_table


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Folder of a project that is no checkout yet."""
    monkeypatch.setattr(module, "code_root", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def git(project):
    """Runs git there and gives what it prints."""

    def run_git(*arguments):
        command = ["git", "-c", "user.name=T", "-c", "user.email=t@example.org", *arguments]
        done = subprocess.run(command, cwd=project, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    return run_git


@pytest.fixture
def commit(git, project):
    """Writes a file, commits everything and gives the commit."""

    def write(path, text):
        (project / path).parent.mkdir(exist_ok=True)
        (project / path).write_text(text)
        git("add", ".")
        git("commit", "--allow-empty", "-m", "one")
        return git("rev-parse", "HEAD")

    return write


def test_commit_and_changes(project, git, commit):
    assert git_state() == ("unknown", None)
    git("init")
    found = commit("code.py", "1")
    assert len(found) == 40
    assert git_state() == (found, False)
    (project / "results").mkdir()
    (project / "results" / "x.json").write_text("{}")
    assert git_state() == (found, False)
    (project / "code.py").write_text("2")
    assert git_state() == (found, True)


def test_records_of_other_code_are_told_of(git, commit, run, results):
    run(provenance={"commit": "0" * 40})
    assert made_by_other_code(read_records(results)) == {}
    git("init")
    first, second = commit("common/code.py", "a = 1"), commit("common/code.py", "a = 2")
    for seed, made in ((1, first), (2, first), (3, second), (4, "0" * 40)):
        run(seed, provenance={"commit": made})
    assert made_by_other_code(read_records(results)) == {first: 2}


def test_committed_table(project, git, commit):
    def verdict(name=None):
        return committed("comparison.csv", compare.read_comparison, name).loc[0, "verdict"]

    def write(verdict):
        row = compare.Row(*("p", "Table 1", "r", "c", "accuracy", "percent"), 80.0, 1.0, "sd")
        table = as_table([row], compare.Row).assign(verdict=verdict)
        compare.write_comparison(table, project / "results")

    assert committed("comparison.csv", compare.read_comparison) is None
    git("init")
    (project / "results").mkdir()
    write("equivalent")
    commit("note", "first")
    with pytest.raises(UsageError, match="has not the columns of today. Name a later commit"):
        committed("comparison.csv", claims.read_claims)
    write("lower")
    assert verdict() == "equivalent"
    with pytest.raises(UsageError, match="no commit 'HEAD~1' with results/comparison.csv"):
        verdict("HEAD~1")
    commit("note", "second")
    assert [verdict(name) for name in (None, "HEAD", "HEAD~1")] == ["lower", "lower", "equivalent"]
