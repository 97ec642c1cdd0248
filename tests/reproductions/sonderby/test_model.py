"""The two networks: sizes, outputs, and the same answer in any batch."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from common.data.alphabet import PROTEIN
from common.features.per_residue import PerResidueStore, write_store
from common.harness.outcome import count_trainable
from common.paths import mirror_folder
from common.sources import Examples, ResidueSource, TokenSource
from common.training.fit import predict
from reproductions.sonderby.data import LOCATIONS, load_multiloc
from reproductions.sonderby.experiments import PAPER
from reproductions.sonderby.model import build, explain
from reproductions.sonderby.training import make_examples

NETWORKS = ("a-lstm", "r-lstm")


def settings(network: str, profile: str = "smoke", **changes) -> dict:
    return PAPER.settings.resolve("paper", profile, network, changes)


def lstm_parameters(inputs: int, units: int) -> int:
    return 4 * units * (inputs + units + 1)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(("profiles", "features"), [(True, 80), (False, 60)])
def test_parameter_counts_at_the_papers_scale(network, profiles, features):
    """Counted by hand from sections 2.2, 2.3 and 2.6, with the sizes of `settings.toml`."""
    model = build(settings(network, "full", profiles=profiles), len(LOCATIONS))
    convolutions = sum(10 * (width * features + 1) for width in (1, 3, 5, 9, 15, 21))
    states = 2 * lstm_parameters(60, 200)
    heads = {"a-lstm": 400 * 200 + 200, "r-lstm": 400 * 400 + 400}
    assert count_trainable(model) == convolutions + states + heads[network] + 401 * 11


@pytest.fixture(scope="module")
def proteins() -> tuple[list[str], np.ndarray]:
    rng = np.random.default_rng(0)
    lengths = np.array([1, 2, 20, 57, 58, 100, 100, 33, 5])
    letters = np.array(list("ARNDCQEGHILKMFPSTWYVX"))
    return ["".join(rng.choice(letters, n)) for n in lengths], lengths


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("profiles", [False, True])
def test_answer_does_not_depend_on_the_batch(network, profiles, proteins, tmp_path):
    sequences, lengths = proteins
    ids = [f"P{place}" for place in range(len(sequences))]
    sources = {"tokens": TokenSource(sequences, PROTEIN)}
    if profiles:
        rng = np.random.default_rng(1)
        rows = [
            (name, rng.random((n, 20), "float32")) for name, n in zip(ids, lengths, strict=True)
        ]
        write_store(tmp_path / "p.h5", rows, {})
        sources["profile"] = ResidueSource(PerResidueStore(tmp_path / "p.h5"), ids)
    examples = Examples(np.array(ids), lengths, sources)
    keras.utils.set_random_seed(0)
    model = explain(build(settings(network, profiles=profiles, init_range=0.5), len(LOCATIONS)))
    together = predict(model, examples, batch_size=len(ids))
    alone = predict(model, examples, batch_size=1)
    for name, values in together.items():
        assert np.abs(values - alone[name]).max() <= 1e-5, name
    assert np.ptp(together["location"], axis=0).max() > 0.01


@pytest.mark.mirror
@pytest.mark.skipif(mirror_folder() is None, reason="the real data are not here")
@pytest.mark.parametrize("network", NETWORKS)
def test_answer_on_real_proteins_does_not_depend_on_the_batch(network):
    frame = load_multiloc().frame
    frame = frame.iloc[frame["sequence"].str.len().argsort()].iloc[::400].reset_index(drop=True)
    chosen = settings(network, "full", profiles=False, lstm_units=16, init_range=0.3)
    examples = make_examples(frame, chosen)
    assert examples.lengths.max() == 1000
    model = build(chosen, len(LOCATIONS))
    together = predict(model, examples, batch_size=len(frame))
    assert np.abs(together - predict(model, examples, batch_size=1)).max() <= 1e-5


def test_attention_sums_to_one_on_residues_and_is_zero_on_padding(proteins):
    sequences, lengths = proteins
    ids = np.array([str(place) for place in range(len(sequences))])
    examples = Examples(ids, lengths, {"tokens": TokenSource(sequences, PROTEIN)})
    model = explain(build(settings("a-lstm"), len(LOCATIONS)))
    weights = predict(model, examples)["attention"]
    assert np.abs(weights.sum(axis=1) - 1).max() < 1e-5
    for row, length in zip(weights, lengths, strict=True):
        assert (row[length:] == 0).all()


def test_explained_r_lstm_hands_out_both_last_states(proteins):
    sequences, lengths = proteins
    ids = np.array([str(place) for place in range(len(sequences))])
    examples = Examples(ids, lengths, {"tokens": TokenSource(sequences, PROTEIN)})
    outputs = predict(explain(build(settings("r-lstm"), len(LOCATIONS))), examples)
    assert outputs["forward"].shape == outputs["backward"].shape == (len(ids), 8)
    assert np.abs(outputs["forward"] - outputs["backward"]).max() > 0


def test_backward_lstm_is_the_forward_one_on_the_reversed_sequence(proteins):
    """With equal weights, and filters of width 1, which read no neighbours (Figure 4C)."""
    sequences, lengths = proteins
    model = build(settings("r-lstm", kernel_sizes=[1], init_range=0.5), len(LOCATIONS))
    model.get_layer("backward").set_weights(model.get_layer("forward").get_weights())

    def states(read: list[str]) -> dict[str, np.ndarray]:
        ids = np.array([str(place) for place in range(len(read))])
        sources = {"tokens": TokenSource(read, PROTEIN)}
        return predict(explain(model), Examples(ids, lengths, sources))

    there, back = states(sequences), states([sequence[::-1] for sequence in sequences])
    assert np.abs(there["backward"] - back["forward"]).max() <= 1e-5
    assert np.abs(there["forward"] - back["backward"]).max() <= 1e-5
    turned = np.abs(there["forward"] - back["forward"]).max(axis=1)
    assert (turned[lengths > 2] > 1e-3).all()


def test_initial_weights_are_uniform_in_the_papers_range_and_differ():
    model = build(settings("r-lstm", "full", profiles=False), len(LOCATIONS))
    kernels = [w for w in model.trainable_weights if len(w.shape) > 1]
    for kernel in kernels:
        values = np.array(kernel)
        assert np.abs(values).max() <= 0.05
        assert values.std() == pytest.approx(0.05 / np.sqrt(3), rel=0.1)
    forward, backward = (
        np.array(model.get_layer(n).lstm.cell.kernel) for n in ("forward", "backward")
    )
    assert not np.array_equal(forward, backward)


@pytest.mark.parametrize(
    ("network", "dropouts"),
    [
        ("a-lstm", ["convolutions_dropout", "head_dropout"]),
        ("r-lstm", ["convolutions_dropout", "states_dropout", "head_dropout"]),
    ],
)
def test_dropout_activations_and_biases_are_those_of_section_2_6(network, dropouts):
    """Dropout .5, rectifiers, and biases that start at 0, the forget gate's too."""
    model = build(settings(network, "full"), len(LOCATIONS))
    found = {one.name: one.rate for one in model.layers if isinstance(one, keras.layers.Dropout)}
    assert found == dict.fromkeys(dropouts, 0.5)
    layers = {one.name: one for one in model.layers}
    names = [name for name in ("convolutions", "dense", "location") if name in layers]
    activations = {name: layers[name].activation.__name__ for name in names}
    dense = {"dense": "relu"} if network == "r-lstm" else {}
    assert activations == {"convolutions": "relu", **dense, "location": "softmax"}
    biases = [weight for weight in model.trainable_weights if "bias" in weight.name]
    # six widths, two LSTMs, the answer and, in the R-LSTM, the dense layer
    assert len(biases) == 6 + 2 + 1 + len(dense)
    for bias in biases:
        assert not np.array(bias).any(), bias.path


