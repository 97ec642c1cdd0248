"""Transfer, resampling, Table 4, features and the parts of the table."""

from __future__ import annotations

import json
from collections import Counter

import h5py
import numpy as np
import pandas as pd
import pytest

from common.errors import DataError, UsageError
from common.features.per_residue import write_store
from common.paths import mirror_folder
from reproductions.light_attention import features
from reproductions.light_attention.data import LOCATIONS, MEMBRANE, load_table
from reproductions.light_attention.experiments import PAPER
from reproductions.light_attention.features import given_file, load_features
from reproductions.light_attention.resampling import as_distributed, reweighted_accuracy
from reproductions.light_attention.table_4 import table_4, wrong_percentages
from reproductions.light_attention.training import load_split, make_examples, parts_of
from reproductions.light_attention.transfer import most_common, transfer


def test_nearest_under_l1_is_not_nearest_under_l2():
    known = np.array([[3.0, 0.0], [2.0, 2.0]])
    found = transfer(known, ["Nucleus", "Plastid"], np.zeros((1, 2)), LOCATIONS)
    assert found.nearest.tolist() == [0] and found.distance.tolist() == [3.0]
    assert LOCATIONS[int(found.probabilities[0].argmax())] == "Nucleus"
    assert np.hypot(*known[1]) < np.hypot(*known[0])


def test_of_several_as_near_the_first_counts():
    known = np.array([[1.0, 0], [1.0, 0], [0, 1.0]])
    labels = ["Plastid", "Nucleus", "Golgi.apparatus"]
    assert transfer(known, labels, np.zeros((1, 2)), LOCATIONS).nearest.tolist() == [0]


def test_most_common_class_has_the_frequencies_as_probabilities():
    probabilities = most_common(["Nucleus", "Nucleus", "Plastid", "Nucleus"], 2, LOCATIONS)
    assert probabilities.shape == (2, 10)
    assert probabilities[1, LOCATIONS.index("Nucleus")] == 0.75


def test_resampling_has_the_other_sets_shares_and_every_protein_equally_often():
    truth = ["Nucleus"] * 40 + ["Plastid"] * 4 + ["Peroxisome"] * 16
    table = pd.DataFrame({"id": [f"P{n}" for n in range(60)], "truth": truth})
    like = ["Nucleus"] * 50 + ["Plastid"] * 40 + ["Peroxisome"] * 10 + ["Extracellular"] * 100
    drawn = as_distributed(table, like)
    assert Counter(drawn["truth"]) == {"Nucleus": 30, "Plastid": 24, "Peroxisome": 6}
    assert not drawn["id"].duplicated().any()
    copies = Counter(name.split("/")[0] for name in drawn["id"] if drawn is not None)
    assert {copies[f"P{n}"] for n in range(40, 44)} == {6}
    assert drawn.equals(as_distributed(table, like))


def test_reweighted_accuracy_has_every_protein_and_the_shares_of_the_other_set():
    truth = ["Nucleus"] * 40 + ["Plastid"] * 4
    right = np.array([1.0] * 40 + [0.0] * 4)
    like = ["Nucleus"] * 25 + ["Plastid"] * 75 + ["Extracellular"] * 100
    value, low, high = reweighted_accuracy(right, truth, like)
    assert value == pytest.approx(0.25)
    assert low < value < high < 1, "four plastid proteins decide three quarters of it"
    again = reweighted_accuracy(right, truth, truth)
    assert again[0] == pytest.approx(40 / 44)
    assert again[2] - again[1] < high - low


@pytest.mark.mirror
@pytest.mark.skipif(mirror_folder() is None, reason="the real data are not here")
def test_table_4_is_counted_and_its_wrong_percentages_are_found():
    counts = table_4(load_table("light-attention", n=0))
    assert counts["DeepLoc Nucleus"] == 4043 and counts["setHARD Plastid"] == 11
    assert sum(v for k, v in counts.items() if k.startswith("DeepLoc")) == 13_858
    wrong = wrong_percentages(counts)
    assert {"DeepLoc Mitochondrion", "DeepLoc Cytoplasm", "setHARD Plastid"} <= set(wrong)
    assert wrong["DeepLoc Mitochondrion"] == (11.8, pytest.approx(10.9, abs=0.05))
    assert wrong["setHARD Plastid"] == (2.6, pytest.approx(2.24, abs=0.01))


