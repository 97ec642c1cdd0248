import numpy as np
import pytest

from common.errors import DataError
from common.features import table_profiles
from common.features.databases import DATASETS, STAND_IN
from common.features.per_residue import PerResidueStore, write_store


def test_settings_choose_the_database_and_the_tool(tmp_path, monkeypatch):
    """A named database keeps its name; without one all benchmark proteins stand in."""
    store = write_store(tmp_path / "p.h5", [("P1", np.ones((3, 20)))], {})
    asked = []

    def cached(proteins, database, name, tool, iterations, *, variant, sources):
        asked.append((list(proteins), database.name, name, tool, iterations, variant, sources))
        return store

    monkeypatch.setattr(table_profiles, "cached_profiles", cached)
    monkeypatch.setattr(table_profiles, "stand_in_database", lambda: tmp_path / "all.fasta")
    settings = {"profile_tool": "mmseqs", "profile_iterations": 3, "profile_database": ""}
    found = table_profiles.table_profiles(settings, ["protein"], "mine")
    assert found.ids == ("P1",)
    (tmp_path / "UniRef50.fasta").write_text(">P\nMK\n")
    named = settings | {"profile_database": str(tmp_path / "UniRef50.fasta")}
    table_profiles.table_profiles(named, ["protein"], "mine")
    assert asked == [
        (["protein"], "all.fasta", "mine", "mmseqs", 3, STAND_IN, DATASETS),
        (["protein"], "UniRef50.fasta", "mine", "mmseqs", 3, "UniRef50.fasta", ()),
    ]


def test_a_database_that_is_not_there_is_named(tmp_path):
    settings = {"profile_tool": "mmseqs", "profile_iterations": 3}
    settings |= {"profile_database": str(tmp_path / "none.fasta")}
    with pytest.raises(DataError, match=r"none\.fasta: this profile database is not there"):
        table_profiles.table_profiles(settings, ["protein"], "mine")


def test_the_stand_in_is_written_once(tmp_path, monkeypatch):
    monkeypatch.setattr(table_profiles, "cache_folder", lambda: tmp_path)
    written = []

    def write(path):
        written.append(path)
        path.write_text(">S000000\nMK\n")

    monkeypatch.setattr(table_profiles, "benchmark_database", write)
    first, second = table_profiles.stand_in_database(), table_profiles.stand_in_database()
    assert first == second == written[0] and len(written) == 1


def test_what_a_result_says_of_its_profiles(tmp_path):
    about = {"key": "abc", "database_sequences": 35880, "variant": "made up"}
    store = PerResidueStore(write_store(tmp_path / "p.h5", [("P1", np.ones((3, 20)))], about))
    assert table_profiles.profile_key(store) == "abc"
    assert table_profiles.profile_remark(store) == "profiles from 35,880 proteins (made up)"
    assert table_profiles.profile_key(None) == table_profiles.profile_remark(None) == ""


@pytest.mark.parametrize(
    ("variant", "with_profiles"), [("exact", "reconstructed"), ("partial data", "partial data")]
)
def test_profiles_of_our_own_make_exact_proteins_reconstructed(tmp_path, variant, with_profiles):
    store = PerResidueStore(write_store(tmp_path / "p.h5", [("P1", np.ones((3, 20)))], {}))
    assert table_profiles.data_variant(variant, store) == with_profiles
    assert table_profiles.data_variant(variant, None) == variant
