"""What the tests of pooled predictions share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def predictions() -> Callable[..., pd.DataFrame]:
    """Makes predictions of `n` transcripts: the truth of two fractions, and noise on it."""

    def make(n: int = 200, noise: float = 0.1, seed: int = 0) -> pd.DataFrame:
        truth = np.random.default_rng(0).dirichlet(np.ones(2), n)
        guess = np.clip(truth + np.random.default_rng(seed).normal(0, noise, truth.shape), 0.01, 1)
        guess /= guess.sum(axis=1, keepdims=True)
        table = pd.DataFrame({"id": [f"T{i}" for i in range(n)]})
        for column, name in enumerate(("cytosol", "nuclear")):
            table[f"truth:{name}"], table[name] = truth[:, column], guess[:, column]
        return table

    return make
