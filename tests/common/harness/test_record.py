"""A record is written whole or not at all, and read only where it is whole."""

import errno
import gzip
import json
import math
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from common.errors import DataError, StorageError, UsageError
from common.harness.record import (
    RunKey,
    RunResult,
    as_stored,
    read_record,
    read_records,
    write_record,
)


def files(results):
    return sorted(path.name for path in results.rglob("*") if path.is_file())


def test_what_was_written_is_read(run, results):
    key = run(seed=2, metrics={"accuracy": np.float32(0.5), "mcc": math.nan}, right=50)
    (record,) = read_records(results)
    assert record.key == key
    assert record.metrics["accuracy"] == 0.5
    assert math.isnan(record.metrics["mcc"])
    content = record.content
    assert content["complete"] is True
    assert (content["n_original"], content["n_effective"]) == (101, 100)
    assert content["settings"] == {"epochs": 100, "rate": 0.5, "units": 256}
    assert content["data_sha256"] == {"toy.fasta": "ab" * 32}
    assert content["provenance"]["device"] == "CPU, 2 cores"
    assert (content["seconds"], content["epochs"], content["padding_share"]) == (3600, 100, 0.04)
    assert content["n_parameters"] == 1234
    assert len(record.predictions) == 100
    history = pd.read_csv(key.path("history.csv", results))
    assert history["loss"].tolist() == [0.5, 0.25]


def test_a_run_that_trains_nothing_has_an_empty_history(results):
    table = pd.DataFrame({"id": ["a"], "truth": ["x"], "x": [1.0], "y": [0.0]})
    key = RunKey("full", "toy", "majority", "paper", 1)
    write_record(key, RunResult({}, table, 1, 1, "exact", {}, 0), {}, {"commit": "c"}, results)
    assert key.path("history.csv", results).read_text() == "epoch,loss\n"


def test_predictions_keep_float32_exactly_and_ids_as_text(run, results):
    rng = np.random.default_rng(0)
    numbers = rng.random((3, 2)).astype(np.float32)
    table = pd.DataFrame({"id": ["NA", "001", "1e5"], "truth": ["a", "NA", "a"]})
    table[["a", "NA"]] = numbers
    run(table=table, metrics={})
    found = read_records(results)[0].predictions
    assert found["id"].tolist() == ["NA", "001", "1e5"]
    assert found["truth"].tolist() == ["a", "NA", "a"]
    assert np.array_equal(found[["a", "NA"]].to_numpy(np.float32), numbers)


def test_same_run_writes_the_same_bytes(run, results):
    key = run()
    before = {path.name: path.read_bytes() for path in key.folder(results).iterdir()}
    run()
    assert {path.name: path.read_bytes() for path in key.folder(results).iterdir()} == before


def test_nothing_names_the_machine(run, results):
    key = run()
    text = key.path("json", results).read_text()
    for secret in (os.uname().nodename, str(results), str(Path.home())):
        assert secret not in text


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS])
@pytest.mark.parametrize("method", ["write_bytes", "write_text"])
def test_full_disk_leaves_the_earlier_record(run, results, monkeypatch, code, method):
    run(right=90)

    def fail(*_, **__):
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(Path, method, fail)
        with pytest.raises(StorageError):
            run(right=10)
    assert len(files(results)) == 3
    assert read_records(results)[0].metrics["accuracy"] == 0.9


def test_read_only_folder_leaves_nothing(run, results, monkeypatch):
    def refuse(*_, **__):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    with pytest.raises(StorageError, match="read-only"):
        run()
    assert files(results) == []


def test_json_is_renamed_last(run, results, monkeypatch):
    order, real = [], os.replace

    def replace(source, target):
        order.append(Path(target).name)
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    run()
    assert order[-1] == "seed1-fold0.json"
    assert len(order) == 3


def test_a_kill_between_the_renames_leaves_an_unfinished_run(run, results, monkeypatch):
    run(right=90)
    real = os.replace

    def replace(source, target):
        if Path(target).name.endswith("history.csv"):
            raise KeyboardInterrupt
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace)
        with pytest.raises(KeyboardInterrupt):
            run(right=10)
    assert read_records(results) == []
    run(right=10)
    assert read_records(results)[0].metrics["accuracy"] == 0.1


