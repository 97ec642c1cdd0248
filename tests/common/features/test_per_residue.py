"""Reading and writing of per-residue features in both layouts."""

from __future__ import annotations

import copy
import itertools
import json
from types import SimpleNamespace

import h5py
import numpy as np
import pytest

from common.errors import DataError, StorageError
from common.features.per_residue import PerResidueStore, write_store

LENGTHS = {"P1": 5, "Q2/a.b": 3, "R3": 8}


@pytest.fixture
def arrays() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {name: rng.random((n, 4)).astype("float16") for name, n in LENGTHS.items()}


def write_named(path, arrays) -> None:
    """The layout of bio_embeddings and ProtTrans: a data set for each protein."""
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            file[name] = array


def write_flat(path, arrays) -> None:
    write_store(path, arrays.items(), {})


@pytest.fixture(params=[write_flat, write_named], ids=["flat", "named"])
def store(request, tmp_path, arrays) -> PerResidueStore:
    request.param(tmp_path / "features.h5", arrays)
    return PerResidueStore(tmp_path / "features.h5", width=4)


def test_layout_is_recognised(tmp_path, arrays):
    write_flat(tmp_path / "flat.h5", arrays)
    write_named(tmp_path / "named.h5", arrays)
    assert PerResidueStore(tmp_path / "flat.h5").layout == "flat"
    assert PerResidueStore(tmp_path / "named.h5").layout == "one data set per id"


def test_read_gives_back_what_was_written(store, arrays):
    assert store.width == 4
    assert len(store) == 3
    assert set(store.ids) == set(arrays)
    assert "P1" in store and "P9" not in store
    for name, array in arrays.items():
        read = store.read(name)
        assert read.dtype == np.float16
        np.testing.assert_array_equal(read, array)


def test_read_many_keeps_the_order_asked_for(store, arrays):
    names = ["R3", "P1", "R3", "Q2/a.b"]
    values, lengths = store.read_many(names)
    np.testing.assert_array_equal(lengths, [8, 5, 8, 3])
    np.testing.assert_array_equal(values, np.concatenate([arrays[name] for name in names]))
    np.testing.assert_array_equal(store.lengths(names), [8, 5, 8, 3])


def test_check_accepts_a_file_that_fits(store):
    store.check(list(LENGTHS), list(LENGTHS.values()), values=True)


def test_missing_id_is_named_with_the_file(store):
    with pytest.raises(DataError, match=r"features.h5: P9: missing among the file's 3 proteins"):
        store.read("P9")
    with pytest.raises(DataError, match=r"P8: missing \(as are 1 more ids\)"):
        store.check(["P1", "P8", "P9"], [5, 1, 1])


def test_renamed_id_is_hinted_at(tmp_path):
    write_named(tmp_path / "x.h5", {"sp_P1_2": np.ones((2, 4))})
    with pytest.raises(DataError, match=r"sp/P1.2: missing .* \(it has sp_P1_2\)"):
        PerResidueStore(tmp_path / "x.h5").read("sp/P1.2")


def test_length_that_differs_from_the_sequence_is_an_error(store):
    with pytest.raises(DataError, match=r"features.h5: R3: 8 rows for a sequence of 10 residues"):
        store.check(["P1", "R3"], [5, 10])


def test_width_other_than_the_models_is_an_error(store):
    with pytest.raises(DataError, match="4 features per residue, and not 1024"):
        PerResidueStore(store.path, width=1024).read("P1")


def test_one_protein_of_another_width_is_named(tmp_path, arrays):
    write_named(tmp_path / "x.h5", {**arrays, "S4": np.ones((3, 5))})
    with pytest.raises(DataError, match="S4: 5 features per residue, and not 4"):
        PerResidueStore(tmp_path / "x.h5").read("P1")


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_three_layers_are_summed_when_they_are_read(tmp_path, dtype):
    rng = np.random.default_rng(0)
    layers = {name: rng.normal(size=(3, n, 4)).astype(dtype) for name, n in LENGTHS.items()}
    write_named(tmp_path / "seqvec.h5", layers)
    reader = PerResidueStore(tmp_path / "seqvec.h5", 4)
    reader.check(list(LENGTHS), list(LENGTHS.values()), values=True)
    values, lengths = reader.read_many(["R3", "P1"])
    expected = [layers[name].astype("float32").sum(axis=0) for name in ("R3", "P1")]
    assert values.dtype == dtype and lengths.tolist() == [8, 5]
    np.testing.assert_array_equal(values, np.concatenate(expected).astype(dtype))


