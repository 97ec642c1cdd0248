"""Files of predictions: order, windows, bad records, and a stop at any moment."""

from __future__ import annotations

import gzip
import json
import os
import time
from contextlib import suppress
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
import tiny
from processes import start_process

from common.data.fasta import Record, write_fasta
from common.errors import DataError, StorageError, UsageError
from common.predict.stream import check_target, predict_file, predict_to


@pytest.fixture
def fasta(tmp_path):
    path = tmp_path / "in.fasta"
    proteins = tiny.random_proteins(150)
    write_fasta([Record(name, "x", text) for name, text in proteins.items()], path)
    return path


def read(path):
    return pd.read_csv(path, sep="\t", keep_default_na=False)


def test_table_is_that_of_one_call_in_input_order(predictor, fasta, tmp_path):
    out = tmp_path / "out.tsv"
    done = predict_file(predictor, fasta, out, window=32)
    table, whole = read(out), predictor.predict(fasta)
    assert table["id"].tolist() == whole["id"].tolist()
    assert list(table.columns) == list(whole.columns)
    labels = list(tiny.LABELS)
    assert np.abs(table[labels].to_numpy() - whole[labels].to_numpy()).max() < 2e-6
    assert (done.read, done.predicted, done.rejected) == (150, 150, 0)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.fasta", "out.tsv"]


def test_gzip_in_and_out_and_json_lines(predictor, fasta, tmp_path):
    packed, out = tmp_path / "in.fasta.gz", tmp_path / "out.jsonl.gz"
    packed.write_bytes(gzip.compress(fasta.read_bytes()))
    predict_file(predictor, packed, out, form="jsonl", window=40)
    rows = [json.loads(line) for line in gzip.decompress(out.read_bytes()).splitlines()]
    assert len(rows) == 150
    assert set(rows[0]["probabilities"]) == set(tiny.LABELS)
    assert isinstance(rows[0]["attention"][0], int)
    plain = BytesIO()
    predict_to(predictor, fasta, plain, form="jsonl", window=40)
    assert plain.getvalue() == gzip.decompress(out.read_bytes())


def test_bad_record_stops_and_names_itself_and_nothing_is_left_half(predictor, tmp_path):
    path, out = tmp_path / "in.fasta", tmp_path / "out.tsv"
    path.write_text(">a\nMKT\n>b\nMK1\n>c\nMKV\n")
    with pytest.raises(DataError, match="b: 1 letter outside"):
        predict_file(predictor, path, out, window=1)
    assert not out.exists()


def test_bad_records_are_listed_with_their_reasons(predictor, tmp_path):
    path, out = tmp_path / "in.fasta", tmp_path / "out.tsv"
    path.write_text(">a\nMKT\n>b\nMK1\n>\nMKL\n>c\n>a\nMKTT\n>a\nmkt\n>d\nMKV\n>e\n")
    done = predict_file(predictor, path, out, window=2, skip_bad=True)
    assert read(out)["id"].tolist() == ["a", "d"]
    bad = read(tmp_path / "out.tsv.rejected.tsv")
    assert list(bad.columns) == ["record", "fault", "remedy"]
    assert len(bad) == 5
    assert bad["fault"].str.contains("outside the protein alphabet").sum() == 1
    assert bad["fault"].str.contains("header is empty").sum() == 1
    assert bad["fault"].str.contains("sequence is empty").sum() == 2
    assert bad["fault"].str.contains("another sequence").sum() == 1
    assert (done.read, done.predicted, done.repeated, done.rejected) == (5, 2, 1, 5)


@pytest.mark.parametrize("window", [1, 2, 3, 10])
def test_bad_records_are_listed_in_their_order(predictor, tmp_path, window):
    path, out = tmp_path / "in.fasta", tmp_path / "out.tsv"
    path.write_text(">a\nMK1\n>b\n>c\nMKT\n>d\nMK2\n>e\n>f\nMK3\n>g\n")
    predict_file(predictor, path, out, window=window, skip_bad=True)
    records = read(tmp_path / "out.tsv.rejected.tsv")["record"]
    assert [record.rstrip(")")[-1] for record in records] == list("abdefg")


def test_the_first_bad_record_is_named_whatever_is_wrong_with_it(predictor, tmp_path):
    path = tmp_path / "in.fasta"
    path.write_text(">a\nMKT\n>b\nMK1\n>\nMKV\n")
    with pytest.raises(DataError, match="b: 1 letter outside"):
        predict_file(predictor, path, tmp_path / "out.tsv")


def test_a_failed_start_keeps_the_list_of_a_finished_table(predictor, tmp_path):
    path, out = tmp_path / "in.fasta", tmp_path / "out.tsv"
    path.write_text(">a\nMKT\n>b\nMK1\n")
    predict_file(predictor, path, out, skip_bad=True)
    listed = tmp_path / "out.tsv.rejected.tsv"
    before = listed.read_bytes(), out.read_bytes()
    with pytest.raises(DataError):
        predict_file(predictor, path, out)
    assert (listed.read_bytes(), out.read_bytes()) == before
    path.write_text(">a\nMKT\n>b\nMKL\n")
    predict_file(predictor, path, out)
    assert not listed.exists()


