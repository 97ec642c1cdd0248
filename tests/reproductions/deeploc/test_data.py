"""The tables: counts of the papers, what is unknown, folds without homologues, bad input."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from common.data.content import read_table
from common.data.deeploc2 import AUTHORS_COLUMNS
from common.data.fasta import Record
from common.data.fetch import locate
from common.errors import DataError, UsageError
from common.features import databases
from common.paths import mirror_folder
from reproductions.deeploc import data, report_data
from reproductions.deeploc.experiments import FIRST_LABELS, PROTEINS, SUPPORTS
from reproductions.deeploc.folds import read_folds
from reproductions.deeploc.tree import LOCATIONS

needs_mirror = pytest.mark.skipif(mirror_folder() is None, reason="the real data are not here")


@pytest.fixture(scope="module")
def table():
    return data.load_deeploc()


@pytest.mark.mirror
@needs_mirror
def test_deeploc_has_the_papers_numbers(table):
    assert table.variant == "reconstructed"
    assert len(table.frame) == 13_858
    assert table.frame["split"].value_counts().to_dict() == {"train": 11_085, "test": 2_773}
    assert set(table.frame["location"]) == set(LOCATIONS)
    assert table.frame["location"].value_counts()["Nucleus"] == 4_043
    assert len(table.hard) == 490 and set(table.hard["location"]) <= set(LOCATIONS)
    assert not set(table.hard["id"]) & set(table.frame["id"])
    assert len(table.sha256) == 3


@pytest.mark.mirror
@needs_mirror
def test_cytoplasm_nucleus_is_dropped_or_merged_as_declared(table):
    merged = data.load_deeploc("merge").frame
    assert len(merged) == 14_004
    cytoplasm = [(t["location"] == "Cytoplasm").sum() for t in (table.frame, merged)]
    assert cytoplasm == [2_542, 2_688]
    assert (merged.loc[merged["split"] == "train", "fold"] >= 0).all()
    with pytest.raises(UsageError, match="drop or merge"):
        data.load_deeploc("split")


@pytest.mark.mirror
@needs_mirror
def test_training_proteins_of_both_locations_have_folds_too():
    frame = data.training_proteins()
    assert len(frame) == 11_231 and (frame["location"] == data.BOTH).sum() == 146
    assert set(read_folds(frame["id"].tolist())) == {0, 1, 2, 3}


@pytest.mark.mirror
@needs_mirror
def test_unknown_membrane_labels_stay_unknown(table):
    counts = pd.crosstab(table.frame["split"], table.frame["membrane"])
    assert counts.loc["test"].to_dict() == {"": 1_024, "Membrane": 743, "Soluble": 1_006}
    assert counts.loc["train"].to_dict() == {"": 4_475, "Membrane": 2_671, "Soluble": 3_939}


def test_an_inferred_letter_counts_only_where_it_is_certain():
    rows = pd.DataFrame(
        {
            "flag": ["M", "M", "S", "U"],
            "flag_source": ["aligned", "aligned", "LA_header", "class_rule"],
            "flag_posterior": [0.98, 0.99, 0.5, 1.0],
        }
    )
    assert data.membrane_labels(rows).tolist() == ["", "Membrane", "Soluble", ""]


@pytest.mark.mirror
@needs_mirror
def test_folds_are_balanced_and_of_training_proteins_alone(table):
    train = table.frame[table.frame["split"] == "train"]
    sizes = train["fold"].value_counts()
    assert sorted(sizes.index) == [0, 1, 2, 3] and sizes.max() - sizes.min() < 20
    counts = pd.crosstab(train["location"], train["fold"])
    assert (counts.max(axis=1) - counts.min(axis=1)).max() <= 1
    assert (table.frame.loc[table.frame["split"] == "test", "fold"] == -1).all()


@pytest.mark.parametrize("description", ["Vacuole-M test", "-M", "", "Cell-membrane-M", "Nucleus"])
def test_a_location_outside_the_ten_is_refused(description):
    with pytest.raises(DataError, match="P1: .*Allowed are Nucleus"):
        data.location_of(Record("P1", description, "MK"))


def test_locations_are_spelt_one_way():
    assert data.location_of(Record("P1", "Cell.membrane-M test", "M")) == "Cell membrane"
    assert data.location_of(Record("P1", "Lysosome/Vacuole-U", "M")) == "Lysosome/Vacuole"
    assert data.location_of(Record("P1", "Cytoplasm-Nucleus-S", "M")) == data.BOTH


@pytest.mark.mirror
@needs_mirror
def test_deeploc2_has_the_reports_supports():
    table = report_data.load_deeploc2()
    assert table.variant == "exact"
    assert (len(table.train), len(table.test)) == (28_303, 1_717)
    supports = report_data.label_matrix(table.test).sum(axis=0)
    found = {name: int(n) for name, n in zip(LOCATIONS, supports, strict=True) if n}
    assert found == {
        "Cell membrane": 287, "Cytoplasm": 562, "Endoplasmic reticulum": 77,
        "Golgi apparatus": 86, "Lysosome/Vacuole": 2, "Mitochondrion": 196, "Nucleus": 893,
        "Peroxisome": 7,
    }  # fmt: skip
    assert found == SUPPORTS
    assert set(found) == set(report_data.TEST_LABELS)
    assert not set(table.train["sequence"]) & set(table.test["sequence"])
    assert sorted(table.train["partition"].unique()) == [0, 1, 2, 3, 4]


@pytest.mark.mirror
@needs_mirror
def test_counts_that_the_rows_of_the_report_are_measured_against():
    labels = report_data.label_matrix(report_data.load_deeploc2().test)
    places = [LOCATIONS.index(name) for name in report_data.TEST_LABELS]
    truth = labels[:, places]
    assert len(truth) == PROTEINS
    first = np.array(report_data.TEST_LABELS)[truth.argmax(axis=1)]
    assert {name: int((first == name).sum()) for name in FIRST_LABELS} == FIRST_LABELS
    always = np.isin(report_data.TEST_LABELS, ["Nucleus", "Cytoplasm"])
    right = truth[:, always].sum()
    assert 2 * right / (truth.sum() + 2 * len(truth)) == pytest.approx(0.525, abs=5e-4)


@pytest.mark.parametrize(
    ("cell", "fault"),
    [("Nucleus|Vacuole", "outside the ten: Vacuole"), ("", "no location"), (float("nan"), "no")],
)
def test_labels_outside_the_ten_and_none_at_all_are_refused(cell, fault):
    with pytest.raises(DataError, match=f"P1: .*{fault}"):
        report_data.split_labels("P1", cell)


def test_labels_come_in_one_order():
    assert report_data.split_labels("P1", "Peroxisome|Nucleus") == ("Nucleus", "Peroxisome")


def test_simulated_tables_have_the_same_form():
    table = data.load_table("simulated", n=220)
    assert table.variant == "simulated"
    assert set(table.frame["location"]) == set(LOCATIONS)
    assert set(table.frame["membrane"]) == {"Membrane", "Soluble", ""}
    assert set(table.frame["fold"]) == {-1, 0, 1, 2, 3}
    assert set(table.hard["location"]) <= set(LOCATIONS)
    assert not set(table.hard["id"]) & set(table.frame["id"])
    labelled = report_data.load_table("simulated", n=220)
    assert {len(labels) for labels in labelled.train["labels"]} == {1, 2}
    assert {name for own in labelled.test["labels"] for name in own} <= set(report_data.TEST_LABELS)


def test_simulation_stands_in_only_where_it_may(monkeypatch, tmp_path):
    monkeypatch.setenv("REPRODUCE_MIRROR", "")
    monkeypatch.setenv("REPRODUCE_DATA", str(tmp_path))
    assert data.load_table("deeploc", n=110, simulate=True).variant == "simulated"
    assert report_data.load_table("deeploc2", n=110, simulate=True).variant == "simulated"
    for load, name in ((data.load_table, "deeploc"), (report_data.load_table, "deeploc2")):
        with pytest.raises(DataError, match="REPRODUCE_MIRROR"):
            load(name, n=110)


@pytest.mark.parametrize("variant", ["exact", "reconstructed", "partial data", "stand-in"])
def test_tables_are_called_what_their_least_exact_part_is(tmp_path, monkeypatch, variant):
    one = tmp_path / "one"
    one.write_text("accession,flag,flag_source,flag_posterior,sequence,label,membrane,partition\n")

    def locate(name):
        own = variant if name in (data.DATASETS[2], report_data.DATASETS[1]) else "exact"
        return SimpleNamespace(variant=own, paths={name: one}, sha256={})

    for module in (data, report_data):
        monkeypatch.setattr(module, "locate_facts", locate)
        monkeypatch.setattr(module, "read_table", pd.read_csv)
    monkeypatch.setattr(data, "read_fasta", lambda path: [])
    monkeypatch.setattr(data, "read_folds", lambda ids: [])
    assert data.load_deeploc().variant == variant
    assert report_data.load_deeploc2().variant == variant


def located(name: str, variant: str, path, text: str = ""):
    """A data set of one made file."""
    if text:
        path.write_text(text)
    dataset = SimpleNamespace(name=name)
    return SimpleNamespace(dataset=dataset, variant=variant, paths={name: path}, sha256={})


HEADERS = ">P1 Nucleus-S\nMKV\n>P2 Cell.membrane-M test\nACD\n>P3 Cytoplasm-U\nMAA\n"


def test_the_authors_own_headers_need_no_table(tmp_path, monkeypatch):
    own = located("deeploc1", "exact", tmp_path / "own.fasta", HEADERS)
    hard = located("light-attention-sethard", "exact", tmp_path / "hard.fasta", ">H Nucleus-U\nM\n")
    monkeypatch.setattr(data, "locate_facts", lambda name: hard if "hard" in name else own)
    monkeypatch.setattr(data, "read_folds", lambda ids: [2] * len(ids))
    table = data.load_deeploc()
    assert table.variant == "exact"
    assert table.frame["membrane"].tolist() == ["Soluble", "Membrane", ""]
    assert table.frame["split"].tolist() == ["train", "test", "train"]
    assert table.frame["fold"].tolist() == [2, -1, 2]


def test_inferred_letters_need_the_table_that_tells_them(tmp_path, monkeypatch):
    copy = located("deeploc1", "reconstructed", tmp_path / "copy.fasta", HEADERS)
    monkeypatch.setattr(data, "locate_facts", lambda name: copy)
    with pytest.raises(DataError, match="deeploc1-metadata, is not here"):
        data.training_proteins()


AUTHORS = pd.DataFrame(
    {
        "ACC": ["P1", "P2"],
        "Kingdom": ["Metazoa", "Fungi"],
        "Partition": [0, 4],
        "Membrane": [0.0, 1.0],
        "Cytoplasm": [1.0, 0.0],
        "Nucleus": [1.0, 0.0],
        "Cell membrane": [0.0, 1.0],
        "Sequence": ["MKV", "ACD"],
    }
)


def test_deeploc2_is_read_as_its_authors_publish_it(tmp_path, monkeypatch):
    """Swiss-Prot's columns, one of them with a line break in its name, and those of the HPA set."""
    human = pd.DataFrame({"sid": ["E1"], "fasta": ["MAA"], "Nucleus": [1], "Peroxisome": [0]})
    files = {"deeploc2-swissprot": AUTHORS.rename(columns={"ACC": "ACC\n"}), "deeploc2-hpa": human}
    for name, frame in files.items():
        frame.to_csv(tmp_path / f"{name}.csv")
    locate = lambda name: located(name, "exact", tmp_path / f"{name}.csv")  # noqa: E731
    monkeypatch.setattr(report_data, "locate_facts", locate)
    table = report_data.load_deeploc2()
    assert table.train["labels"].tolist() == [("Nucleus", "Cytoplasm"), ("Cell membrane",)]
    assert table.train["membrane"].tolist() == ["Soluble", "Membrane"]
    assert table.train["partition"].tolist() == [0, 4]
    assert table.test.iloc[0].to_dict() == {"id": "E1", "sequence": "MAA", "labels": ("Nucleus",)}
    monkeypatch.setattr(databases, "locate_facts", locate)
    assert databases.benchmark_database(tmp_path / "all.fasta", files) == 3