def test_attention_has_the_sizes_of_the_settings():
    """First dimension of W_a 400 (section 2.6): the size of h_t, both directions' states."""
    chosen = settings("a-lstm", "full")
    attention = build(chosen, len(LOCATIONS)).get_layer("attention")
    assert (2 * chosen["lstm_units"], chosen["attention_units"]) == (400, 200)
    assert {weight.name: weight.shape for weight in attention.weights} == {
        "kernel": (400, 200),
        "vector": (200, 1),
    }


@pytest.mark.parametrize("network", NETWORKS)
def test_full_profile_is_the_papers(network):
    """Sections 2.4 and 2.6."""
    stated = {
        "epochs": 100,
        "max_length": 1000,
        "profile_iterations": 3,
        "profiles": True,
        "matrices": ["one-hot", "BLOSUM80", "HSDM"],
        "kernel_sizes": [1, 3, 5, 9, 15, 21],
        "filters": 10,
        "dropout": 0.5,
        "init_range": 0.05,
        "learning_rate": 2e-4,
    }
    chosen = settings(network, "full")
    assert {name: chosen[name] for name in stated} == stated
    assert chosen["network"] == network


def test_optimizer_is_adam_with_the_meant_constants():
    optimizer = build(settings("a-lstm", "full", profiles=False), len(LOCATIONS)).optimizer
    assert float(optimizer.learning_rate) == pytest.approx(2e-4)
    assert (optimizer.beta_1, optimizer.beta_2, optimizer.epsilon) == (0.9, 0.999, 1e-8)


def test_long_proteins_lose_their_middle():
    import pandas as pd

    frame = pd.DataFrame({"id": ["P1"], "sequence": ["A" * 600 + "W" * 100 + "C" * 600]})
    examples = make_examples(frame, {"max_length": 1000})
    (cut,) = examples.sources["tokens"].sequences
    assert cut == "A" * 500 + "C" * 500
    assert examples.lengths.tolist() == [1000]
