"""What is expected of a printed number on the genes at hand, and r on parts of them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from common.data.fetch import SIMULATED
from common.metrics.distribution import pearson
from common.paths import mirror_folder
from reproductions.rnatracker import gene_tables
from reproductions.rnatracker.cefra import PREDOMINANT

FRACTIONS = tuple(PREDOMINANT)


@pytest.fixture
def group() -> SimpleNamespace:
    """A run on the part of CeFra-Seq, of 90 transcripts."""
    rng = np.random.default_rng(0)
    truth = rng.dirichlet(np.ones(4), 90)
    table = pd.DataFrame({"id": [f"G{n:02d}" for n in range(90)]})
    for column, name in enumerate(FRACTIONS):
        table[f"truth:{name}"] = truth[:, column]
        table[name] = truth[:, column] + rng.normal(0, 0.1, 90)
    record = SimpleNamespace(
        key=SimpleNamespace(experiment="dnn-5mer", variant="code", seed=1),
        settings={"data": "cefra"},
        data_variant="partial data",
        predictions=table,
    )
    return SimpleNamespace(
        records=[record], data="partial data", profile="full", name="dnn-5mer/code/full"
    )


def rows(table) -> list[dict]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def test_the_printed_number_is_moved_against_the_weights(group):
    found = rows(gene_tables.missing_genes_table([group]))
    assert [row["Fraction"] for row in found] == list(FRACTIONS)
    first = found[0]
    change = first["As for all genes"].key - first["Here"].key
    expected = first["Printed, expected on these genes"]
    assert first["Printed"].key == 0.637 and expected.key == pytest.approx(0.637 - change)
    low, high = map(float, expected.text.split("(")[1].strip(")").split(" … "))
    assert low < expected.key < high
    assert (first["Data"], first["Profile"]) == ("partial data", "full")


def test_other_data_say_nothing_of_the_missing_genes(group):
    group.records[0].data_variant = "simulated"
    assert gene_tables.missing_genes_table([group]).rows == []
    assert gene_tables.parts_table([group]).rows == []


def test_parts_of_the_set_are_scored_by_themselves(group, monkeypatch):
    ids = group.records[0].predictions["id"]
    index = pd.DataFrame(
        {"id": ids, "tier": ["A_1", "B_2", "B_2"] * 30, "strict": [True, False] * 45}
    )
    monkeypatch.setattr(gene_tables, "locate", lambda *_, **__: SimpleNamespace(origin="mirror"))
    monkeypatch.setattr(gene_tables.cefra, "read_index", lambda _: index)
    found = {row["Transcripts"]: row for row in rows(gene_tables.parts_table([group]))}
    numbers = {name: row["Number"].key for name, row in found.items()}
    assert numbers == {"all": 90, "tier A": 30, "tier B": 60, "strict": 45, "not strict": 45}
    own = group.records[0].predictions[index["tier"] == "A_1"]
    expected = pearson(own["truth:nuclear"], own["nuclear"])
    assert found["tier A"]["nuclear"].key == pytest.approx(expected)
    assert found["tier A"]["Data"] == "partial data"


def test_without_the_index_there_are_no_parts(group, monkeypatch):
    nowhere = SimpleNamespace(origin=SIMULATED)
    monkeypatch.setattr(gene_tables, "locate", lambda *_, **__: nowhere)
    assert gene_tables.parts_table([group]).rows == []


@pytest.mark.mirror
@pytest.mark.skipif(mirror_folder() is None, reason="the real data are not here")
def test_the_tiers_are_those_of_the_set():
    found = {name: len(ids) for name, ids in gene_tables._parts().items()}
    assert found == {
        **{"all": 6991, "tier A": 1069, "tier B": 3835, "tier C": 2087},
        **{"strict": 6232, "not strict": 759},
    }