def settings(**changes) -> dict:
    return PAPER.settings.resolve("paper", "smoke", "la-unirep256", changes)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(features, "cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "cache"


def test_membrane_task_has_two_labels_and_no_set_hard(cache):
    split = load_split(settings(target="membrane"))
    assert split.labels == MEMBRANE
    assert set(split.frames) == {"train", "val", "test"}
    assert set(np.unique(split.examples["train"].targets)) == {0, 1}


def test_longest_leaves_out_training_proteins_and_never_test_proteins():
    table = load_table("simulated", n=260)
    lengths = table.frame["sequence"].str.len()
    parts = parts_of(table, "location", int(lengths.median()))
    assert parts["train"]["sequence"].str.len().max() <= lengths.median()
    assert len(parts["test"]) == len(table.part("test"))


def test_embeddings_are_computed_once_and_cut_before_they_are_made(cache):
    table = load_table("simulated", n=260)
    first = load_features(settings(cut_to=40), table)
    (made,) = (cache / "embeddings").glob("random-8-residues-*.h5")
    stamp = made.stat().st_mtime_ns
    again = load_features(settings(cut_to=40), table)
    assert again.store.path == made and made.stat().st_mtime_ns == stamp
    assert first.store.lengths(table.frame["id"]).max() == 40
    whole = load_features(settings(cut_to=0), table)
    assert whole.store.path != made


def test_given_file_of_whole_proteins_is_read_and_cut(tmp_path, cache):
    table = load_table("simulated", n=260)
    rows = [
        (name, np.arange(8 * len(s), dtype="float32").reshape(-1, 8) % 512)
        for name, s in zip(table.frame["id"], table.frame["sequence"], strict=True)
    ]
    path = write_store(tmp_path / "e.h5", rows, {"language_model": "random-8"})
    found = load_features(settings(embeddings=str(path), cut_to=40), table)
    frame = table.part("test")
    source = found.source(frame)["embedding"]
    values, lengths = source.read(np.arange(3))
    assert lengths.max() <= 40
    np.testing.assert_array_equal(values[:20], dict(rows)[frame["id"].iloc[0]][:20])
    vectors = found.vectors(frame)
    np.testing.assert_allclose(vectors[0], dict(rows)[frame["id"].iloc[0]].mean(0), rtol=1e-3)


def test_given_file_of_one_vector_a_protein_serves_networks_that_read_means(tmp_path, cache):
    table = load_table("simulated", n=260)
    names = table.frame["id"].tolist()
    for stem, count in (("reduced", len(names)), ("short", len(names) - 1)):
        with h5py.File(tmp_path / f"{stem}.h5", "w") as file:
            for number, name in enumerate(names[:count]):
                file[f"hash{number}"] = np.full(8, number, "float32")
                file[f"hash{number}"].attrs["original_id"] = f"{name} Nucleus-M"
        (tmp_path / f"{stem}.h5.json").write_text(json.dumps({"language_model": "random-8"}))
    given = settings(embeddings=str(tmp_path / "reduced.h5"))
    for network in ("ffn", "at"):
        found = load_features(given | {"network": network}, table)
        frame = table.part("test")
        expected = [names.index(name) for name in frame["id"]]
        np.testing.assert_array_equal(found.vectors(frame)[:, 0], expected)
    with pytest.raises(DataError, match="1 rows for a sequence of"):
        load_features(given | {"network": "la"}, table)
    with pytest.raises(DataError, match=f"{names[-1]}: missing"):
        load_features(settings(embeddings=str(tmp_path / "short.h5"), network="ffn"), table)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda file, name: file.__delitem__(name), "missing"),
        (lambda file, name: _replace(file, name, np.ones((3, 8))), "3 rows for a sequence of"),
        (lambda file, name: _replace(file, name, np.ones((3, 9))), "9 features per residue"),
    ],
)
def test_faults_of_a_given_file_are_found_before_training(tmp_path, cache, change, message):
    table = load_table("simulated", n=260)
    name = table.frame["id"].iloc[5]
    with h5py.File(tmp_path / "e.h5", "w") as file:
        for row in table.frame.itertuples():
            file[row.id] = np.ones((len(row.sequence), 8), "float16")
        change(file, name)
    (tmp_path / "e.h5.json").write_text(json.dumps({"language_model": "random-8"}))
    with pytest.raises(DataError, match=message) as caught:
        load_features(settings(embeddings=str(tmp_path / "e.h5")), table)
    assert name in str(caught.value)


