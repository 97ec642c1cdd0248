"""Nadam step by step: beside Keras's own, and beside the published formula."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from common.training.optimizers import ScheduledNadam
from common.training.recipe import Recipe

GRADIENTS = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")


def steps(optimizer: keras.optimizers.Optimizer) -> np.ndarray:
    """Values of a variable after each step."""
    variable = keras.Variable(np.array([1.0, -2.0, 3.0]), dtype="float32")
    optimizer.build([variable])
    found = []
    for gradient in GRADIENTS:
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
        found.append(keras.ops.convert_to_numpy(variable))
    return np.array(found)


def by_hand(rate: float, decay: float, beta_1: float = 0.9, beta_2: float = 0.999) -> np.ndarray:
    """Dozat's algorithm in double precision."""
    value, first, second, product = np.array([1.0, -2.0, 3.0]), 0.0, 0.0, 1.0
    found = []
    for t, gradient in enumerate(GRADIENTS.astype("float64"), start=1):
        now, following = (beta_1 * (1 - 0.5 * 0.96 ** (decay * n)) for n in (t, t + 1))
        product *= now
        first = beta_1 * first + (1 - beta_1) * gradient
        second = beta_2 * second + (1 - beta_2) * gradient**2
        moment = (1 - now) * gradient / (1 - product)
        moment = moment + following * first / (1 - product * following)
        value = value - rate * moment / (np.sqrt(second / (1 - beta_2**t)) + 1e-8)
        found.append(value)
    return np.array(found)


@pytest.mark.parametrize("decay", [0.004, 1.0, 0.0])
def test_steps_are_those_of_the_formula(decay):
    ours = steps(ScheduledNadam(0.01, schedule_decay=decay))
    np.testing.assert_allclose(ours, by_hand(0.01, decay), rtol=2e-5)


def test_keras_has_a_decay_of_one():
    theirs = steps(keras.optimizers.Nadam(0.01, epsilon=1e-8))
    np.testing.assert_allclose(steps(ScheduledNadam(0.01, schedule_decay=1.0)), theirs, rtol=2e-5)
    assert np.abs(steps(ScheduledNadam(0.01)) - theirs).max() > 0.01


def test_a_copy_has_the_same_configuration():
    own = ScheduledNadam(0.01, 0.8, 0.99, 1e-7, 0.5, global_clipnorm=2.0)
    copy = ScheduledNadam.from_config(own.get_config())
    assert copy.get_config() == own.get_config()
    assert np.array_equal(steps(copy), steps(own))


def test_a_recipe_chooses_the_schedule():
    common = {"learning_rate": 0.1, "epochs": 1, "batch_size": 1, "optimizer": "nadam"}
    old = Recipe(**common, schedule_decay=0.004).build_optimizer()
    assert (type(old).__name__, old.schedule_decay) == ("ScheduledNadam", 0.004)
    assert type(Recipe(**common).build_optimizer()).__name__ == "Nadam"
