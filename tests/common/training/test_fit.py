"""The training loop: seeds, stopping, keeping the best, and the order of predictions."""

from __future__ import annotations

import io
from dataclasses import replace

import h5py
import keras
import numpy as np
import pandas as pd
import pytest

from common.data.alphabet import PROTEIN
from common.errors import DataError, ReproduceError, UsageError
from common.features.per_residue import PerResidueStore
from common.layers import FixedEmbedding, GlobalMaskedAveragePool1D, RaggedToDense
from common.layers.inputs import length_input, sequence_input
from common.sources import Examples, ResidueSource, TokenSource
from common.training.checkpoint import load_weights, save_weights
from common.training.fit import fit, predict
from common.training.recipe import Recipe
from common.training.seeds import reseed_layers, set_seed

LETTERS = np.array(list("ARNDCQEGHILKMFPSTWYV"))
RECIPE = Recipe(learning_rate=0.05, epochs=3, batch_size=16)


@pytest.fixture(scope="module")
def examples() -> Examples:
    rng = np.random.default_rng(1)
    sequences = ["".join(rng.choice(LETTERS, n)) for n in rng.integers(3, 30, 90)]
    answers = np.array([s.count("A") > s.count("R") for s in sequences], dtype=np.int32)
    lengths = np.array([len(sequence) for sequence in sequences])
    ids = np.array([f"P{place}" for place in range(90)])
    return Examples(ids, lengths, {"tokens": TokenSource(sequences, PROTEIN)}, answers)


def build(recipe: Recipe = RECIPE, seed: int = 1) -> keras.Model:
    set_seed(seed)
    tokens, length = sequence_input("tokens"), length_input()
    dense, mask = RaggedToDense()(tokens, length)
    x = FixedEmbedding(np.eye(24, dtype="float32") * (np.arange(24) > 0)[:, None])(dense)
    x = keras.layers.Dropout(0.2)(x)
    x = GlobalMaskedAveragePool1D()(x, mask=mask)
    x = keras.layers.Dense(2, activation="softmax")(x)
    model = keras.Model({"tokens": tokens, "length": length}, x)
    model.compile(
        recipe.build_optimizer(),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,
    )
    return model


def test_same_seed_gives_the_same_bits_and_another_does_not(examples):
    outputs = []
    for seed in (1, 1, 2):
        model = build(seed=seed)
        result = fit(model, examples, RECIPE, seed=seed, stream=None)
        outputs.append((predict(model, examples), result.history["loss"].to_numpy()))
    assert all(np.array_equal(a, b) for a, b in zip(outputs[0], outputs[1], strict=True))
    assert not np.array_equal(outputs[0][0], outputs[2][0])


def test_training_learns(examples):
    model = build()
    recipe = Recipe(learning_rate=0.05, epochs=15, batch_size=16)
    history = fit(model, examples, recipe, seed=1, stream=None).history
    assert history["loss"].iloc[-1] < 0.7 * history["loss"].iloc[0]
    assert history["epoch"].tolist() == list(range(1, 16))


def test_predictions_stand_in_the_order_of_the_examples_whatever_the_batch(examples):
    model = build()
    whole = predict(model, examples, batch_size=90)
    for size, budget in ((1, None), (7, None), (64, 100)):
        other = predict(model, examples, batch_size=size, max_positions=budget)
        assert np.abs(other - whole).max() < 1e-6
    alone = Examples(
        examples.ids[:1],
        examples.lengths[:1],
        {"tokens": TokenSource(examples.sources["tokens"].sequences[:1], PROTEIN)},
    )
    assert np.abs(predict(model, alone)[0] - whole[0]).max() < 1e-6


def test_further_predictions_trace_nothing_and_see_new_weights(examples):
    from common.batching import make_dataset, plan_batches
    from common.training.fit import _prediction_step

    model = build()
    before = predict(model, examples)
    data = make_dataset(examples, plan_batches(examples.lengths, 8), with_targets=False)
    assert _prediction_step(model, data) is _prediction_step(model, data)
    model.set_weights([weight * 0.5 for weight in model.get_weights()])
    after = predict(model, examples)
    fresh = build()
    fresh.set_weights(model.get_weights())
    assert np.array_equal(after, predict(fresh, examples))
    assert np.abs(after - before).max() > 1e-3


