"""The real data sets, where they are here: checksums, counts, letters."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from common.data.alphabet import PROTEIN, RNA
from common.data.fasta import read_fasta
from common.data.fetch import locate
from common.data.registry import load_registry
from common.data.status import status_table
from common.data.verify import check_content, identify

pytestmark = pytest.mark.mirror

MULTILOC = {
    "ER": 198,
    "Golgi": 150,
    "chloroplast": 449,
    "cytoplasmic": 1411,
    "extracellular": 843,
    "lysosomal": 103,
    "mitochondrial": 510,
    "nuclear": 837,
    "peroxisomal": 157,
    "plasma_membrane": 1238,
    "vacuolar": 63,
}
HERE = [name for name, d in load_registry().items() if any(file.mirror for file in d.files)]


@pytest.mark.parametrize("name", HERE)
def test_checksums_and_content(mirror: Path, name: str) -> None:
    dataset = load_registry()[name]
    paths = {file.name: mirror / file.mirror for file in dataset.files if file.mirror}
    for file in dataset.files:
        expected = "copy" if file.reconstructed else "original"
        assert identify(file, paths[file.name]) == expected
    assert check_content(dataset, paths) == []


def test_the_registry_knows_every_file_of_the_mirror(mirror: Path) -> None:
    registry = load_registry()
    known = {file.mirror for dataset in registry.values() for file in dataset.files}
    files = {str(p.relative_to(mirror)) for p in mirror.rglob("*") if p.is_file()}
    assert files - known == {"README.md", "SHA256SUMS"}


def test_multiloc(mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPRODUCE_DATA", str(tmp_path))
    located = locate("multiloc")
    assert (located.origin, located.variant) == ("mirror", "exact")
    assert all(path.is_relative_to(mirror) for path in located.paths.values())
    letters: Counter[str] = Counter()
    lengths = []
    counts: Counter[str] = Counter()
    for name, path in located.paths.items():
        for record in read_fasta(path):
            cleaned = PROTEIN.clean(record.id, record.sequence)
            letters.update(cleaned)
            lengths.append(len(cleaned))
            counts[Path(name).stem] += 1
    assert counts == MULTILOC and len(lengths) == 5959
    assert (min(lengths), max(lengths)) == (13, 5430)
    assert {letter: letters[letter] for letter in "XBZ"} == {"X": 442, "B": 9, "Z": 3}
    assert list(tmp_path.iterdir()) == []


def test_all_transcripts_are_in_the_alphabet(mirror: Path) -> None:
    records = 0
    for record in read_fasta(mirror / "rnatracker" / "apexseq_sequences.fa.gz"):
        assert set(RNA.clean(record.id, record.sequence)) <= set("ACGT")
        records += 1
    assert records == 2369


def test_status_of_the_mirror(
    mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPRODUCE_DATA", str(tmp_path))
    table = status_table().set_index("dataset")
    assert (table.loc[HERE, "here"] == "yes").all()
    assert (table.loc[HERE, "verified"] == "checksum").all()
    assert (table.loc[HERE, "origin"] == "mirror").all()
    assert table.loc["multiloc", "files"] == "11 of 11"
    assert table.loc["deeploc1", "variant"] == "reconstructed"
    assert set(table.index[table.here == "no"]) == {
        "deeploc2-swissprot-original",
        "deeploc2-hpa-original",
        "cefra-seq",
        "apex-rip",
    }