@pytest.mark.parametrize("shape", [(0,), (2, 6, 4), (3, 0, 4), (3, 3, 6, 4), (0, 4)])
def test_shape_that_is_not_length_by_width_is_named(tmp_path, shape):
    write_named(tmp_path / "x.h5", {"P1": np.ones(shape)})
    with pytest.raises(DataError, match=r"P1: float64 of shape .*, and not floats of \(length"):
        PerResidueStore(tmp_path / "x.h5").width  # noqa: B018


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_name_protein_and_residue(tmp_path, arrays, bad):
    arrays["R3"][2, 1] = bad
    write_named(tmp_path / "x.h5", arrays)
    reader = PerResidueStore(tmp_path / "x.h5")
    reader.read("P1")
    message = "x.h5: R3: NaN or infinite values at 1 residues, the first is 3"
    for _ in range(2):
        with pytest.raises(DataError, match=message):
            reader.read_many(["P1", "R3"])
    with pytest.raises(DataError, match=message):
        reader.check(["R3"], [8], values=True)


def test_ids_are_taken_from_original_id_attributes(tmp_path, arrays):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        for number, (name, array) in enumerate(arrays.items()):
            file[f"hash{number}"] = array
            file[f"hash{number}"].attrs["original_id"] = name
    reader = PerResidueStore(tmp_path / "x.h5")
    assert set(reader.ids) == set(arrays)
    np.testing.assert_array_equal(reader.read("R3"), arrays["R3"])
    with pytest.raises(DataError, match="hash0: missing"):
        reader.read("hash0")


def test_two_hashes_of_one_original_id_are_an_error(tmp_path):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        for name in ("hash0", "hash1"):
            file[name] = np.ones((3, 4))
            file[name].attrs["original_id"] = "P1"
    with pytest.raises(DataError, match="P1: two data sets stand for it, hash0 and hash1"):
        PerResidueStore(tmp_path / "x.h5").ids  # noqa: B018


@pytest.mark.parametrize("kept", [0, 100, 1000])
def test_truncated_file_is_an_error_that_names_it(store, kept):
    store.path.write_bytes(store.path.read_bytes()[:kept])
    with pytest.raises(DataError, match=r"features\.h5: the file: unreadable"):
        PerResidueStore(store.path).read("P1")


def test_absent_file_is_an_error_that_names_it(tmp_path):
    with pytest.raises(DataError, match=r"absent\.h5: the file: no such file"):
        PerResidueStore(tmp_path / "absent.h5").check(["P1"], [5])


def test_damaged_values_are_noticed_by_their_checksum(tmp_path, arrays):
    path = write_store(tmp_path / "x.h5", arrays.items(), {})
    content = bytearray(path.read_bytes())
    place = content.index(arrays["P1"].tobytes()[:16])
    content[place] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"x\.h5: P1: unreadable"):
        PerResidueStore(path).read("P1")


def test_flat_parts_that_do_not_fit_together_are_an_error(tmp_path, arrays):
    path = write_store(tmp_path / "x.h5", arrays.items(), {})
    with h5py.File(path, "a") as file:
        file["offsets"][-1] = 15
    with pytest.raises(DataError, match="ids, offsets and values do not fit together"):
        PerResidueStore(path).read("P1")


def test_file_without_proteins_is_an_error(tmp_path):
    write_named(tmp_path / "x.h5", {})
    with pytest.raises(DataError, match="no protein in it"):
        PerResidueStore(tmp_path / "x.h5").ids  # noqa: B018


