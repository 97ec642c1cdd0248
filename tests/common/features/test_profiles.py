"""Profiles from real searches in a small family, and their cache."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

from common.data.alphabet import RESIDUES
from common.data.fasta import Record, write_fasta
from common.data.verify import sha256
from common.errors import DataError, StorageError, UsageError
from common.features import mmseqs, profiles
from common.features.frequencies import own_residues
from common.features.per_residue import PerResidueStore
from common.features.profiles import are_cached, cache_key, cached_profiles, compute_profiles

needs_mmseqs = pytest.mark.skipif(
    shutil.which("mmseqs") is None, reason="mmseqs is not installed (Debian package mmseqs2)"
)
needs_psiblast = pytest.mark.skipif(
    shutil.which("psiblast") is None, reason="psiblast is not installed (Debian: ncbi-blast+)"
)

CONSERVED = 40
LENGTH = 120


@pytest.fixture(scope="module")
def family() -> list[Record]:
    """12 descendants of one protein, 3 of each 8 residues after the first 40 mutated; strangers."""
    rng = np.random.default_rng(5)
    letters = np.array(list(RESIDUES))
    ancestor = rng.choice(letters, LENGTH)
    records = []
    for number in range(12):
        mutated = rng.random(LENGTH) < 3 / 8
        mutated[:CONSERVED] = False
        child = np.where(mutated, rng.choice(letters, LENGTH), ancestor)
        records.append(Record(f"sp|F{number:05}|FAMILY", "", "".join(child)))
    for number in range(4):
        records.append(Record(f"stranger/{number}", "", "".join(rng.choice(letters, 90))))
    return records


@pytest.fixture(scope="module")
def database(family, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("database") / "family.fasta.gz"
    write_fasta(family, path)
    return path


@pytest.fixture(scope="module")
def quick_search() -> None:
    """Lower MMseqs2's sensitivity: its list of similar words is what takes the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mmseqs, "SETTINGS", (*mmseqs.SETTINGS[:1], "1", *mmseqs.SETTINGS[2:]))
        yield


@pytest.fixture(scope="module")
def searched(family, database, quick_search, tmp_path_factory) -> PerResidueStore:
    """The family's profiles; one query has X, B, Z and U among its residues."""
    odd = replace(family[0], id="odd", sequence=f"{family[0].sequence[:60]}XBZU*")
    out = tmp_path_factory.mktemp("profiles") / "family.h5"
    return PerResidueStore(
        compute_profiles([*family, odd], database, out, threads=1, sources=["family"]), width=20
    )


def check_family(store: PerResidueStore, family: list[Record]) -> None:
    """What the profiles of a family must look like, whichever tool made them."""
    store.check([r.id for r in family], [len(r.sequence) for r in family], values=True)
    for record in family:
        profile = store.read(record.id).astype("float32")
        np.testing.assert_allclose(profile.sum(axis=1), 1, atol=0.005)
        own = own_residues(record.sequence)
        if record.id.startswith("stranger"):
            np.testing.assert_array_equal(profile, own)
        else:
            kept = (profile * own).sum(axis=1)
            assert kept[5:CONSERVED].mean() > 0.99
            assert 0.3 < kept[CONSERVED : LENGTH - 10].mean() < 0.9
            assert (profile > 0).sum(axis=1)[CONSERVED : LENGTH - 10].mean() > 3


@needs_mmseqs
def test_mmseqs_finds_the_family_and_not_the_strangers(searched, family):
    check_family(searched, family)


@needs_mmseqs
def test_residues_outside_the_twenty_keep_their_places(searched, family):
    profile = searched.read("odd").astype("float32")
    assert profile.shape == (64, 20)
    np.testing.assert_allclose(profile[[60, 61, 62, 63]].sum(axis=1), 1, atol=0.005)
    np.testing.assert_array_equal(
        profile[:30].argmax(1), own_residues(family[0].sequence[:30]).argmax(1)
    )


@needs_mmseqs
def test_provenance_says_what_was_searched_and_how(searched, family, database):
    noted = searched.provenance
    assert noted["tool"] == "mmseqs"
    assert re.match(r"\d+", noted["version"])
    assert noted["iterations"] == 3
    assert noted["arguments"] == " ".join(mmseqs.SETTINGS)
    assert noted["database"] == "family.fasta.gz"
    assert noted["database_sha256"] == sha256(database)
    assert noted["database_sequences"] == len(family)
    assert noted["database_sources"] == ["family"]
    assert noted["variant"] == "stand-in database"
    assert noted["columns"] == RESIDUES
    assert noted["queries"] == len(family) + 1
    assert noted["queries_without_hits"] == 4
    assert 9 <= noted["hits_median"] <= 11


