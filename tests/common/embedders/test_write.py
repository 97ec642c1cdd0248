"""FASTA to HDF5: resuming, estimate, and what is refused."""

from __future__ import annotations

import io

import numpy as np
import pytest

from common.embedders import write
from common.embedders.models import LanguageModel
from common.embedders.write import Protein, estimate, write_embeddings
from common.errors import DataError, UsageError
from common.features.per_residue import PerResidueStore

PROTEINS = [Protein(f"P{n}", "ACDEFGHIKL"[: 1 + n % 10] * (1 + n % 3)) for n in range(30)]


class Counting:
    """An embedder whose features are letters and positions."""

    model = LanguageModel("made-up", "unirep", 2, "nowhere", "last", "forward")

    def __init__(self, revision: str = "1", fail_after: int | None = None) -> None:
        self.revision, self.calls, self.fail_after = revision, [], fail_after

    def embed(self, sequences):
        if self.fail_after is not None and len(self.calls) >= self.fail_after:
            raise KeyboardInterrupt
        self.calls.append(list(sequences))
        return [
            np.array([[ord(c), place] for place, c in enumerate(s)], "float32") for s in sequences
        ]

    def memory(self, count, longest):
        return 8 * count * longest


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(write, "PART_RESIDUES", 60)


def test_every_protein_is_embedded_once_in_batches_of_similar_length(tmp_path):
    embedder = Counting()
    path = write_embeddings(embedder, PROTEINS, tmp_path / "e.h5", batch_residues=40)
    store = PerResidueStore(path, width=2)
    assert sorted(store.ids) == sorted(protein.id for protein in PROTEINS)
    for protein in PROTEINS:
        expected = [[ord(c), place] for place, c in enumerate(protein.sequence)]
        np.testing.assert_array_equal(store.read(protein.id), expected)
    assert sum(map(len, embedder.calls)) == len(PROTEINS)
    assert max(len(c) * max(map(len, c)) for c in embedder.calls) <= 40
    assert len(embedder.calls[0][0]) == max(len(p.sequence) for p in PROTEINS)
    assert [file.name for file in tmp_path.iterdir()] == ["e.h5"]


def test_provenance_names_model_layer_side_and_precision(tmp_path):
    path = write_embeddings(Counting("7"), PROTEINS, tmp_path / "e.h5", dtype="float32")
    about = PerResidueStore(path).provenance
    assert about["language_model"] == "made-up" and about["revision"] == "7"
    assert (about["layer"], about["side"], about["dtype"]) == ("last", "forward", "float32")
    assert PerResidueStore(path).dtype == np.float32


def test_means_alone_are_one_row_a_protein(tmp_path):
    path = write_embeddings(
        Counting(), PROTEINS, tmp_path / "m.h5", dtype="float32", per_protein=True
    )
    store = PerResidueStore(path)
    for protein in PROTEINS:
        expected = [[np.mean([ord(c) for c in protein.sequence]), (len(protein.sequence) - 1) / 2]]
        np.testing.assert_allclose(store.read(protein.id), expected, rtol=1e-6)
    assert store.provenance["dtype"] == "float32, mean over the residues"


def test_stopped_command_goes_on_and_ends_with_the_same_file(tmp_path):
    whole = write_embeddings(Counting(), PROTEINS, tmp_path / "whole.h5", batch_residues=40)
    with pytest.raises(KeyboardInterrupt):
        write_embeddings(Counting(fail_after=4), PROTEINS, tmp_path / "e.h5", batch_residues=40)
    assert not (tmp_path / "e.h5").exists()
    kept = len(list((tmp_path / "e.h5.parts").rglob("*.h5")))
    assert kept > 0
    again, stream = Counting(), io.StringIO()
    path = write_embeddings(again, PROTEINS, tmp_path / "e.h5", batch_residues=40, stream=stream)
    assert f"going on: {kept} of" in stream.getvalue()
    done = {s for call in again.calls for s in call}
    assert 0 < sum(map(len, again.calls)) < len(PROTEINS) and done
    first, second = PerResidueStore(whole), PerResidueStore(path)
    assert first.ids == second.ids
    for name in first.ids:
        np.testing.assert_array_equal(first.read(name), second.read(name))


@pytest.mark.parametrize("smaller", [12, 25, 300])
def test_a_command_that_goes_on_with_other_batches_loses_no_protein(tmp_path, smaller):
    with pytest.raises(KeyboardInterrupt):
        write_embeddings(Counting(fail_after=6), PROTEINS, tmp_path / "e.h5", batch_residues=40)
    assert list((tmp_path / "e.h5.parts").rglob("*.h5"))
    again = Counting()
    path = write_embeddings(again, PROTEINS, tmp_path / "e.h5", batch_residues=smaller)
    assert sum(map(len, again.calls)) < len(PROTEINS)
    assert sorted(PerResidueStore(path).ids) == sorted(protein.id for protein in PROTEINS)


def test_parts_of_other_weights_are_not_taken(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        write_embeddings(Counting(fail_after=4), PROTEINS, tmp_path / "e.h5", batch_residues=40)
    other = Counting("2")
    write_embeddings(other, PROTEINS, tmp_path / "e.h5", batch_residues=40)
    assert sum(map(len, other.calls)) == len(PROTEINS)


def test_finished_file_is_kept_and_another_is_refused(tmp_path):
    write_embeddings(Counting(), PROTEINS, tmp_path / "e.h5")
    idle = Counting(fail_after=0)
    assert write_embeddings(idle, PROTEINS, tmp_path / "e.h5") == tmp_path / "e.h5"
    with pytest.raises(DataError, match="made of other sequences, weights or precision"):
        write_embeddings(Counting(), PROTEINS[1:], tmp_path / "e.h5")


def test_estimate_comes_first_and_too_much_memory_is_refused(tmp_path):
    expected = estimate(Counting(), PROTEINS, "float16", batch_residues=40)
    residues = sum(len(protein.sequence) for protein in PROTEINS)
    assert (expected.proteins, expected.residues, expected.longest) == (30, residues, 30)
    assert expected.disk == residues * 2 * 2
    assert estimate(Counting(), PROTEINS, "float32", per_protein=True).disk == 30 * 2 * 4
    assert expected.memory == max(8 * 40, 8 * 30)
    embedder = Counting()
    with pytest.raises(UsageError, match="longest protein 30"):
        write_embeddings(embedder, PROTEINS, tmp_path / "e.h5", most_memory=100)
    assert embedder.calls == [] and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("proteins", "message"),
    [([Protein("P1", "A"), Protein("P1", "C")], "P1: the id comes twice"), ([], "no protein")],
)
def test_proteins_that_cannot_be_told_apart_are_refused(tmp_path, proteins, message):
    with pytest.raises(DataError, match=message):
        write_embeddings(Counting(), proteins, tmp_path / "e.h5")


def test_embedder_that_loses_residues_is_refused(tmp_path):
    embedder = Counting()
    embedder.embed = lambda sequences: [np.ones((1, 2)) for _ in sequences]
    with pytest.raises(DataError, match="1 rows for"):
        write_embeddings(embedder, PROTEINS, tmp_path / "e.h5")
