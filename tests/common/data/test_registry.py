"""The registry: complete, well formed, and refused where it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from common.data.content import measure
from common.data.registry import VARIANTS, find_dataset, least_exact, load_registry
from common.errors import DataError, UsageError

FILE = f'{{ name = "a.fasta", mirror = "a/a.fasta", sha256 = "{"0" * 64}", size = 3 }}'


def test_all_data_sets_are_there() -> None:
    registry = load_registry()
    assert list(registry) == [
        "multiloc",
        "deeploc1",
        "deeploc1-metadata",
        "deeploc2-swissprot",
        "deeploc2-swissprot-original",
        "deeploc2-hpa",
        "deeploc2-hpa-original",
        "light-attention-train",
        "light-attention-val",
        "light-attention-test",
        "light-attention-sethard",
        "torch-parity",
        "cefra-labels",
        "cefra-sequences",
        "cefra-seq",
        "apex-rip",
        "apexseq",
        "ray2013",
        "hsdm",
        "dtu-oracle",
    ]
    variants = {name: dataset.variant for name, dataset in registry.items()}
    assert {name for name, variant in variants.items() if variant != "exact"} == {
        "deeploc1",
        "deeploc1-metadata",
        "light-attention-train",
        "cefra-sequences",
        "apexseq",
    }
    assert variants["apexseq"] == "stand-in"
    assert variants["cefra-sequences"] == "partial data"


def test_every_entry_can_be_cited_checked_and_found() -> None:
    for dataset in load_registry().values():
        assert dataset.licence and dataset.citation and dataset.title, dataset.name
        assert dataset.checks, dataset.name
        assert {dataset.variant, dataset.origin_variant} <= set(VARIANTS)
        for check in dataset.checks:
            assert check["kind"] in ("fasta", "table", "arrays", "motifs"), dataset.name
            assert set(check.get("files", ())) <= {file.name for file in dataset.files}
        for file in dataset.files:
            assert file.mirror or file.url, file.name
            assert file.url is None or file.url.startswith("https://"), file.name


def test_addresses_are_those_of_the_pinned_commits() -> None:
    raw = "https://raw.githubusercontent.com"
    registry = load_registry()
    assert registry["multiloc"].file("ER.fasta").url == (
        f"{raw}/KohlbacherLab/MultiLoc2/5ffa57888290600d3a73c0478a26d3df36f67ca7"
        "/MultiLoc2/data/datasets/multiloc/ER.fasta"
    )
    assert registry["dtu-oracle"].file("reduced_val.npz").url == (
        f"{raw}/vanessajurtz/lasagne4bio/0c616ebddea85ab94840cfd695db6e666abef5b1"
        "/subcellular_localization/notebook%20tutorial/data/reduced_val.npz"
    )
    assert registry["dtu-oracle"].file("golden.json").url is None
    assert registry["ray2013"].files[0].url == (
        f"{raw}/HarveyYan/RNATracker/42d0a9baa030cb9632ec32d7deca697558be993b/Ray2013_rbp_RNA.meme"
    )


def test_a_reconstruction_and_its_original_have_checksums_of_their_own() -> None:
    registry = load_registry()
    train = registry["light-attention-train"].files[0]
    assert train.reconstructed
    assert train.copy.sha256 and train.copy.git_blob is None
    assert train.origin.git_blob == "1b71634fa1288227fc4f2fbc10da38583a0810fd"
    assert train.origin.size == 5_221_092
    assert registry["light-attention-train"].origin_variant == "exact"
    original = registry["deeploc1"].files[0]
    assert original.reconstructed and original.copy.pinned and not original.origin.pinned
    assert not registry["multiloc"].file("ER.fasta").reconstructed
    assert not registry["apex-rip"].files[0].reconstructed


def test_unknown_name_lists_near_ones() -> None:
    with pytest.raises(UsageError, match=r"multilok: no data set has this name.*multiloc\?"):
        find_dataset("multilok")
    with pytest.raises(UsageError, match="Known: multiloc, deeploc1,"):
        find_dataset("???")


@pytest.mark.parametrize(
    ("file", "extra", "fault"),
    [
        (FILE, 'colour = "red"', "toy: unknown keys colour"),
        (FILE.replace("size", "bytes"), "", "toy/a.fasta: unknown keys bytes"),
        (FILE.replace('"0', '"g'), "", "sha256 'g0+' is not"),
        (FILE.replace("a/a", "../a"), "", "leaves its folder"),
        (FILE.replace('"a.fasta"', '"/a.fasta"'), "", "leaves its folder"),
        (f"{FILE}, {FILE}", "", "no files, or two of the same name"),
        ("", "", "no files, or two of the same name"),
        ('{ name = "a" }', "", "neither a mirror path nor an address"),
        ('{ name = "a", mirror = "a" }', "", "a mirror path without a checksum"),
        (FILE, 'instead = "none"', "unknown data sets"),
        (FILE, 'origin_variant = "good"', "variant 'good' is not one of exact"),
        ('{ mirror = "a" }', "", "name"),
    ],
)
def test_wrong_entries_are_refused(
    project: Any, entry: Callable[..., str], file: str, extra: str, fault: str
) -> None:
    project.register(entry(file, extra))
    with pytest.raises(DataError, match=f"registry.toml: wrong entry: .*{fault}"):
        load_registry()


def test_missing_and_broken_registry(project: Any) -> None:
    with pytest.raises(DataError, match="registry.toml: cannot be read"):
        load_registry()
    project.register("[toy\n")
    with pytest.raises(DataError, match="registry.toml: cannot be read"):
        load_registry()


def test_measure_knows_every_kind() -> None:
    with pytest.raises(KeyError):
        measure({"kind": "video"}, {})


def test_the_least_exact_part_names_the_whole():
    assert least_exact("exact", "partial data", "reconstructed") == "partial data"
    assert least_exact("exact") == "exact"