@needs_mmseqs
def test_profile_that_does_not_fit_a_shortened_sequence_is_an_error(searched, family):
    with pytest.raises(DataError, match=r"F00000\|FAMILY: 120 rows for a sequence of 119 residues"):
        searched.check([family[0].id], [119])


@needs_mmseqs
def test_second_call_finds_the_cached_file(family, database, quick_search, tmp_path, monkeypatch):
    monkeypatch.setattr(profiles, "cache_folder", lambda: tmp_path)
    assert not are_cached(family[:2], database, "family", iterations=1)
    path = cached_profiles(family[:2], database, "family", iterations=1, threads=1)
    assert are_cached(family[:2], database, "family", iterations=1)
    assert not are_cached(family[:2], database, "family", iterations=2)
    assert path.parent == tmp_path / "profiles"
    assert re.fullmatch(r"family-mmseqs-[0-9a-f]{12}\.h5", path.name)
    assert PerResidueStore(path).provenance["key"] in path.name
    files = [file.name for file in path.parent.iterdir() if file.suffix != ".lock"]
    assert files == [path.name]
    monkeypatch.setenv("PATH", "/nonexistent")
    again = cached_profiles(reversed(family[:2]), database, "family", iterations=1)
    assert again == path
    with pytest.raises(UsageError, match="apt-get install mmseqs2"):
        cached_profiles(family[:3], database, "family")


@needs_mmseqs
def test_folder_that_cannot_be_written_is_a_storage_error(family, database, tmp_path):
    refused = PermissionError(13, "Permission denied")
    with pytest.MonkeyPatch.context() as patch, pytest.raises(StorageError, match="not permitted"):
        patch.setattr(profiles.tempfile, "TemporaryDirectory", Mock(side_effect=refused))
        compute_profiles(family[:1], database, tmp_path / "x.h5")


@needs_psiblast
def test_psiblast_finds_the_family_and_not_the_strangers(family, database, tmp_path):
    queries = [*family[:2], *family[-1:]]
    out = compute_profiles(queries, database, tmp_path / "x.h5", tool="psiblast", threads=1)
    store = PerResidueStore(out)
    check_family(store, queries)
    assert store.provenance["tool"] == "psiblast"
    assert store.provenance["hits_median"] == 11


@needs_mmseqs
@needs_psiblast
def test_both_tools_agree(searched, family, database, tmp_path):
    out = compute_profiles(family[:1], database, tmp_path / "x.h5", tool="psiblast", threads=1)
    blast = PerResidueStore(out).read(family[0].id).astype("float32")
    ours = searched.read(family[0].id).astype("float32")
    assert np.corrcoef(ours.ravel(), blast.ravel())[0, 1] > 0.97


def test_cache_key_changes_with_whatever_the_profiles_depend_on(database, tmp_path, monkeypatch):
    queries = {"P1": "MKV", "P2": "ACDE"}
    other = tmp_path / "other.fasta"
    write_fasta([Record("a", "", "MKV")], other)
    key = cache_key(queries, database, "mmseqs", 3)
    assert cache_key(dict(reversed(queries.items())), database, "mmseqs", 3) == key
    others = {
        cache_key({"P1": "MKV", "P2": "ACDF"}, database, "mmseqs", 3),
        cache_key({"P1": "MKV", "P3": "ACDE"}, database, "mmseqs", 3),
        cache_key(queries, other, "mmseqs", 3),
        cache_key(queries, database, "psiblast", 3),
        cache_key(queries, database, "mmseqs", 2),
    }
    monkeypatch.setattr(mmseqs, "SETTINGS", ("-s", "1"))
    others.add(cache_key(queries, database, "mmseqs", 3))
    assert len(others - {key}) == 6


def test_faulty_queries_are_refused_before_any_search(database, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    out = tmp_path / "x.h5"
    with pytest.raises(DataError, match=r"P1: 1 letter outside the protein alphabet \(- at 2\)"):
        compute_profiles([Record("P1", "", "M-K")], database, out)
    with pytest.raises(DataError, match="P1: this id has two different sequences"):
        compute_profiles([Record("P1", "", "MK"), Record("P1", "", "MV")], database, out)
    with pytest.raises(DataError, match="no protein to search for"):
        compute_profiles([], database, out)
    with pytest.raises(
        UsageError, match="hmmer: no such search tool. Choose from mmseqs, psiblast"
    ):
        compute_profiles([Record("P1", "", "MK")], database, out, tool="hmmer")
    with pytest.raises(UsageError, match="apt-get install mmseqs2"):
        compute_profiles([Record("P1", "", "MK")], database, out)
    assert list(tmp_path.iterdir()) == []
