"""The audit of identities between the sets."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from common.errors import DataError
from common.paths import mirror_folder, project_root
from reproductions.light_attention.audit_tables import audit_tables
from reproductions.light_attention.data import LOCATIONS, Table
from reproductions.light_attention.leakage import (
    COLUMNS,
    SEARCHES,
    TITLES,
    accuracy_by_identity,
    audit_path,
    identity_class,
    shares_above,
    summary,
    write_audit,
)

pytestmark = pytest.mark.slow

needs_mmseqs = pytest.mark.skipif(
    shutil.which("mmseqs") is None, reason="mmseqs is not installed (Debian: mmseqs2)"
)


def protein(seed: int) -> str:
    return "".join(np.random.default_rng(seed).choice(list("ACDEFGHIKLMNPQRSTVWY"), 120))


@pytest.fixture
def table() -> Table:
    near = protein(0)[:60] + protein(7)[:60]
    rows = [
        *(("T0", protein(0), "train"), ("T1", protein(1), "train"), ("V", protein(1), "val")),
        *(("S0", near, "test"), ("S1", protein(3), "test"), ("H", protein(3), "hard")),
    ]
    return Table(pd.DataFrame(rows, columns=["id", "sequence", "split"]), "exact", {})


@needs_mmseqs
@pytest.mark.long
def test_nearest_proteins_of_every_set(table, tmp_path):
    path = write_audit(table, tmp_path, threads=1)
    assert path == audit_path(tmp_path)
    found = pd.read_csv(path)
    assert list(found.columns) == list(COLUMNS)
    rows = found.set_index(["set", "id"])
    assert rows.loc[("val", "V"), "nearest"] == "T1"
    assert rows.loc[("val", "V"), "identity"] == 1
    assert rows.loc[("test", "S0"), "nearest"] == "T0"
    assert np.isnan(rows.loc[("test", "S1"), "identity"])
    assert rows.loc[("hard-test", "H"), "nearest"] == "S1"
    assert np.isnan(rows.loc[("test-val", "S0"), "identity"])
    assert np.isnan(rows.loc[("hard-val", "H"), "identity"])
    assert list(found["set"].unique()) == list(SEARCHES) == list(TITLES)
    text = path.with_name("summary.csv").read_text()
    assert text.splitlines()[0] == "set,proteins,no hit,0-25 %,25-30 %,30-40 %,40-60 %,60-100 %"


def test_classes_of_identity_hold_their_upper_edges():
    values = pd.Series([np.nan, 0.1, 0.25, 0.26, 0.3, 0.4, 0.41, 1.0])
    assert list(identity_class(values)) == [
        *("no hit", "0-25 %", "0-25 %", "25-30 %", "25-30 %", "30-40 %", "40-60 %", "60-100 %"),
    ]


def test_summary_counts_each_class():
    found = pd.DataFrame({"set": ["test"] * 3, "identity": [np.nan, 0.35, 0.38]})
    row = summary(found).loc["test"]
    assert (row["proteins"], row["no hit"], row["30-40 %"], row["60-100 %"]) == (3, 1, 2, 0)


def test_shares_above_an_identity_are_counted_anywhere_and_over_half(tmp_path):
    found = pd.DataFrame(
        {
            "set": ["val"] * 5 + ["hard"],
            "identity": [0.31, 0.7, 0.7, 0.3, np.nan, np.nan],
            "query_coverage": [0.5, 0.9, 0.4, 1.0, np.nan, np.nan],
        }
    )
    table = shares_above(found)
    assert table.loc["val"].tolist() == [5, 1, 3, 2, 1]
    assert table.loc["hard"].tolist() == [1, 1, 0, 0, 0]
    assert audit_tables([], tmp_path) == []
    audit_path(tmp_path).parent.mkdir(parents=True)
    found.to_csv(audit_path(tmp_path), index=False)
    shown, accuracy = audit_tables([], tmp_path)
    assert [row[0] for row in shown.rows] == ["validation", "setHARD"]
    assert shown.columns[-1] == "Above 60 % over half" and shown.rows[0][-1].key == 1
    assert not accuracy.rows


@pytest.mark.mirror
@pytest.mark.skipif(mirror_folder() is None, reason="the real data are not here")
def test_an_audit_without_mmseqs_ends_with_one_line(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "reproductions.light_attention.leakage"],
        env=os.environ | {"PATH": str(tmp_path)},
        cwd=project_root(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "mmseqs" in done.stderr


def record(test: dict[str, str], hard: dict[str, str]):
    """A record whose every answer is Nucleus."""
    tables = {}
    for name, truths in (("", test), ("setHARD", hard)):
        table = pd.DataFrame({"id": list(truths), "truth": list(truths.values())})
        for label in LOCATIONS:
            table[label] = float(label == "Nucleus")
        tables[name] = table
    return SimpleNamespace(tables=tables)


def test_accuracy_is_counted_in_each_class_and_averaged_over_seeds():
    found = pd.DataFrame(
        {
            "set": ["test", "test", "test", "hard"],
            "id": ["a", "b", "c", "d"],
            "identity": [0.35, 0.35, np.nan, 0.1],
        }
    )
    one = record({"a": "Nucleus", "b": "Plastid", "c": "Nucleus"}, {"d": "Plastid"})
    table = accuracy_by_identity(found, [one, one]).set_index(["set", "identity"])
    assert table.loc[("setDeepLoc", "30-40 %"), "accuracy"] == 0.5
    assert table.loc[("setDeepLoc", "30-40 %"), "se"] == pytest.approx(np.sqrt(0.125))
    assert table.loc[("setDeepLoc", "no hit"), "accuracy"] == 1
    assert table.loc[("setHARD", "0-25 %"), "accuracy"] == 0
    with pytest.raises(DataError, match="b: its identities are not known"):
        accuracy_by_identity(found[found["id"] != "b"], [one])
