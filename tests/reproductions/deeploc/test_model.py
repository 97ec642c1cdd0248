"""Both networks: published sizes, heads, and the same answer in any batch and on any backend."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from processes import on_other_backends, run_on

from common.data.alphabet import PROTEIN
from common.features.matrices import blosum
from common.features.per_residue import PerResidueStore, write_store
from common.harness.outcome import count_trainable
from common.sources import Examples, ResidueSource, TokenSource
from common.training.fit import predict
from reproductions.deeploc import model, report_model
from reproductions.deeploc.ablations import ABLATIONS
from reproductions.deeploc.experiments import PAPER
from reproductions.deeploc.tree import LOCATIONS, NODES, locations_from_nodes


def settings(experiment: str, profile: str = "smoke", variant: str = "paper", **changes) -> dict:
    chosen = PAPER.settings.resolve(variant, profile, experiment, changes)
    reported = experiment.startswith(("report", "ablation"))
    return report_model.report_settings(chosen) if reported else chosen


def test_published_parameter_counts():
    """The published counts leave the membrane head out; the package has 23 columns."""
    for variant, count in (("paper", 3_488_866), ("code", 3_492_106)):
        for head in (False, True):
            chosen = settings("blosum-softmax", "full", variant, membrane=head)
            assert count_trainable(model.build(chosen)) == count + 513 * head
    tree = model.build(settings("blosum-tree", "full", membrane=False))
    assert count_trainable(tree) == 3_488_866 - 513


def test_parameter_count_of_the_report():
    """Counted by hand: embedding, six convolutions, BiLSTM, decoder without peepholes, heads."""
    embedding = 21 * 64
    convolutions = 54 * 64 * 20 + 120
    encoder = 2 * 4 * 256 * (120 + 256 + 1)
    decoder = 4 * 512 * (512 + 512 + 1) + 512 * 256 + 512 * 256 + 256
    heads = 513 * 512 + 513 * 10 + 513
    network = report_model.build(settings("report", "full"))
    assert count_trainable(network) == embedding + convolutions + encoder + decoder + heads


@pytest.fixture(scope="module")
def proteins() -> tuple[list[str], np.ndarray]:
    rng = np.random.default_rng(0)
    lengths = np.array([1, 2, 20, 57, 80, 80, 33, 5])
    letters = np.array(list("ARNDCQEGHILKMFPSTWYVX"))
    return ["".join(rng.choice(letters, n)) for n in lengths], lengths


CASES = [
    ("blosum-softmax", {}),
    ("blosum-softmax", {"feature_columns": 23, "peepholes": False}),
    ("blosum-tree", {}),
    ("profile-softmax", {}),
    ("report", {}),
    ("ablation-masked", {}),
    ("ablation-profiles", {}),
    ("ablation-tree", {}),
]


def network_of(experiment, changes):
    chosen = settings(experiment, **changes)
    own = report_model if experiment.startswith(("report", "ablation")) else model
    return own.build(chosen), chosen


def bold(network, seed=0):
    """Larger weights, so that the answers of different proteins differ."""
    rng = np.random.default_rng(seed)
    network.set_weights([w + rng.normal(scale=0.3, size=w.shape) for w in network.get_weights()])
    return network


@pytest.mark.parametrize(("experiment", "changes"), CASES)
def test_answer_does_not_depend_on_the_batch(experiment, changes, proteins, tmp_path):
    sequences, lengths = proteins
    ids = [f"P{place}" for place in range(len(sequences))]
    keras.utils.set_random_seed(0)
    network, chosen = network_of(experiment, changes)
    if chosen["features"] == "profile":
        rng = np.random.default_rng(1)
        rows = [(i, rng.random((n, 20), "float32")) for i, n in zip(ids, lengths, strict=True)]
        write_store(tmp_path / "p.h5", rows, {})
        sources = {"profile": ResidueSource(PerResidueStore(tmp_path / "p.h5"), ids)}
    else:
        sources = {"tokens": TokenSource(sequences, PROTEIN)}
    examples = Examples(np.array(ids), lengths, sources)
    together = predict(bold(network), examples, batch_size=len(ids))
    alone = predict(network, examples, batch_size=1)
    assert set(together) == {"location", "membrane"}
    for name, values in together.items():
        assert np.abs(values - alone[name]).max() <= 1e-5, name
        assert np.ptp(values, axis=0).max() > 1e-3
    if experiment in ("report", "ablation-masked"):
        assert np.abs(together["location"].sum(axis=1) - 1).max() > 0.1
    else:
        np.testing.assert_allclose(together["location"].sum(axis=1), 1, rtol=0, atol=1e-5)


def test_explained_network_shows_attention_of_every_step_and_the_nodes(proteins):
    sequences, lengths = proteins
    ids = np.array([str(place) for place in range(len(sequences))])
    examples = Examples(ids, lengths, {"tokens": TokenSource(sequences, PROTEIN)})
    outputs = predict(model.explain(bold(model.build(settings("blosum-tree")))), examples)
    assert outputs["attention"].shape == (len(ids), 80, 3)
    np.testing.assert_allclose(outputs["attention"].sum(axis=1), 1, rtol=0, atol=1e-5)
    for row, length in zip(outputs["attention"], lengths, strict=True):
        assert not row[length:].any()
    assert outputs["nodes"].shape == (len(ids), len(NODES))
    expected = locations_from_nodes(outputs["nodes"])
    np.testing.assert_allclose(outputs["location"], expected, rtol=0, atol=1e-5)


def test_unmasked_attention_of_the_report_sees_the_padding(proteins):
    sequences, _ = proteins
    network = bold(report_model.build(settings("report")))
    seen = keras.Model(network.input, network.get_layer("attention").output[1])
    examples = Examples(
        np.array(["a"]), np.array([20]), {"tokens": TokenSource([sequences[2]], PROTEIN)}
    )
    weights = predict(seen, examples)
    assert weights.shape == (1, 80, 3) and (weights[0, 20:] > 0).all()


def test_unknown_residues_share_the_token_of_padding():
    layer = report_model.UnknownToPadding(20)
    tokens = np.array([[1, 20, 21, 23, 0]], dtype="uint8")
    assert np.array(layer(tokens)).tolist() == [[1, 20, 0, 0, 0]]
    assert type(layer).from_config(layer.get_config()).known == 20


@pytest.mark.parametrize("columns", [20, 23])
def test_blosum_in_bits_with_and_without_columns_of_ambiguous_letters(columns):
    table = model.encoding_table(columns)
    assert table.shape == (24, columns) and not table[0].any()
    np.testing.assert_array_equal(table[:, :20], blosum("BLOSUM62"))
    if columns == 23:
        square = table[1:]
        np.testing.assert_array_equal(square, square.T)


def test_other_numbers_of_columns_are_refused():
    with pytest.raises(ValueError, match="20 or 23 columns here, not 21"):
        model.encoding_table(21)


def test_heads_of_the_report_are_probabilities():
    tokens = np.array([[1, 5, 22, 0], [3, 3, 3, 3]], dtype="uint8")
    inputs = {"tokens": tokens, "length": np.array([3, 4], dtype="int32")}
    sums = {}
    for experiment in ("report", "report-deeploc1", "ablation-softmax", "ablation-tree"):
        network = report_model.build(settings(experiment, "smoke"))
        sums[experiment] = network.predict_on_batch(inputs)["location"].sum(axis=1)
    for experiment in ("ablation-softmax", "ablation-tree"):
        np.testing.assert_allclose(sums[experiment], 1, rtol=0, atol=1e-5)
    for experiment in ("report", "report-deeploc1"):
        assert np.all(np.abs(sums[experiment] - 1) > 1e-3)


@pytest.mark.parametrize("profile", ["quick", "full"])
def test_the_report_is_the_same_network_on_both_data_sets(profile):
    """What differs is the table, and the part of it that is held out: five partitions, or four."""
    one, other = (settings(name, profile) for name in ("report", "report-deeploc1"))
    own = ("data", "validation_partition")
    differ = {n.removeprefix("report_") for n in one if one[n] != other[n]}
    assert differ == set(own)
    softmax, tree = (settings(name, profile) for name in ("ablation-softmax", "ablation-tree"))
    shortened = {"max_length", "proteins", "epochs"} if profile == "full" else set()
    for chosen in (softmax, tree):
        changed = {n.removeprefix("report_") for n in other if other[n] != chosen[n]}
        assert changed == {"head"} | shortened


def test_full_runs_of_all_changes_are_shortened_alike():
    names = {name for one in ABLATIONS for name in (one.experiment, one.base)}
    chosen = [settings(n, "full") for n in names if n.startswith(("ablation", "report-member"))]
    for name in ("max_length", "proteins", "report_epochs"):
        assert len({one[name] for one in chosen}) == 1


def test_starting_values_are_those_of_the_package():
    network = model.build(settings("blosum-softmax", "full"))
    for name in ("dense", "location"):
        kernel = np.array(network.get_layer(name).kernel, dtype=float)
        short = kernel.T if kernel.shape[0] > kernel.shape[1] else kernel
        np.testing.assert_allclose(short @ short.T, 2 * np.eye(len(short)), rtol=0, atol=1e-4)
    embedding = report_model.build(settings("report", "full")).get_layer("embedding")
    assert np.array(embedding.embeddings).std() == pytest.approx(1, abs=0.1)


def test_variants_are_the_two_faces_of_the_report():
    faces = {v: settings("report", "full", v) for v in ("paper", "methods", "best")}
    contradicted = ("embedding_units", "dropout", "cut", "patience", "keep")
    assert [faces["methods"][n] for n in contradicted] == [20, 0.0, "end", 0, "last"]
    assert [faces["paper"][n] for n in contradicted] == [64, 0.3, "middle", 5, "best"]
    assert [faces[name]["masked"] for name in ("paper", "best")] == [False, "everywhere"]
    assert all(face["epochs"] == 50 and face["batch_size"] == 32 for face in faces.values())


@pytest.mark.parametrize(
    ("experiment", "positions", "on_padding"),
    [
        ("ablation-none", 80, True),
        ("ablation-masked-attention", 80, False),
        ("ablation-masked", 4, False),
    ],
)
def test_attention_sees_padding_unless_it_is_masked(experiment, positions, on_padding):
    network = report_model.build(settings(experiment, "smoke"))
    _, weights = network.get_layer("attention").output
    tokens = np.array([[1, 5, 22, 0], [3, 3, 3, 3]], dtype="uint8")
    inputs = {"tokens": tokens, "length": np.array([3, 4], dtype="int32")}
    found = keras.Model(network.inputs, weights).predict_on_batch(inputs)
    assert found.shape == (2, positions, 3)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=0, atol=1e-5)
    assert (found[0, 3:].max() > 0) == on_padding


def test_optimizers_are_the_stated_ones():
    original = model.build(settings("blosum-softmax", "full")).optimizer
    assert float(original.learning_rate) == pytest.approx(5e-4)
    assert original.global_clipnorm == 3.0
    report = report_model.build(settings("report", "full")).optimizer
    assert float(report.learning_rate) == pytest.approx(1e-3)
    assert report.global_clipnorm is None


def test_saved_networks_load_again(tmp_path):
    for experiment in ("blosum-tree", "ablation-focal"):
        network, _ = network_of(experiment, {})
        network.save(tmp_path / "n.keras")
        loaded = keras.saving.load_model(tmp_path / "n.keras")
        tokens = np.array([[1, 5, 22, 0], [3, 3, 3, 3]], dtype="uint8")
        inputs = {"tokens": tokens, "length": np.array([3, 4], dtype="int32")}
        one, two = (n.predict_on_batch(inputs)["location"] for n in (network, loaded))
        np.testing.assert_array_equal(one, two)
        assert one.shape == (2, len(LOCATIONS))


@on_other_backends
@pytest.mark.parametrize("experiment", ["blosum-tree", "report"])
def test_a_smoke_run_on_another_backend_leaves_a_record(experiment, tmp_path, backend):
    small = {"simulated_proteins": 66, "max_length": 40, "steps": 2}
    done = run_on(backend, f"deeploc/{experiment}", tmp_path, **small, epochs=1, report_epochs=1)
    assert done.returncode == 0, done.stderr[-2000:]
    assert list(tmp_path.rglob("seed1-fold0.json"))
