"""Which language model made a file, means over residues, and per-protein files."""

from __future__ import annotations

import json

import h5py
import numpy as np
import pytest

from common.errors import DataError
from common.features.embeddings import (
    NOT_TOLD,
    embedding_store,
    mean_embeddings,
    provenance_of,
)
from common.features.per_residue import PerResidueStore, write_store

MADE_BY = {"language_model": "prott5-bfd", "revision": "1", "layer": "last", "dtype": "float16"}


@pytest.fixture
def arrays() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {name: rng.random((n, 4)).astype("float16") for name, n in (("P1", 5), ("P2", 300))}


def test_file_of_the_meant_model_is_opened(tmp_path, arrays):
    path = write_store(tmp_path / "e.h5", arrays.items(), {**MADE_BY, "key": "k"})
    store = embedding_store(path, "prott5-bfd", 4)
    assert provenance_of(store) == {"revision": NOT_TOLD, "side": NOT_TOLD} | MADE_BY
    with pytest.raises(DataError, match="4 features per residue, and not 1024"):
        embedding_store(path, "prott5-bfd", 1024).read("P1")


def test_file_of_another_model_is_refused(tmp_path, arrays):
    path = write_store(tmp_path / "e.h5", arrays.items(), MADE_BY)
    with pytest.raises(DataError, match="embeddings of prott5-bfd, and not of prott5-uniref50"):
        embedding_store(path, "prott5-uniref50")


def test_others_files_say_it_in_a_file_beside_them(tmp_path, arrays):
    with h5py.File(tmp_path / "e.h5", "w") as file:
        for name, values in arrays.items():
            file[f"hash-{name}"] = values
            file[f"hash-{name}"].attrs["original_id"] = f"{name} Nucleus-M test"
    with pytest.raises(DataError, match=r"does not say which.*e\.h5\.json"):
        embedding_store(tmp_path / "e.h5", "seqvec")
    (tmp_path / "e.h5.json").write_text(json.dumps({"language_model": "seqvec"}))
    store = embedding_store(tmp_path / "e.h5", "seqvec")
    assert store.ids == ("P1", "P2")
    np.testing.assert_array_equal(store.read("P2"), arrays["P2"])


def test_two_hashes_whose_headers_begin_with_one_id_are_an_error(tmp_path):
    with h5py.File(tmp_path / "e.h5", "w") as file:
        for name, header in (("a", "P1 Nucleus-M"), ("b", "P1 Plastid-S")):
            file[name] = np.ones((3, 4))
            file[name].attrs["original_id"] = header
    with pytest.raises(DataError, match="P1: two data sets stand for it, a and b"):
        PerResidueStore(tmp_path / "e.h5").ids  # noqa: B018


def test_note_that_is_not_json_is_named(tmp_path, arrays):
    with h5py.File(tmp_path / "e.h5", "w") as file:
        file["P1"] = arrays["P1"]
    (tmp_path / "e.h5.json").write_text("{")
    with pytest.raises(DataError, match="the provenance: unreadable"):
        embedding_store(tmp_path / "e.h5", "seqvec")


def test_means_are_summed_in_single_precision_and_kept(tmp_path, arrays):
    store = PerResidueStore(write_store(tmp_path / "e.h5", arrays.items(), {}))
    cache = tmp_path / "means.h5"
    means = mean_embeddings(store, ["P2", "P1"], cache)
    assert means.dtype == np.float32
    np.testing.assert_allclose(means[0], arrays["P2"].astype("float64").mean(0), rtol=1e-6)
    with h5py.File(cache, "r+") as file:
        file["means"][0] = 7
    assert (mean_embeddings(store, ["P2", "P1"], cache)[0] == 7).all()
    np.testing.assert_array_equal(mean_embeddings(store, ["P1", "P2"], cache)[1], means[0])
    cache.write_bytes(b"damaged")
    np.testing.assert_array_equal(mean_embeddings(store, ["P2", "P1"], cache), means)


def write_vectors(path, **vectors) -> None:
    with h5py.File(path, "w") as file:
        for name, (header, values) in vectors.items():
            file[name] = values
            file[name].attrs["original_id"] = header


def test_per_protein_files_are_read_by_id(tmp_path):
    write_vectors(tmp_path / "r.h5", h1=("P1 x", np.arange(3.0)), h2=("P2", np.ones(3)))
    store = PerResidueStore(tmp_path / "r.h5", 3)
    assert store.is_reduced
    found = mean_embeddings(store, ["P2", "P1"])
    np.testing.assert_array_equal(found, [[1, 1, 1], [0, 1, 2]])
    assert found.dtype == np.float32
    with pytest.raises(DataError, match="P1: 1 rows for a sequence of 9 residues"):
        store.check(["P1"], [9])


def test_a_file_of_residues_is_not_reduced(tmp_path, arrays):
    path = write_store(tmp_path / "e.h5", {**arrays, "P3": arrays["P1"][:1]}.items(), MADE_BY)
    assert not PerResidueStore(path).is_reduced


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        ({"h": ("P2", np.ones(3))}, "P1: missing"),
        ({"h": ("P1", np.ones((2, 3, 4)))}, r"P1: float64 of shape \(2, 3, 4\)"),
        ({"h": ("P1", np.array([1, np.nan, 1]))}, "P1: NaN or infinite"),
        ({"h": ("P1", np.ones(4))}, "P1: 4 features per residue, and not 3"),
        ({"h": ("P1", np.ones(3)), "i": ("P1", np.ones(3))}, "two data sets stand for it"),
    ],
)
def test_per_protein_faults_name_the_protein(tmp_path, vectors, message):
    write_vectors(tmp_path / "r.h5", **vectors)
    with pytest.raises(DataError, match=message):
        mean_embeddings(PerResidueStore(tmp_path / "r.h5", 3), ["P1"])