def _replace(file, name, values) -> None:
    del file[name]
    file[name] = values


def test_profiles_are_read_from_the_file_that_is_named(tmp_path, cache):
    table = load_table("simulated", n=260)
    rows = {
        name: np.full((len(sequence), 20), number / 512, "float32")
        for number, (name, sequence) in enumerate(
            zip(table.frame["id"], table.frame["sequence"], strict=True)
        )
    }
    path = write_store(tmp_path / "p.h5", rows.items(), {"database": "uniref.fasta"})
    found = load_features(settings(input="profile", embeddings=str(path)), table)
    frame = table.part("test")
    values, _ = found.source(frame)["embedding"].read(np.array([2]))
    np.testing.assert_array_equal(values, rows[frame["id"].iloc[2]])
    assert (found.width, found.provenance) == (20, {})
    assert found.remark == "profiles from uniref.fasta"
    narrow = write_store(tmp_path / "n.h5", [("P1", np.ones((2, 8)))], {})
    with pytest.raises(DataError, match="8 features per residue, and not 20"):
        load_features(settings(input="profile", embeddings=str(narrow)), table)
    with pytest.raises(UsageError, match="no file of profiles is named.*--set embeddings=FILE"):
        load_features(settings(input="profile"), table)
    usual = write_store(cache / "embeddings" / "profiles.h5", rows.items(), {})
    assert load_features(settings(input="profile"), table).store.path == usual


def test_a_file_need_not_hold_the_proteins_that_are_left_out(tmp_path, cache):
    table = load_table("simulated", n=260)
    longest = table.frame["sequence"].str.len().idxmax()
    read = table.frame.drop(index=longest)
    rows = [
        (name, np.ones((len(text), 8)))
        for name, text in zip(read["id"], read["sequence"], strict=True)
    ]
    path = write_store(tmp_path / "e.h5", rows, {"language_model": "random-8"})
    given = settings(embeddings=str(path))
    assert load_features(given, table, read=read).stored_whole
    with pytest.raises(DataError, match=f"{table.frame['id'][longest]}: missing"):
        load_features(given, table)


def test_reduced_embeddings_in_the_cache_serve_networks_that_read_means(cache):
    folder = cache / "embeddings"
    folder.mkdir(parents=True)
    for name in ("random-8.h5", "random-8-reduced.h5"):
        (folder / name).touch()
    assert given_file(settings(network="ffn")).name == "random-8-reduced.h5"
    assert given_file(settings(network="la")).name == "random-8.h5"


def test_embeddings_of_another_language_model_are_refused(tmp_path, cache):
    path = write_store(tmp_path / "e.h5", [("P1", np.ones((2, 8)))], {"language_model": "seqvec"})
    table = load_table("simulated", n=260)
    with pytest.raises(DataError, match="embeddings of seqvec, and not of random-8"):
        load_features(settings(embeddings=str(path)), table)


@pytest.mark.parametrize("changes", [{"input": "letters"}, {"embedder": "unirep-7"}])
def test_unknown_inputs_are_refused(changes, cache):
    with pytest.raises(UsageError):
        load_features(settings(**changes), load_table("simulated", n=260))


@pytest.mark.parametrize(("target", "labels"), [("location", LOCATIONS), ("membrane", MEMBRANE)])
def test_targets_are_the_places_of_the_columns_that_predictions_have(target, labels):
    """Networks are trained on numbers, predictions are named by the labels: one order for both."""

    class Means:
        def pooled(self, frame):
            return {}

    frame = pd.DataFrame({"id": labels, target: labels})
    examples = make_examples(frame, Means(), target, per_protein=True)
    assert [labels[place] for place in examples.targets] == list(labels)