@pytest.mark.mirror
@needs_mirror
def test_both_forms_of_deeploc2_are_one_table():
    (path,) = locate("deeploc2-swissprot").paths.values()
    table = read_table(path)
    names = {own: theirs for theirs, own in AUTHORS_COLUMNS.items() if theirs != "sid"}
    theirs = table.rename(columns=names | {"sequence": "Sequence"}).drop(columns="label")
    for place in LOCATIONS:
        theirs[place] = [float(place in cell.split("|")) for cell in table["label"]]
    again = report_data.one_form(theirs)
    assert again["accession"].tolist() == table["accession"].tolist()
    for one, two in zip(again["label"], table["label"], strict=True):
        assert set(one.split("|")) == set(two.split("|"))


@pytest.mark.parametrize("left_out", ["ACC", "Sequence"])
def test_a_file_of_deeploc2_without_a_column_is_refused(left_out):
    with pytest.raises(DataError, match="no column for (accession|sequence)"):
        report_data.one_form(AUTHORS.drop(columns=left_out))
    with pytest.raises(DataError, match="no column for any location"):
        report_data.one_form(AUTHORS[["ACC", "Sequence"]])


@pytest.mark.parametrize("load", [data.load_table, report_data.load_table])
def test_unknown_tables_are_refused(load):
    with pytest.raises(UsageError, match="or simulated"):
        load("deeplok", n=1)


