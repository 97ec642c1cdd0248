"""Telling the two layouts apart, and their indices."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from common.errors import DataError
from common.features.layouts import Entry, flat_index, is_flat, named_index


@pytest.fixture
def file(tmp_path):
    with h5py.File(tmp_path / "x.h5", "w") as opened:
        yield opened


def test_proteins_that_are_called_like_the_parts_do_not_make_a_file_flat(file):
    for name in ("values", "offsets", "ids"):
        file[name] = np.ones((3, 4))
    assert not is_flat(file)
    entries, widths = named_index(file, "x.h5")
    assert entries["ids"] == Entry("ids", 0, 3)
    assert widths == {"ids": 4, "offsets": 4, "values": 4}


def test_flat_index_gives_first_row_and_length(file):
    file["values"] = np.ones((7, 4))
    file["offsets"] = np.array([0, 5, 7])
    file.create_dataset("ids", data=["b", "a"], dtype=h5py.string_dtype())
    assert is_flat(file)
    entries, widths = flat_index(file, "x.h5")
    assert entries == {"b": Entry("values", 0, 5), "a": Entry("values", 5, 2)}
    assert widths == {"b": 4, "a": 4}


@pytest.mark.parametrize(
    ("offsets", "ids"),
    [
        ([0, 5, 6], ["a", "b"]),
        ([0, 7], ["a", "b"]),
        ([1, 5, 7], ["a", "b"]),
        ([0, 7, 7], ["a", "b"]),
        ([0, 5, 7], ["a", "a"]),
    ],
)
def test_flat_parts_that_contradict_each_other_are_an_error(file, offsets, ids):
    file["values"] = np.ones((7, 4))
    file["offsets"] = np.array(offsets)
    file.create_dataset("ids", data=ids, dtype=h5py.string_dtype())
    with pytest.raises(DataError, match=r"x\.h5: ids, offsets and values do not fit together"):
        flat_index(file, "x.h5")


def test_ids_with_slashes_are_found_inside_groups(file):
    file["tr/A0/x"] = np.ones((2, 3), dtype="float16")
    file["P1"] = np.ones((5, 3), dtype="float16")
    entries, _ = named_index(file, "x.h5")
    assert entries == {"P1": Entry("P1", 0, 5), "tr/A0/x": Entry("tr/A0/x", 0, 2)}


def test_original_ids_stored_as_bytes_are_read(file):
    file["hash"] = np.ones((2, 3))
    file["hash"].attrs["original_id"] = np.bytes_("P1")
    assert list(named_index(file, "x.h5")[0]) == ["P1"]
