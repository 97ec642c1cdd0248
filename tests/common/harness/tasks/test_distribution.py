"""Measures of predicted fractions against the metrics package's."""

import numpy as np
import pytest

from common.harness.measures import parse_measure
from common.harness.tasks import Distribution, task_of
from common.metrics.distribution import kl_divergence, pearson

COLUMNS = ("Cytosol", "Membrane", "Nuclear")
N = 50


@pytest.fixture
def both():
    rng = np.random.default_rng(2)
    truth = rng.dirichlet([1, 2, 1], N)
    return truth, 0.4 * truth + 0.6 * rng.dirichlet([1, 1, 1], N)


def test_resamples_are_the_scores_of_their_examples(both):
    truth, guessed = both
    task = task_of(truth, guessed, COLUMNS)
    assert isinstance(task, Distribution)
    indices = np.random.default_rng(0).integers(0, N, (4, N))
    summary = task.summarise(indices)
    kl = [kl_divergence(truth[i], guessed[i]) for i in indices]
    r = [pearson(truth[i, 1], guessed[i, 1]) for i in indices]
    assert task.score(parse_measure("kl"), summary) == pytest.approx(kl, abs=1e-12)
    assert task.score(parse_measure("pearson:Membrane"), summary) == pytest.approx(r, abs=1e-12)


def test_what_can_be_computed(both):
    task = Distribution(*both, COLUMNS)
    assert task.can(parse_measure("kl"))
    assert not any(task.can(parse_measure(n)) for n in ("accuracy", "pearson", "f1:Nuclear"))
    assert np.isnan(task.support(parse_measure("kl"), task.summarise(np.arange(N)[None])))