def test_a_limit_keeps_the_shares_of_the_locations():
    frame = data.load_simulated(440, 1).frame
    part = data.limited(frame, 110)
    assert len(part) == pytest.approx(110, abs=6)
    shares = [f["location"].value_counts(normalize=True) for f in (frame, part)]
    assert (shares[0] - shares[1]).abs().max() < 0.03
    assert data.limited(frame, 0) is frame


@pytest.mark.parametrize("experiment", ["report-deeploc1", "ablation-tree", "ablation-softmax"])
def test_the_reports_network_reads_the_declared_policy(monkeypatch, experiment):
    from reproductions.deeploc import report_training
    from reproductions.deeploc.experiments import PAPER
    from reproductions.deeploc.report_model import report_settings

    asked = []

    def load_table(name, *, cytoplasm_nucleus, **options):
        asked.append((name, cytoplasm_nucleus))
        return data.load_simulated(66, 1)

    monkeypatch.setattr(report_training.data, "load_table", load_table)
    for policy in ("drop", "merge"):
        changes = {"cytoplasm_nucleus": policy}
        chosen = PAPER.settings.resolve("paper", "full", experiment, changes)
        report_training.load_split(report_settings(chosen), 1)
    assert asked == [("deeploc", "drop"), ("deeploc", "merge")]


def test_targets_are_the_places_of_the_columns_that_predictions_have():
    """Networks are trained on numbers, predictions are named by `LOCATIONS`: one order for both."""
    from reproductions.deeploc.training import targets_of

    frame = pd.DataFrame({"location": LOCATIONS})
    places = targets_of(frame, {"membrane": False})["location"]
    assert [LOCATIONS[place] for place in places] == list(LOCATIONS)
