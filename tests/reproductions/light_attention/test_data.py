"""The four sets: what becomes an input or a label, and Table 4."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.data.fetch import locate
from common.errors import DataError, UsageError
from common.harness.reported import read_reported
from common.harness.settings import load_settings
from common.paths import mirror_folder
from reproductions.light_attention import data

mirror = pytest.mark.skipif(mirror_folder() is None, reason="the real data are not here")
FOLDER = Path(data.__file__).parent


@pytest.fixture(scope="module")
def table() -> data.Table:
    return data.load_table("light-attention", n=0)


@pytest.mark.mirror
@mirror
def test_sets_have_the_sizes_of_the_released_files(table):
    sizes = table.frame["split"].value_counts().to_dict()
    assert sizes == {"train": 9503, "val": 1678, "test": 2768, "hard": 490}
    assert table.variant == "reconstructed"
    assert len(table.sha256) == 4
    assert not table.frame["id"].duplicated().any()
    assert table.frame["sequence"].str.len().max() == 13_100


@pytest.mark.mirror
@mirror
def test_class_counts_of_set_hard_are_those_of_table_4(table):
    rows = read_reported(FOLDER / "reported.csv")
    printed = sorted(r.value for r in rows if r.source == "Table 4" and r.column == "setHARD")
    counts = data.class_counts(table.part("hard"))
    assert sorted(counts["proteins"]) == printed
    assert counts.loc["Cytoplasm", "proteins"] == 117
    assert counts.loc["Plastid", "percent"] == pytest.approx(100 * 11 / 490)


@pytest.mark.mirror
@mirror
def test_both_compartments_are_cytoplasm_or_dropped(table):
    merged = table.part("train")["location"].value_counts()
    dropped = data.load_table("light-attention", n=0, cytoplasm_nucleus="drop")
    assert merged["Cytoplasm"] == 1740 + 122
    assert dropped.part("train")["location"].value_counts()["Cytoplasm"] == 1740
    assert len(dropped.part("val")) == 1678 - 23
    assert len(dropped.part("test")) == 2768


@pytest.mark.mirror
@mirror
def test_membrane_letters_are_names_and_set_hard_has_none(table):
    test = table.part("test")["membrane"].value_counts().to_dict()
    assert test == {"Membrane": 743, "Soluble": 1003, "Unknown": 1022}
    assert set(table.part("hard")["membrane"]) == {"Unknown"}


def test_label_orders_are_the_authors():
    assert data.LOCATIONS.index("Cell.membrane") == 0
    assert data.LOCATIONS.index("Extracellular") == 9
    assert data.MEMBRANE == ("Membrane", "Soluble")
    assert data.AMINO_ACIDS.letters == "ARNDCQEGHILKMFPSTWYVUXBJZ"


def test_simulated_table_has_the_same_form():
    table = data.load_table("simulated", n=220)
    assert table.variant == "simulated"
    assert set(table.frame["location"]) == set(data.LOCATIONS)
    assert set(table.frame["split"]) == set(data.SETS)
    assert set(table.part("train")["membrane"]) == {"Membrane", "Soluble"}


def test_simulation_stands_in_only_where_it_may(monkeypatch, tmp_path):
    monkeypatch.setenv("REPRODUCE_MIRROR", "")
    monkeypatch.setenv("REPRODUCE_DATA", str(tmp_path))
    assert data.load_table("light-attention", n=220, simulate=True).variant == "simulated"
    with pytest.raises(DataError, match="REPRODUCE_MIRROR"):
        data.load_table("light-attention", n=220)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"data": "deeploc"}, "light-attention or simulated"),
        ({"data": "simulated", "cytoplasm_nucleus": "separate"}, "cytoplasm or drop"),
    ],
)
def test_unknown_names_are_refused(options, message):
    with pytest.raises(UsageError, match=message):
        data.load_table(n=1, **options)


@pytest.mark.mirror
@mirror
@pytest.mark.parametrize("header", ["P1", "P1 Nucleus", "P1 Moon-M", "P1 Nucleus-Q"])
def test_header_without_location_or_letter_is_named(tmp_path, header):
    (tmp_path / "x.fasta").write_text(f">{header}\nMKV\n")
    found = locate("light-attention-sethard")
    located = type(found)(found.dataset, "test", "exact", {"x.fasta": tmp_path / "x.fasta"}, {})
    with pytest.raises(DataError, match="x.fasta, P1: header"):
        data.load_sets({"hard": located})


def test_settings_have_a_reason_for_every_difference():
    settings = load_settings(FOLDER / "settings.toml")
    paper, code = (settings.resolve(v, "full", "la") for v in ("paper", "code"))
    assert (paper["max_over"], code["max_over"]) == ("residues", "padded")
    assert (paper["monitor"], code["monitor"]) == ("val_loss", "val_accuracy")
    assert (paper["least_accuracy"], code["least_accuracy"]) == (0.0, 0.996)
    assert (paper["channels"], code["channels"]) == (1024, 0)
    assert all(row.why for row in settings.deviations())
