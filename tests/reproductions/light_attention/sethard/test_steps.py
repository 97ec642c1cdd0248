"""The construction of setHARD on a small UniProt XML of our own making."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from typer.testing import CliRunner

from common.data.fasta import read_fasta
from common.data.uniprot import Entry, Location
from common.errors import DataError, UsageError
from reproductions.cli import app_of
from reproductions.light_attention.data import LOCATIONS
from reproductions.light_attention.sethard.__main__ import main
from reproductions.light_attention.sethard.steps import (
    build,
    eligible,
    read_mapping,
    single_location,
)

needs_mmseqs = pytest.mark.skipif(
    shutil.which("mmseqs") is None, reason="mmseqs is not installed (Debian: mmseqs2)"
)
SHOWN, SAID = frozenset({"ECO:0000269"}), frozenset({"ECO:0000305"})
MAPPING = read_mapping()


def protein(seed: int, n: int = 120) -> str:
    return "".join(np.random.default_rng(seed).choice(list("ACDEFGHIKLMNPQRSTVWY"), n))


def entry(*locations: tuple[str, frozenset], **options) -> Entry:
    found = {"accession": "P1", "reviewed": True, "lineage": ("Eukaryota",), "fragment": False}
    found |= {"sequence": "M" * 41, **options}
    return Entry(**found, locations=tuple(Location(*location) for location in locations))


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({}, True),
        ({"reviewed": False}, False),
        ({"lineage": ("Bacteria",)}, False),
        ({"fragment": True}, False),
        ({"sequence": "M" * 40}, False),
    ],
)
def test_filters_are_those_of_the_search(options, kept):
    assert eligible(entry(**options)) is kept


@pytest.mark.parametrize(
    ("locations", "expected"),
    [
        ([("Nucleus", SHOWN)], "Nucleus"),
        ([("Nucleus", SAID)], None),
        ([("Nucleus", SHOWN), ("Cytoplasm", SAID)], "Nucleus"),
        ([("Nucleus", SHOWN), ("Cytoplasm", SHOWN)], None),
        ([("Nucleus", SHOWN), ("Chromosome", SHOWN)], "Nucleus"),
        ([("Cytoplasm, cytoskeleton", SHOWN)], "Cytoplasm"),
        ([("Synapse", SHOWN), ("Secreted", SHOWN)], "Extracellular"),
        ([("Synapse", SHOWN)], None),
        ([], None),
    ],
)
def test_one_location_shown_by_experiment(locations, expected):
    assert single_location(entry(*locations), MAPPING) == expected


def test_unknown_places_are_counted():
    unknown = {}
    assert single_location(entry(("Moon", SHOWN)), MAPPING, unknown) is None
    assert unknown == {"Moon": 1}


def test_mapping_reaches_all_ten_locations_and_no_other():
    assert set(MAPPING.values()) - {""} == set(LOCATIONS)
    facts = {
        **{"Membrane": "Cell.membrane", "Cytoplasmic vesicle": "Lysosome/Vacuole"},
        **{"Cell surface": "Extracellular", "Chromosome": "Nucleus"},
        **{"Microsome": "Endoplasmic.reticulum", "Glycosome": "Peroxisome"},
    }
    assert {name: MAPPING[name] for name in facts} == facts


@pytest.mark.parametrize("row", ["Nucleus,Moon", "Nucleus,Nucleus\nNucleus,Nucleus"])
def test_mistakes_in_the_mapping_are_named(tmp_path, row):
    (tmp_path / "m.csv").write_text(f"uniprot,location\n{row}\n")
    with pytest.raises(DataError, match=r"m\.csv: Nucleus"):
        read_mapping(tmp_path / "m.csv")


def xml_entry(name, places, sequence, *, shown=True, fragment=False) -> str:
    """An entry with locations that an experiment showed, or that somebody only said."""
    locations = "".join(
        f'<subcellularLocation><location evidence="1">{place}</location></subcellularLocation>'
        for place in places.split(" and ")
    )
    (code,) = SHOWN if shown else SAID
    whole = ' fragment="single"' if fragment else ""
    return (
        f'<entry dataset="Swiss-Prot"><accession>{name}</accession>'
        "<organism><lineage><taxon>Eukaryota</taxon></lineage></organism>"
        f'<comment type="subcellular location">{locations}</comment>'
        f'<evidence key="1" type="{code}"/><sequence{whole}>{sequence}</sequence></entry>'
    )


def write_xml(path, entries) -> None:
    text = "".join(entries)
    path.write_text(f'<uniprot xmlns="http://uniprot.org/uniprot">{text}</uniprot>')


@pytest.fixture
def uniprot(tmp_path):
    """Two families of their own, and one protein for each reason to be left out.

    C1 is like DeepLoc's; D1's place is none of the ten locations; E1 has two; of F1 the location
    was never shown; G1 is a fragment.
    """
    own, like = protein(1), protein(9)
    write_xml(
        tmp_path / "u.xml",
        [
            xml_entry("A1", "Nucleus", own),
            xml_entry("A2", "Nucleus", own[:100] + protein(5, 20)),
            xml_entry("B1", "Secreted", protein(2)),
            xml_entry("C1", "Peroxisome", like[:110] + protein(6, 10)),
            xml_entry("D1", "Synapse", protein(3)),
            xml_entry("E1", "Nucleus and Cytoplasm", protein(11)),
            xml_entry("F1", "Nucleus", protein(12), shown=False),
            xml_entry("G1", "Nucleus", protein(13), fragment=True),
        ],
    )
    (tmp_path / "deeploc.fasta").write_text(f">X Nucleus-M\n{like}\n>Y Nucleus-M\n{protein(8)}\n")
    return tmp_path / "u.xml"


@needs_mmseqs
def test_steps_leave_one_protein_of_each_new_family(uniprot, tmp_path):
    known = [(r.id, r.sequence) for r in read_fasta(tmp_path / "deeploc.fasta")]
    counts = build(uniprot, known, tmp_path / "hard.fasta", threads=1)
    assert list(counts.steps.values()) == [8, 4, 3, 2]
    records = list(read_fasta(tmp_path / "hard.fasta"))
    assert {record.id[0] for record in records} == {"A", "B"}
    assert {record.description for record in records} == {
        "Nucleus-U new_test_set",
        "Extracellular-U new_test_set",
    }


@needs_mmseqs
@pytest.mark.long
def test_command_prints_what_each_step_leaves(uniprot, tmp_path):
    words = [str(uniprot), "-o", str(tmp_path / "h.fasta"), "--deeploc"]
    result = CliRunner().invoke(
        app_of(main), [*words, str(tmp_path / "deeploc.fasta"), "--threads", "1"]
    )
    assert result.exit_code == 0, result.output
    assert "2  representatives at 20% identity" in result.output


@needs_mmseqs
def test_nothing_left_is_said(tmp_path):
    write_xml(tmp_path / "u.xml", [xml_entry("D1", "Synapse", protein(3))])
    with pytest.raises(DataError, match="no eukaryotic, whole, reviewed protein"):
        build(tmp_path / "u.xml", [("X", protein(9))], tmp_path / "h.fasta")
    write_xml(tmp_path / "u.xml", [xml_entry("C1", "Nucleus", protein(9))])
    with pytest.raises(DataError, match="every protein is like one of DeepLoc"):
        build(tmp_path / "u.xml", [("X", protein(9))], tmp_path / "h.fasta")
    assert not (tmp_path / "h.fasta").exists()


def test_missing_mmseqs_is_told_with_how_to_install_it(uniprot, tmp_path, monkeypatch):
    monkeypatch.setattr("common.features.tools.shutil.which", lambda name: None)
    with pytest.raises(UsageError, match="apt-get install mmseqs2"):
        build(uniprot, [("X", protein(9))], tmp_path / "h.fasta")
