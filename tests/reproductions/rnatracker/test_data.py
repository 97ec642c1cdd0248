"""The tables: what is here, what stands in, and what is refused."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from common.errors import DataError, UsageError
from common.paths import mirror_folder
from reproductions.rnatracker.data import load_table

needs_mirror = pytest.mark.skipif(mirror_folder() is None, reason="the real data are not here")


@pytest.mark.mirror
@needs_mirror
def test_the_part_of_cefra_seq_that_is_here():
    table = load_table("cefra", n=0)
    assert table.variant == "partial data"
    assert table.fractions == ("cytosol", "insoluble", "membrane", "nuclear")
    assert len(table.frame) == 6991
    assert table.frame["tier"].value_counts().to_dict() == {
        "A_exact_recipe": 1069,
        "B_ensembl_gencode": 3835,
        "C_refseq_or_other": 2087,
    }
    assert table.frame["strict"].sum() == 6232
    tails = table.frame["sequence"].str.endswith("A" * 10)
    assert (load_table("cefra", n=0, tail=10).frame["sequence"].str.endswith("A" * 10)).sum() == 0
    assert tails[table.frame["tier"] == "C_refseq_or_other"].mean() > 0.2
    names, counts = np.unique(table.predominant, return_counts=True)
    assert dict(zip(names.tolist(), counts.tolist(), strict=True)) == {
        "cytosol": 1993, "insoluble": 1918, "membrane": 636, "nuclear": 2444,
    }  # fmt: skip
    assert set(table.frame["fold"]) == set(table.frame["kmer_fold"]) == set(range(10))
    assert table.frame["sequence"].str.len().agg(["min", "max"]).tolist() == [207, 24319]
    assert len(table.sha256) == 3


@pytest.mark.mirror
@needs_mirror
def test_apex_seq_stands_in_and_is_never_called_apex_rip():
    table = load_table("apex", n=0)
    assert table.variant == "stand-in"
    tails = table.frame["sequence"].str.endswith("A" * 10)
    assert tails.sum() > 100
    cut = load_table("apex", n=0, tail=10).frame["sequence"]
    assert not cut.str.endswith("A" * 10).any()
    assert (cut[~tails.to_numpy()] == table.frame["sequence"][~tails.to_numpy()]).all()
    assert table.fractions == ("er", "mitochondria", "cytosol", "nuclear")
    assert 2300 < len(table.frame) <= 2369
    assert np.abs(table.shares.sum(axis=1) - 1).max() < 1e-5
    row = table.frame.set_index("id").loc["ENSG00000001084"]
    amounts = 2 ** np.array([0.366242675, 0.053641506, 0.01540649, 0.846217713])
    assert row[list(table.fractions)].to_numpy(float) == pytest.approx(amounts / amounts.sum())


@pytest.mark.parametrize("data", ["cefra-authors", "apex-authors"])
def test_the_authors_files_are_asked_for_where_they_are_missing(data, monkeypatch, tmp_path):
    monkeypatch.setenv("REPRODUCE_MIRROR", "")
    monkeypatch.setenv("REPRODUCE_DATA", str(tmp_path))
    with pytest.raises(DataError, match="reproduce data fetch"):
        load_table(data, n=10)


@pytest.mark.parametrize(
    ("data", "name", "fields"),
    [
        ("cefra", "cefra_seq_cDNA_screened.fa", "distA:1_2_3_4 distB:1_2_3_4"),
        ("apex", "apex_rip_cDNA_screened.fa", "dist:1_2_3_4"),
    ],
)
def test_the_authors_files_come_first_where_they_are_here(
    data, name, fields, monkeypatch, tmp_path
):
    path = tmp_path / name
    path.write_text("".join(f"> G{n} gene_biotype:x {fields}\n{'ACGT' * 30}\n" for n in range(20)))
    asked = []

    def locate(dataset, *, simulate=False):
        asked.append(dataset)
        return SimpleNamespace(
            origin="data folder", variant="exact", paths={name: path}, sha256={name: "ab"}
        )

    monkeypatch.setattr("reproductions.rnatracker.data.locate", locate)
    table = load_table(data, n=10)
    assert (table.variant, len(table.frame), table.sha256) == ("exact", 20, {name: "ab"})
    assert set(asked) == {{"cefra": "cefra-seq", "apex": "apex-rip"}[data]}
    assert table.shares[0] == pytest.approx([0.1, 0.2, 0.3, 0.4])


def test_simulation_stands_in_only_where_it_may(monkeypatch, tmp_path):
    monkeypatch.setenv("REPRODUCE_MIRROR", "")
    monkeypatch.setenv("REPRODUCE_DATA", str(tmp_path))
    assert load_table("cefra", n=30, simulate=True).variant == "simulated"
    with pytest.raises(DataError, match="REPRODUCE_MIRROR"):
        load_table("cefra", n=30)


def test_unknown_table_is_refused():
    with pytest.raises(UsageError, match="cefra, cefra-authors"):
        load_table("cefrra", n=1)


def test_a_sample_is_spread_over_all_folds_and_keeps_the_three_prime_end():
    table = load_table("simulated", n=100)
    part = table.sample(50, 150)
    assert len(part.frame) == part.frame["id"].nunique() == 50
    for name in ("fold", "kmer_fold"):
        assert part.frame[name].value_counts().max() <= 10
    assert part.frame["kmer_fold"].value_counts().min() >= 4
    whole = table.frame.set_index("id")["sequence"]
    for name, sequence in zip(part.frame["id"], part.frame["sequence"], strict=True):
        assert len(sequence) == 150 and whole[name].endswith(sequence)
    assert "signals" not in part.frame and "signals" in table.sample(10).frame
