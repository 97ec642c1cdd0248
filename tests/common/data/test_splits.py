"""Splits and folds: exact counts, and the same for the same ids and seed."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from common.data.splits import (
    largest_remainder,
    read_split,
    stratified_folds,
    stratified_split,
    write_split,
)
from common.errors import DataError, UsageError

COUNTS = {"ER": 198, "Golgi": 150, "nuclear": 837, "rare": 1, "pair": 2}
LABELS = [label for label, count in COUNTS.items() for _ in range(count)]
IDS = [f"P{i:05d}" for i in range(len(LABELS))]


@pytest.mark.parametrize(
    ("n", "fractions", "counts"),
    [
        (5, {"a": 0.8, "b": 0.2}, [4, 1]),
        (198, {"a": 0.8, "b": 0.2}, [158, 40]),
        (7, {"a": 0.5, "b": 0.3, "c": 0.2}, [4, 2, 1]),
        (10, {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}, [4, 3, 3]),
        (1, {"a": 0.5, "b": 0.5}, [1, 0]),
        (10, {"a": 0.35, "b": 0.15, "c": 0.5}, [4, 1, 5]),
        (0, {"a": 0.5, "b": 0.5}, [0, 0]),
        (1000, {"a": 0.1, "b": 0.2, "c": 0.7}, [100, 200, 700]),
    ],
)
def test_largest_remainder(n: int, fractions: dict[str, float], counts: list[int]) -> None:
    assert list(largest_remainder(n, fractions).values()) == counts


@pytest.mark.parametrize("fractions", [{}, {"a": 0.5}, {"a": 1.2, "b": -0.2}, {"a": 1, "b": 0}])
def test_fractions_must_add_up_to_one(fractions: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="fractions"):
        largest_remainder(10, fractions)


def test_every_class_has_its_exact_share() -> None:
    split = stratified_split(LABELS, seed=3, ids=IDS)
    test = Counter(label for label, part in zip(LABELS, split, strict=True) if part == "test")
    assert test == {"ER": 40, "Golgi": 30, "nuclear": 167}
    assert set(split) == {"train", "test"}


def test_the_order_of_the_table_does_not_matter() -> None:
    order = np.random.default_rng(0).permutation(len(IDS))
    split = stratified_split(LABELS, seed=3, ids=IDS)
    folds = stratified_folds(LABELS, 5, seed=3, ids=IDS)
    labels, ids = [LABELS[i] for i in order], [IDS[i] for i in order]
    assert (stratified_split(labels, seed=3, ids=ids) == split[order]).all()
    assert (stratified_folds(labels, 5, seed=3, ids=ids) == folds[order]).all()


def test_seeds_differ_and_repeat() -> None:
    first, again, other = (stratified_split(LABELS, seed=s, ids=IDS) for s in (1, 1, 2))
    assert (first == again).all()
    overlap = ((first == "test") & (other == "test")).sum() / (first == "test").sum()
    assert 0.1 < overlap < 0.3


def test_the_split_is_this_one_for_ever() -> None:
    """The last two by BLAKE2b of seed, tab and id, here computed apart from the module."""
    ids = [f"P{i}" for i in range(10)]
    ranks = {name: hashlib.blake2b(f"0\t{name}".encode(), digest_size=16).digest() for name in ids}
    last = sorted(ids, key=ranks.__getitem__)[-2:]
    split = stratified_split(["a"] * 10, seed=0, ids=ids)
    assert {name for name, part in zip(ids, split, strict=True) if part == "test"} == {"P1", "P9"}
    assert set(last) == {"P1", "P9"}


@pytest.mark.parametrize("k", [2, 5, 10])
def test_folds_differ_by_one_record_at_most(k: int) -> None:
    folds = stratified_folds(LABELS, k, seed=1, ids=IDS)
    assert np.ptp(np.bincount(folds, minlength=k)) <= 1
    for label in COUNTS:
        of_class = folds[np.array(LABELS) == label]
        assert np.ptp(np.bincount(of_class, minlength=k)) <= 1


@pytest.mark.parametrize("k", [0, 1, 4])
def test_number_of_folds_is_checked(k: int) -> None:
    with pytest.raises(UsageError, match=f"received {k} folds for 3 records"):
        stratified_folds(["a"] * 3, k, ids=["x", "y", "z"])


def test_ids_are_checked() -> None:
    with pytest.raises(DataError, match="1 ids come more than once: P1"):
        stratified_split(["a", "a"], ids=["P1", "P1"])
    with pytest.raises(DataError, match="1 ids for 2 labels"):
        stratified_split(["a", "a"], ids=["P1"])


def test_split_file_comes_back_in_any_order(tmp_path: Path) -> None:
    split = stratified_split(LABELS, ids=IDS)
    write_split(tmp_path / "split.csv", IDS, split)
    assert (read_split(tmp_path / "split.csv", IDS) == split).all()
    assert (read_split(tmp_path / "split.csv", IDS[::-1]) == split[::-1]).all()
    write_split(tmp_path / "turned.csv", IDS[::-1], split[::-1])
    assert (tmp_path / "turned.csv").read_bytes() == (tmp_path / "split.csv").read_bytes()


def test_an_id_that_looks_like_a_number_or_missing_stays_text(tmp_path: Path) -> None:
    write_split(tmp_path / "split.csv", ["007", "NA"], ["train", "test"])
    assert list(read_split(tmp_path / "split.csv", ["NA", "007"])) == ["test", "train"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("id,split\na,train\n", "no split for 2 in all: b, c"),
        ("id,split\na,train\nb,test\nc,test\nd,test\n", "unknown ids, 1 in all: d"),
        ("id,split\na,train\nb,test\nb,train\nc,test\n", "1 ids come more than once: b"),
        ("id,fold\na,1\n", r"columns \['id', 'fold'\]"),
        ("id,split\na,\nb,test\nc,test\n", "empty cells"),
        ("", "not a split file"),
    ],
)
def test_wrong_split_files_are_refused(tmp_path: Path, content: str, fault: str) -> None:
    path = tmp_path / "split.csv"
    path.write_text(content)
    with pytest.raises(DataError, match=fault) as caught:
        read_split(path, ["a", "b", "c"])
    assert str(path) in str(caught.value)


def test_missing_split_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not a split file"):
        read_split(tmp_path / "none.csv", ["a"])
