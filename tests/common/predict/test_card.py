"""Cards are read as they were written, and only with their own weights."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import tiny

from common.errors import DataError
from common.predict.card import digest_of, read_card, weights_of, write_card


@pytest.fixture
def path(tmp_path):
    place = tmp_path / "tiny.json"
    weights_of(place).write_bytes(b"weights")
    write_card(place, replace(tiny.card(), weights_sha256=digest_of(weights_of(place))))
    return place


def test_what_was_written_is_read(path):
    found = read_card(path)
    assert found == replace(tiny.card(), weights_sha256=found.weights_sha256)
    assert found.labels == tiny.LABELS
    assert found.summary == "accuracy 0.500 on 10 (simulated)"


def test_other_weights_are_refused(path):
    weights_of(path).write_bytes(b"others")
    with pytest.raises(DataError, match=r"tiny.npz: not the weights"):
        read_card(path)
    weights_of(path).unlink()
    with pytest.raises(DataError, match="weights are missing"):
        read_card(path)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda content: content.pop("labels"), "lacks labels"),
        (lambda content: content.update(surprise=1), "not a model card"),
        (lambda content: content.update(task="regression"), "task 'regression'"),
    ],
)
def test_other_files_are_no_cards(path, change, fault):
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    with pytest.raises(DataError, match=fault):
        read_card(path)


def test_neither_json_nor_there(path, tmp_path):
    path.write_text("{")
    with pytest.raises(DataError, match="not a model card"):
        read_card(path)
    with pytest.raises(DataError, match="no such model card"):
        read_card(tmp_path / "none.json")


def test_summary_of_other_tasks():
    assert tiny.card(metrics={"f1_micro": 0.51}).summary.startswith("micro F1 0.510")
    both = {"pearson:a": 0.5, "pearson:b": 0.7}
    assert tiny.card(metrics=both).summary.startswith("mean Pearson r 0.600")
