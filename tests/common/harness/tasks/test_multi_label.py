"""Measures of several labels an example against scikit-learn's."""

import numpy as np
import pytest
from sklearn import metrics

from common.errors import DataError
from common.harness.measures import AVERAGED, parse_measure
from common.harness.tasks import MultiLabel, task_of

LABELS = ("ER", "Golgi", "Nuclear")
N = 60
ONCE = np.arange(N)[None, :]


@pytest.fixture
def both():
    rng = np.random.default_rng(5)
    truth = (rng.random((N, 3)) < [0.5, 0.2, 0.05]).astype(float)
    guessed = np.clip(0.6 * truth + 0.7 * rng.random((N, 3)), 0, 1)
    guessed[:3] = 0.1
    truth[1] = 0
    return truth, guessed


def value(name, task, indices=ONCE):
    return task.score(parse_measure(name), task.summarise(indices))


@pytest.mark.parametrize("name", AVERAGED)
def test_averages(both, name):
    truth, guessed = both
    kind, _, average = name.partition("_")
    score = getattr(metrics, f"{kind}_score")
    expected = score(truth, guessed >= 0.5, average=average, zero_division=0)
    assert value(name, MultiLabel(truth, guessed, LABELS))[0] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("kind", ["precision", "recall", "f1"])
@pytest.mark.parametrize("label", LABELS)
def test_scores_of_one_label(both, kind, label):
    truth, guessed = both
    score = getattr(metrics, f"{kind}_score")
    expected = score(truth, guessed >= 0.5, average=None, zero_division=0)[LABELS.index(label)]
    found = value(f"{kind}:{label}", MultiLabel(truth, guessed, LABELS))[0]
    assert found == pytest.approx(expected, abs=1e-12)


def test_cells_of_one_label_are_shares(both):
    truth, guessed = both
    task = MultiLabel(truth, guessed, LABELS)
    (tn, fp), (fn, tp) = metrics.confusion_matrix(truth[:, 1], guessed[:, 1] >= 0.5)
    cells = {"true_positives": tp, "false_negatives": fn, "true_negatives": tn}
    cells["false_positives"] = fp
    once = task.summarise(ONCE)
    for kind, count in cells.items():
        measure = parse_measure(f"{kind}:Golgi")
        share, support = task.score(measure, once)[0], task.support(measure, once)
        assert share * support == pytest.approx(count, abs=1e-9)


def test_accuracy_asks_for_all_labels(both):
    truth, guessed = both
    expected = metrics.accuracy_score(truth, guessed >= 0.5)
    task = MultiLabel(truth, guessed, LABELS)
    assert value("accuracy", task)[0] == pytest.approx(expected)
    assert task.support(parse_measure("accuracy"), task.summarise(ONCE)) == N


def test_a_resample_is_the_score_of_its_examples(both):
    truth, guessed = both
    task = MultiLabel(truth, guessed, LABELS)
    indices = np.random.default_rng(0).integers(0, N, (5, N))
    for name in ("f1_micro", "f1_samples", "recall:ER", "false_positives:Nuclear"):
        alone = [value(name, MultiLabel(truth[i], guessed[i], LABELS))[0] for i in indices]
        assert value(name, task, indices) == pytest.approx(alone, abs=1e-12, nan_ok=True)


def test_what_can_be_computed(both):
    task = task_of(*both, LABELS)
    assert isinstance(task, MultiLabel)
    assert all(task.can(parse_measure(n)) for n in ("f1_macro", "f1:ER", "accuracy"))
    assert not any(task.can(parse_measure(n)) for n in ("mcc", "f1", "kl", "proteins:ER>ER"))


def test_unknown_label_is_named(both):
    with pytest.raises(DataError, match="no label 'Vacuolar'"):
        value("f1:Vacuolar", MultiLabel(*both, LABELS))