def test_patience_stops_and_best_weights_come_back(examples):
    recipe = Recipe(
        learning_rate=1.0, epochs=40, batch_size=16, patience=2, keep="best", monitor="val_loss"
    )
    model = build(recipe)
    result = fit(model, examples, recipe, seed=1, validation=examples, stream=None)
    losses = result.history["val_loss"]
    assert result.epochs < 40
    assert result.best_epoch == int(losses.idxmin()) + 1
    assert result.epochs - result.best_epoch == 2
    probabilities = predict(model, examples)
    loss = -np.log(probabilities[np.arange(90), examples.targets]).mean()
    assert loss == pytest.approx(losses.min(), rel=1e-4)


def test_hours_end_training_after_an_epoch_and_more_of_them_go_on(examples, tmp_path):
    results = []
    for hours in (0.0, 0.0, None):
        model = build()
        fitted = fit(model, examples, RECIPE, seed=1, hours=hours, folder=tmp_path, stream=None)
        results.append(fitted)
    assert [(one.epochs, one.cut_short) for one in results] == [(1, True), (1, True), (3, False)]
    undisturbed = build()
    fit(undisturbed, examples, RECIPE, seed=1, stream=None)
    assert np.array_equal(predict(model, examples), predict(undisturbed, examples))


def test_training_goes_on_until_its_accuracy_has_been_reached(examples):
    """Light Attention's released code: no stop before 99.6 % of the training set are right."""
    recipe = {"learning_rate": 0.0, "batch_size": 16, "patience": 1, "monitor": "val_accuracy"}
    for least, epochs in ((0.0, 2), (1.01, 5)):
        chosen = Recipe(**recipe, epochs=5, mode="max", least_accuracy=least)
        result = fit(build(), examples, chosen, seed=1, validation=examples, stream=None)
        assert result.epochs == epochs


@pytest.mark.parametrize(("ties", "best", "epochs"), [("first", 1, 3), ("last", 4, 4)])
def test_an_epoch_as_good_as_the_best_may_take_its_place(examples, ties, best, epochs):
    recipe = Recipe(
        **{"learning_rate": 0.0, "epochs": 4, "batch_size": 16, "patience": 2, "keep": "best"},
        **{"monitor": "val_accuracy", "mode": "max", "ties": ties},
    )
    result = fit(build(), examples, recipe, seed=1, validation=examples, stream=None)
    assert (result.best_epoch, result.epochs) == (best, epochs)


def test_finished_run_is_not_trained_again(examples, tmp_path):
    first = build()
    fit(first, examples, RECIPE, seed=1, folder=tmp_path, stream=None)
    second, log = build(), io.StringIO()
    result = fit(second, examples, RECIPE, seed=1, folder=tmp_path, stream=log)
    assert "goes on after epoch 3 of 3" in log.getvalue()
    assert result.epochs == 3
    assert np.array_equal(predict(first, examples), predict(second, examples))


def test_progress_names_epoch_scores_and_time(examples):
    log = io.StringIO()
    fit(build(), examples, RECIPE, seed=1, title="a run", stream=log)
    lines = log.getvalue().splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("a run: epoch 1/3, accuracy 0.")
    assert "about" in lines[0]
    assert "left" in lines[0]


def test_tensorboard_writes_its_logs_on_request(examples, tmp_path):
    fit(build(), examples, RECIPE, seed=1, folder=tmp_path, tensorboard=True, stream=None)
    assert list((tmp_path / "tensorboard").rglob("events*"))


def test_infinite_loss_is_an_error_that_says_what_to_do(examples):
    model = build()
    model.layers[-1].kernel.assign(np.full((24, 2), np.nan, dtype="float32"))
    with pytest.raises(ReproduceError, match="Lower the learning rate"):
        fit(model, examples, RECIPE, seed=1, stream=None)


