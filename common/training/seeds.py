"""Randomness that depends on the seed and the epoch alone.

A run that is resumed after epoch ``k`` draws what an undisturbed run draws in epoch ``k + 1``:
neither the order of the batches nor dropout depends on what was drawn before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras


def set_seed(seed: int) -> None:
    """Seed Python, NumPy and the backend, before a network is built."""
    import keras

    keras.utils.set_random_seed(seed)


def epoch_generator(seed: int, epoch: int) -> np.random.Generator:
    """Generator of the order of one epoch (counted from 0)."""
    return np.random.default_rng([seed, epoch])


def reseed_layers(model: keras.Model, seed: int, epoch: int) -> int:
    """Set the state of every random layer, such as dropout, for one epoch.

    Parameters
    ----------
    model : keras.Model
        A built model.
    seed, epoch : int
        Of the run, and of the epoch that is about to start (from 0).

    Returns
    -------
    int
        How many random layers there are.
    """
    states = [
        variable
        for variable in model.variables
        if variable.path.rsplit("/", 1)[-1] == "seed_generator_state"
    ]
    for place, state in enumerate(states):
        draw = np.random.SeedSequence([seed, epoch, place]).generate_state(2)
        state.assign(draw.astype(state.dtype))
    return len(states)