def test_a_copy_of_the_same_content_goes_on(predictor, fasta, tmp_path):
    copy, out, reads = tmp_path / "copy.fasta", tmp_path / "out.tsv", []
    copy.write_bytes(fasta.read_bytes())
    with pytest.raises(RuntimeError):
        predict_file(predictor, fasta, out, window=32, report=_stop, content="same")
    predict_file(
        predictor, copy, out, window=32, content="same", report=lambda done: reads.append(done.read)
    )
    assert reads[0] == 64
    assert read(out)["id"].tolist() == predictor.predict(fasta)["id"].tolist()


def test_a_stream_on_a_full_disk(predictor, fasta):
    with (
        open("/dev/full", "wb", buffering=0) as full,
        pytest.raises(StorageError, match="no space"),
    ):
        predict_to(predictor, fasta, full)


def test_an_output_that_cannot_be_written_is_found_at_once(fasta, tmp_path):
    long = tmp_path / f"{'x' * 300}.tsv"
    with pytest.raises(StorageError, match="this name is too long"):
        check_target(fasta, long)
    with pytest.raises(StorageError, match="a file stands where a folder is needed"):
        check_target(fasta, fasta / "out.tsv")
    check_target(fasta, tmp_path / "out.tsv")
    assert [path.name for path in tmp_path.iterdir()] == ["in.fasta"]


def test_nothing_good_gives_a_table_without_rows(predictor, tmp_path):
    path, out = tmp_path / "in.fasta", tmp_path / "out.tsv"
    path.write_text(">a\nMK1\n")
    predict_file(predictor, path, out, skip_bad=True)
    assert list(read(out).columns)[:3] == ["id", "length", "location"]
    assert len(read(out)) == 0


def test_faults_of_the_whole_file(predictor, tmp_path):
    empty = tmp_path / "empty.fasta"
    empty.write_text("")
    for skip in (False, True):
        with pytest.raises(DataError, match="empty"):
            predict_file(predictor, empty, tmp_path / "out.tsv", skip_bad=skip)
    with pytest.raises(DataError, match="no such file"):
        predict_file(predictor, tmp_path / "none.fasta", tmp_path / "out.tsv")
    assert [path.name for path in tmp_path.iterdir()] == ["empty.fasta"]
    with pytest.raises(UsageError, match="'csv'"):
        predict_file(predictor, empty, tmp_path / "out.csv", form="csv")


def test_a_bad_record_of_the_first_window_leaves_nothing(predictor, tmp_path):
    path = tmp_path / "in.fasta"
    path.write_text(">a\nMKV\n>b\nMK1\n")
    with pytest.raises(DataError, match="b: 1 letter"):
        predict_file(predictor, path, tmp_path / "out.tsv")
    assert [path.name for path in tmp_path.iterdir()] == ["in.fasta"]