def test_temporary_files_are_not_records(run, results):
    key = run()
    (key.folder(results) / ".part-x.json").write_text("{")
    (key.folder(results) / "notes.json").write_text("{")
    assert len(read_records(results)) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text[: len(text) // 2], "not a whole JSON file"),
        (lambda text: text.replace('"complete": true', '"complete": false'), "not complete"),
        (lambda text: text.replace('"seed": 1', '"seed": 7'), "another run's record"),
        (lambda text: text.replace('"metrics"', '"metric"'), "lacks metrics"),
        (lambda text: text.replace('"profile": "full"', '"profile": "x"'), "key is missing"),
        (lambda text: "[]", "not complete"),
    ],
)
def test_damaged_json_is_named(run, results, change, message):
    path = run().path("json", results)
    path.write_text(change(path.read_text()))
    with pytest.raises(DataError, match=message) as caught:
        read_records(results)
    assert str(path) in str(caught.value)


def test_missing_predictions(run, results):
    key = run()
    key.path("predictions.csv.gz", results).unlink()
    with pytest.raises(DataError, match=r"seed1-fold0.predictions.csv.gz\) are missing"):
        read_records(results)


def test_other_predictions(run, results):
    key = run()
    path = key.path("predictions.csv.gz", results)
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b"0.93", b"0.94")))
    with pytest.raises(DataError, match="checksum") as caught:
        read_record(key.path("json", results))
    assert path.name in str(caught.value)


def test_predictions_that_changed_after_reading(run, results):
    record = read_record(run().path("json", results))
    record.path.with_name("seed1-fold0.predictions.csv.gz").unlink()
    with pytest.raises(DataError, match="missing"):
        _ = record.predictions


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"data_variant": "real"}, "data variant 'real' unknown"),
        ({"table": pd.DataFrame({"id": ["a"], "ER": [1.0]})}, "columns id, ER"),
        (
            {"table": pd.DataFrame({"id": ["P1"], "truth": ["ER"], "ER": [math.nan]})},
            "prediction for P1 is not a finite number",
        ),
        (
            {"table": pd.DataFrame({"id": ["P1", "P1"], "truth": ["ER"] * 2, "ER": [1.0, 1.0]})},
            "P1 has two predictions",
        ),
    ],
)
def test_refused_results_write_nothing(run, results, changes, message):
    with pytest.raises(UsageError, match=message):
        run(**changes)
    assert not results.exists()


def test_records_are_chosen_and_sorted(run, results):
    for profile, experiment, seed in [("quick", "b", 2), ("full", "b", 10), ("full", "a", 9)]:
        run(seed=seed, profile=profile, experiment=experiment)
    keys = [(r.key.profile, r.key.experiment, r.key.seed) for r in read_records(results)]
    assert keys == [("full", "a", 9), ("full", "b", 10), ("quick", "b", 2)]
    assert len(read_records(results, profile="full")) == 2
    assert len(read_records(results, paper="toy", experiment="b", variant="paper")) == 2
    assert read_records(results, paper="other") == []


def test_distributions_are_a_truth_too(run, results):
    table = pd.DataFrame({"id": ["t1"], "truth:Cytosol": [0.25], "Cytosol": [0.5]})
    run(table=table, metrics={})
    assert read_records(results)[0].predictions["truth:Cytosol"].tolist() == [0.25]


def test_values_as_json_keeps_them():
    value = {"a": np.float32(0.5), 1: (np.int64(2), math.inf), "p": Path("/x/y.txt"), "s": {2, 1}}
    stored = as_stored(value)
    assert stored == {"a": 0.5, "1": [2, None], "p": "y.txt", "s": [1, 2]}
    json.dumps(stored, allow_nan=False)


def test_key_of_a_record(run, results):
    run(fold=3)
    assert read_records(results)[0].key == RunKey("full", "toy", "a", "paper", 1, 3)


def test_further_tables_come_back(run, results, predictions_of):
    more = {"setHARD": predictions_of(30, 10), "membrane": predictions_of(8, 8, ("M", "S"))}
    run(tables=more)
    record = read_records(results)[0]
    assert list(record.tables) == ["", "membrane", "setHARD"]
    assert record.tables[""].equals(record.predictions)
    assert record.tables["setHARD"]["id"].tolist() == more["setHARD"]["id"].tolist()
    assert len(read_records(results)) == 1


def test_damaged_further_table_is_found(run, results, predictions_of):
    key = run(tables={"setHARD": predictions_of(30, 10)})
    path = key.path("setHARD.predictions.csv.gz", results)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(DataError, match=r"setHARD.predictions.csv.gz: the checksum"):
        read_record(key.path("json", results))
    path.unlink()
    with pytest.raises(DataError, match=r"setHARD.predictions.csv.gz\) are missing"):
        read_record(key.path("json", results))


def test_table_names_and_contents_are_checked(run, predictions_of):
    with pytest.raises(UsageError, match="named 'a/b'"):
        run(tables={"a/b": predictions_of(3, 3)})
    with pytest.raises(UsageError, match="has two predictions"):
        run(tables={"hard": predictions_of(3, 3).assign(id="P1")})