def test_provenance_is_kept_and_may_be_known_last(tmp_path, arrays):
    seen = []
    items = ((name, seen.append(name) or array) for name, array in arrays.items())
    path = write_store(tmp_path / "x.h5", items, lambda: {"n": len(seen), "tool": "t"})
    assert PerResidueStore(path).provenance == {"n": 3, "tool": "t"}
    with h5py.File(path) as file:
        assert json.loads(file.attrs["provenance"])["n"] == 3
    write_named(tmp_path / "y.h5", arrays)
    assert PerResidueStore(tmp_path / "y.h5").provenance == {}


def test_float32_is_kept(tmp_path):
    path = write_store(tmp_path / "x.h5", [("P1", np.full((2, 3), 1e-9))], {}, dtype="float32")
    values = PerResidueStore(path).read("P1")
    assert values.dtype == np.float32
    np.testing.assert_array_equal(values, np.float32(1e-9))


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ([], "no protein to write"),
        ([("P1", np.ones((2, 3))), ("P1", np.ones((2, 3)))], "P1: the same id twice"),
        ([("P1", np.ones((2, 3))), ("P2", np.ones((2, 4)))], r"P2: shape \(2, 4\).*\(length, 3\)"),
        ([("P1", np.ones(3))], r"P1: shape \(3,\), and not \(length, width\)"),
        ([("P1", np.ones((0, 3)))], r"P1: shape \(0, 3\)"),
        ([("P1", np.full((2, 3), np.nan))], "P1: values that are not finite in float16"),
        ([("P1", np.full((2, 3), 1e6))], "P1: values that are not finite in float16"),
    ],
)
def test_writing_refuses_what_could_not_be_read(tmp_path, items, message):
    with pytest.raises(DataError, match=message):
        write_store(tmp_path / "x.h5", items, {})
    assert list(tmp_path.iterdir()) == []


def test_writing_that_ends_early_leaves_the_old_file(tmp_path, arrays):
    path = write_store(tmp_path / "x.h5", arrays.items(), {"old": True})

    def broken():
        yield "P1", np.ones((2, 4))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_store(path, broken(), {})
    assert PerResidueStore(path).provenance == {"old": True}
    assert [file.name for file in tmp_path.iterdir()] == ["x.h5"]


@pytest.mark.parametrize("after", [0, 2])
def test_a_disk_that_fills_up_is_a_storage_error_before_hdf5_notices(tmp_path, monkeypatch, after):
    room = itertools.chain([1 << 40] * after, itertools.repeat(1 << 20))
    monkeypatch.setattr(
        "common.features.per_residue.shutil.disk_usage",
        lambda folder: SimpleNamespace(free=next(room)),
    )
    with pytest.raises(StorageError, match=r"x\.h5: no space left"):
        write_store(tmp_path / "x.h5", [(f"P{n}", np.ones((2, 4))) for n in range(4)], {})
    assert list(tmp_path.iterdir()) == []


def test_folder_that_cannot_be_made_is_a_storage_error(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("common.files.tempfile.mkstemp", refuse)
    with pytest.raises(StorageError, match="writing is not permitted"):
        write_store(tmp_path / "x.h5", [("P1", np.ones((2, 4)))], {})


def test_reader_with_an_open_file_can_be_copied(store, arrays):
    store.read("P1")
    copied = copy.deepcopy(store)
    np.testing.assert_array_equal(copied.read("R3"), arrays["R3"])


def test_a_batch_costs_one_slice_a_protein_and_one_look_up_in_the_file(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    items = ((f"P{n}", rng.random((50, 20), dtype="float32")) for n in range(1000))
    reader = PerResidueStore(write_store(tmp_path / "x.h5", items, {}))
    ids = [f"P{n}" for n in rng.integers(0, 1000, 128)]
    first, _ = reader.read_many(ids)  # the index is read once
    read = []
    for kind in (h5py.Dataset, h5py.Group):

        def counted(self, key, kind=kind, real=kind.__getitem__):
            read.append((kind, key))
            return real(self, key)

        monkeypatch.setattr(kind, "__getitem__", counted)
    again, _ = reader.read_many(ids)
    np.testing.assert_array_equal(again, first)
    slices = [key for kind, key in read if kind is h5py.Dataset]
    assert len(slices) == 128
    assert {key.stop - key.start for key in slices} == {50}
    assert [key for kind, key in read if kind is h5py.Group] == ["values"]