def test_a_truncated_file_leaves_nothing_of_its_whole_windows(predictor, fasta, tmp_path):
    path, windows = tmp_path / "in.fasta.gz", []
    content = gzip.compress(fasta.read_bytes())
    path.write_bytes(content[: len(content) * 9 // 10])
    with pytest.raises(DataError, match="truncated"):
        predict_file(predictor, path, tmp_path / "out.tsv", window=8, report=windows.append)
    assert windows
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.fasta", "in.fasta.gz"]


def test_folder_that_is_a_file(predictor, fasta, tmp_path):
    with pytest.raises(StorageError):
        predict_file(predictor, fasta, fasta / "out.tsv")


def test_another_input_starts_anew(predictor, fasta, tmp_path):
    out = tmp_path / "out.tsv"
    with pytest.raises(RuntimeError):
        predict_file(predictor, fasta, out, window=32, report=_stop)
    assert (tmp_path / "out.tsv.state.json").exists()
    write_fasta([Record("z", "", "MKT"), Record("y", "", "MKV")], fasta)
    predict_file(predictor, fasta, out, window=32)
    assert read(out)["id"].tolist() == ["z", "y"]


def _stop(done):
    raise RuntimeError


def test_a_stop_between_windows_goes_on_behind_the_last(predictor, fasta, tmp_path):
    whole, out = tmp_path / "whole.tsv", tmp_path / "out.tsv"
    predict_file(predictor, fasta, whole, window=32)
    starts = 0
    while not out.exists():
        starts += 1
        try:
            predict_file(predictor, fasta, out, window=32, report=_stop)
        except RuntimeError:
            with (tmp_path / "out.tsv.part").open("ab") as part:
                part.write(b"half a line of a window that was not fini")
    assert starts == 6
    assert out.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize("part", ["moved", "deleted"])
def test_a_state_without_its_file_is_not_trusted(predictor, fasta, tmp_path, monkeypatch, part):
    whole, out = tmp_path / "whole.tsv", tmp_path / "out.tsv"
    predict_file(predictor, fasta, whole, window=64)
    replace = os.replace

    def stop_behind(source, target):
        if str(source).endswith("out.tsv.part"):
            if part == "moved":
                replace(source, target)
            raise RuntimeError
        replace(source, target)

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(os, "replace", stop_behind)
        predict_file(predictor, fasta, out, window=64)
    (tmp_path / "out.tsv.part").unlink(missing_ok=True)
    predict_file(predictor, fasta, out, window=64)
    assert out.read_bytes() == whole.read_bytes()


def test_work_begun_anew_does_not_go_on_with_an_older_state(predictor, fasta, tmp_path):
    out = tmp_path / "out.tsv"
    with pytest.raises(RuntimeError):
        predict_file(predictor, fasta, out, window=32, report=_stop)
    with pytest.raises(DataError):
        predict_file(predictor, tmp_path / "none.fasta", out, window=32)
    assert not (tmp_path / "out.tsv.state.json").exists()


@pytest.mark.parametrize("window", [1, 2, 3, 4])
def test_bad_records_at_the_end_are_listed_once(predictor, tmp_path, window):
    path, out = tmp_path / "in.fasta", tmp_path / "out.tsv"
    path.write_text(">a\nMKT\n>b\nMKV\n>c\n>d\n")
    for _ in range(4):
        with suppress(RuntimeError):
            if not out.exists():
                predict_file(predictor, path, out, window=window, skip_bad=True, report=_stop)
    assert read(out)["id"].tolist() == ["a", "b"]
    assert len(read(tmp_path / "out.tsv.rejected.tsv")) == 2
    done = predict_file(predictor, path, tmp_path / "b.tsv", window=window, skip_bad=True)
    assert (done.rejected, done.ended) == (2, True)


def test_a_stop_at_a_bad_record_goes_on_where_it_is_skipped(predictor, tmp_path):
    path, out = tmp_path / "in.fasta", tmp_path / "out.tsv"
    path.write_text(">a\nMKT\n>b\nMK1\n>c\nMKV\n")
    with pytest.raises(DataError, match="b: 1 letter"):
        predict_file(predictor, path, out, window=1)
    reads = []
    predict_file(
        predictor, path, out, window=1, skip_bad=True, report=lambda done: reads.append(done.read)
    )
    assert reads[0] == 2
    assert read(out)["id"].tolist() == ["a", "c"]


def test_records_that_were_skipped_are_not_where_it_must_stop(predictor, tmp_path):
    path, out = tmp_path / "in.fasta", tmp_path / "out.tsv"
    path.write_text(">a\nMK1\n>b\nMKV\n")
    with pytest.raises(RuntimeError):
        predict_file(predictor, path, out, window=1, skip_bad=True, report=_stop)
    with pytest.raises(DataError, match="a: 1 letter"):
        predict_file(predictor, path, out, window=1)


def test_a_second_start_on_the_same_output_is_refused(predictor, fasta, tmp_path):
    out = tmp_path / "out.tsv"

    def again(done):
        with pytest.raises(UsageError, match="another process is writing it"):
            predict_file(predictor, fasta, out)

    predict_file(predictor, fasta, out, report=again)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.fasta", "out.tsv"]


def test_targets_that_cannot_be(predictor, fasta, tmp_path):
    content = fasta.read_bytes()
    (tmp_path / "link").symlink_to(fasta)
    for target in (fasta, tmp_path / "link"):
        with pytest.raises(UsageError, match="the output is the input itself"):
            predict_file(predictor, fasta, target)
    with pytest.raises(UsageError, match="is a folder. Name a file in it"):
        predict_file(predictor, fasta, tmp_path)
    assert fasta.read_bytes() == content
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.fasta", "link"]


@pytest.mark.long
def test_five_kills_at_random_moments_change_no_byte(tmp_path):
    path = tmp_path / "in.fasta"
    proteins = tiny.random_proteins(5000, 1)
    write_fasta([Record(name, "", text) for name, text in proteins.items()], path)
    whole, out = tmp_path / "whole.tsv", tmp_path / "out.tsv"
    _finish(path, whole)
    state, rng = tmp_path / "out.tsv.state.json", np.random.default_rng()
    for kill in range(5):
        before = state.stat().st_mtime_ns if state.exists() else 0
        process = start_process(tiny.predict_to_file, path, out)
        _wait(state, before, process)
        time.sleep(rng.uniform(0, 0.2))
        assert process.exitcode is None, f"it ended before kill {kill + 1}"
        process.kill()
        process.join()
    assert not out.exists()
    _finish(path, out)
    assert out.read_bytes() == whole.read_bytes()
    assert len(read(out)) == 5000


def _finish(source, target):
    process = start_process(tiny.predict_to_file, source, target)
    process.join(300)
    assert process.exitcode == 0


def _wait(path, before, process):
    """Until the state is noted anew."""
    for _ in range(2000):
        if process.exitcode is not None or (path.exists() and path.stat().st_mtime_ns > before):
            return
        time.sleep(0.05)
