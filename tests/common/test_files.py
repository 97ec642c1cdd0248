"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import subprocess
import sys

import pytest

from common.errors import DataError, StorageError, UsageError
from common.files import (
    check_writable,
    locked,
    only_writer,
    storage_error,
    write_whole,
    written_whole,
)


def test_a_file_takes_its_place_only_when_it_is_whole(tmp_path):
    path = tmp_path / "a" / "b.csv"
    with written_whole(path) as temporary:
        temporary.write_text("new")
        assert not path.exists()
    assert path.read_text() == "new"
    assert [p.name for p in path.parent.iterdir()] == ["b.csv"]


def test_an_error_keeps_the_old_file_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "b.csv"
    path.write_text("old")
    with pytest.raises(ValueError, match="half"), written_whole(path) as temporary:
        temporary.write_text("ne")
        raise ValueError("half way")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["b.csv"]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "no space left"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "not permitted"),
        (errno.ENOTDIR, "a file stands"),
    ],
)
def test_storage_faults_name_the_file_and_the_remedy(tmp_path, number, words):
    def fail(path):
        raise OSError(number, "made up")

    with pytest.raises(StorageError, match=words) as caught:
        write_whole(tmp_path / "b.csv", fail)
    assert str(tmp_path / "b.csv") in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("REPRODUCE_RESULTS", "with REPRODUCE_RESULTS"),
        ("REPRODUCE_RUNS", "with REPRODUCE_RUNS"),
        ("REPRODUCE_DATA", "with REPRODUCE_DATA"),
        ("HOME", "Name an output in a writable folder"),
    ],
)
def test_the_remedy_names_the_folder_that_is_at_fault(tmp_path, monkeypatch, variable, words):
    monkeypatch.setenv(variable, str(tmp_path))
    error = storage_error(tmp_path / "deep" / "file", OSError(errno.EROFS, "made up"))
    assert words in str(error)


def test_other_faults_stay_what_they_are(tmp_path):
    def fail(path):
        raise OSError(errno.EIO, "made up")

    with pytest.raises(OSError, match="made up") as caught:
        write_whole(tmp_path / "b.csv", fail)
    assert not isinstance(caught.value, StorageError)


def test_exit_codes_differ_by_kind():
    codes = [error("r", "f", "m").exit_code for error in (UsageError, DataError, StorageError)]
    assert codes == [2, 3, 4]
    assert str(DataError("P1", "no sequence", "Add one")) == "P1: no sequence. Add one"


def test_asking_whether_a_file_can_be_written_leaves_no_folder(tmp_path):
    check_writable(tmp_path / "new" / "deeper" / "b.tsv")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "old").mkdir()
    check_writable(tmp_path / "old" / "b.tsv")
    assert [p.name for p in tmp_path.iterdir()] == ["old"]
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="a file stands where a folder is needed"):
        check_writable(tmp_path / "file" / "new" / "b.tsv")


def test_a_writer_that_wrote_nothing_leaves_no_folder(tmp_path):
    with pytest.raises(ValueError, match="bad"), only_writer(tmp_path / "new" / "b.tsv"):
        raise ValueError("bad record")
    assert list(tmp_path.iterdir()) == []
    with only_writer(tmp_path / "new" / "b.tsv"):
        (tmp_path / "new" / "b.tsv").write_text("kept")
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["b.tsv"]


def test_a_lock_keeps_a_second_process_waiting(tmp_path):
    path = tmp_path / "made.txt"
    code = (
        "import sys, time; from pathlib import Path; from common.files import locked\n"
        "path = Path(sys.argv[1])\n"
        "with locked(path):\n"
        "    print('held', flush=True); time.sleep(float(sys.argv[2])); path.write_text('first')"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", code, str(path), "1"], stdout=subprocess.PIPE, text=True
    )
    assert first.stdout.readline() == "held\n"
    with locked(path):
        assert path.read_text() == "first"
    assert first.wait() == 0


def test_the_lock_of_a_killed_process_is_free(tmp_path):
    path = tmp_path / "made.txt"
    code = (
        "import sys, time; from pathlib import Path; from common.files import locked\n"
        "with locked(Path(sys.argv[1])):\n"
        "    print('held', flush=True); time.sleep(60)"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert first.stdout.readline() == "held\n"
    first.kill()
    first.wait()
    with locked(path):
        assert not path.exists()