@pytest.mark.parametrize("part", ["training", "validation", "prediction"])
def test_features_that_are_not_finite_are_an_error_that_names_the_protein(part, tmp_path):
    def read(name: str, value: float) -> Examples:
        with h5py.File(tmp_path / f"{name}.h5", "w") as file:
            file["P0"], file["P1"] = np.zeros((4, 2), "float32"), np.full((3, 2), value, "float32")
        source = ResidueSource(PerResidueStore(tmp_path / f"{name}.h5"), ["P0", "P1"])
        ids, lengths, answers = np.array(["P0", "P1"]), np.array([4, 3]), np.array([0, 1])
        return Examples(ids, lengths, {"features": source}, answers)

    features, length = sequence_input("features", width=2, dtype="float32"), length_input()
    dense, mask = RaggedToDense()(features, length)
    x = GlobalMaskedAveragePool1D()(dense, mask=mask)
    x = keras.layers.Dense(2, activation="softmax")(x)
    model = keras.Model({"features": features, "length": length}, x)
    model.compile(RECIPE.build_optimizer(), "sparse_categorical_crossentropy", jit_compile=False)
    sound, damaged = read("sound", 1.0), read("damaged", np.nan)
    with pytest.raises(DataError, match=r"damaged.h5: P1: NaN or infinite values at 3 residues"):
        if part == "prediction":
            predict(model, damaged)
        else:
            sets = (damaged, sound) if part == "training" else (sound, damaged)
            fit(model, sets[0], RECIPE, seed=1, validation=sets[1], stream=None)


@pytest.mark.parametrize("change", [{"patience": 3}, {"keep": "best"}])
def test_stopping_without_validation_is_refused(examples, change):
    recipe = Recipe(learning_rate=0.1, epochs=2, batch_size=16, **change)
    with pytest.raises(UsageError, match="needs validation"):
        fit(build(), examples, recipe, seed=1, stream=None)


def test_unknown_column_to_monitor_is_refused(examples):
    recipe = Recipe(learning_rate=0.1, epochs=2, batch_size=16, patience=1, monitor="val_lose")
    with pytest.raises(UsageError, match="val_loss"):
        fit(build(recipe), examples, recipe, seed=1, validation=examples, stream=None)


def test_recipe_takes_its_part_of_the_settings_and_zero_for_none():
    settings = {"learning_rate": 0.1, "epochs": 2, "batch_size": 4, "patience": 0, "lstm_units": 9}
    recipe = Recipe.from_settings({**settings, "clip_norm": 2.0})
    assert (recipe.patience, recipe.clip_norm, recipe.epochs) == (None, 2.0, 2)
    assert recipe.build_optimizer().global_clipnorm == 2.0


def test_unknown_optimizer_is_refused():
    with pytest.raises(UsageError, match="adam, nadam or sgd"):
        Recipe(learning_rate=0.1, epochs=1, batch_size=1, optimizer="adm").build_optimizer()


def test_random_layers_are_reseeded_by_epoch():
    model = build()
    states = []
    for epoch in (0, 1, 0):
        assert reseed_layers(model, 3, epoch) == 1
        (state,) = [v for v in model.variables if v.path.endswith("seed_generator_state")]
        states.append(np.array(state))
    assert np.array_equal(states[0], states[2])
    assert not np.array_equal(states[0], states[1])


def test_weights_survive_and_wrong_ones_are_named(examples, tmp_path):
    model, other = build(seed=1), build(seed=2)
    save_weights(tmp_path / "w.npz", model)
    load_weights(tmp_path / "w.npz", other)
    assert np.array_equal(predict(model, examples), predict(other, examples))
    dense = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)])
    with pytest.raises(DataError, match="3 arrays where the network has 2"):
        load_weights(tmp_path / "w.npz", dense)
    (tmp_path / "w.npz").write_bytes((tmp_path / "w.npz").read_bytes()[:100])
    with pytest.raises(DataError, match="not a readable"):
        load_weights(tmp_path / "w.npz", other)


def test_weights_of_another_shape_are_named(tmp_path):
    small, large = (
        keras.Sequential([keras.Input((3,)), keras.layers.Dense(units)]) for units in (4, 5)
    )
    save_weights(tmp_path / "w.npz", small)
    with pytest.raises(DataError, match=r"has shape \(3, 4\), expected \(3, 5\)"):
        load_weights(tmp_path / "w.npz", large)


def test_history_is_a_table(examples):
    history = fit(build(), examples, RECIPE, seed=1, validation=examples, stream=None).history
    assert isinstance(history, pd.DataFrame)
    assert {"epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds"} <= set(history)


def test_a_budget_of_residues_makes_smaller_batches_than_the_recipe_names(examples):
    whole = fit(build(), examples, replace(RECIPE, epochs=1), seed=1, stream=None)
    assert whole.batch_mean == 90 / 6  # 90 examples in batches of at most 16
    tight = replace(RECIPE, epochs=1, max_positions=60)
    found = fit(build(tight), examples, tight, seed=1, stream=None)
    assert 2 <= found.batch_mean < 6
