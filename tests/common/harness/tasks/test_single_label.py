"""Measures of confusion matrices against scikit-learn's."""

import math

import numpy as np
import pytest
from sklearn import metrics

from common.errors import DataError
from common.harness.measures import parse_measure
from common.harness.tasks.single_label import SingleLabel, score_confusions, support_of

LABELS = ("ER", "Golgi", "Nuclear")


@pytest.fixture
def labels_of_both():
    rng = np.random.default_rng(3)
    truth = rng.choice(LABELS, 200, p=[0.5, 0.3, 0.2])
    return truth, np.where(rng.random(200) < 0.6, truth, rng.choice(LABELS, 200))


def value(name, truth, guessed):
    counts = metrics.confusion_matrix(truth, guessed, labels=LABELS)
    return float(score_confusions(parse_measure(name), counts, LABELS))


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("accuracy", metrics.accuracy_score),
        ("mcc", metrics.matthews_corrcoef),
        ("f1", lambda t, g: metrics.f1_score(t, g, average="macro")),
        ("f1_weighted", lambda t, g: metrics.f1_score(t, g, average="weighted")),
        ("f1:Golgi", lambda t, g: metrics.f1_score(t, g, average=None, labels=LABELS)[1]),
        ("recall:ER", lambda t, g: metrics.recall_score(t, g, average=None, labels=LABELS)[0]),
        (
            "precision:ER",
            lambda t, g: metrics.precision_score(t, g, average=None, labels=LABELS)[0],
        ),
    ],
)
def test_agreement_with_scikit_learn(labels_of_both, name, reference):
    assert value(name, *labels_of_both) == pytest.approx(reference(*labels_of_both), abs=1e-12)


def test_cells_are_shares_of_the_true_class(labels_of_both):
    truth, guessed = labels_of_both
    share = (guessed[truth == "ER"] == "Nuclear").mean()
    assert value("proteins:ER>Nuclear", truth, guessed) == pytest.approx(share)
    assert value("fraction:ER>Nuclear", truth, guessed) == pytest.approx(share)


def test_zero_by_zero():
    counts = np.array([[0, 0, 0], [2, 0, 0], [1, 0, 3]])
    found = {
        name: float(score_confusions(parse_measure(name), counts, LABELS))
        for name in ("precision:Golgi", "f1:Golgi", "recall:ER", "proteins:ER>ER")
    }
    assert found["precision:Golgi"] == found["f1:Golgi"] == 0
    assert math.isnan(found["recall:ER"])
    assert math.isnan(found["proteins:ER>ER"])


def test_mean_f1_is_over_the_classes_that_occur():
    counts = np.array([[3, 1, 0], [1, 3, 0], [0, 0, 0]])
    assert score_confusions(parse_measure("f1"), counts, LABELS) == pytest.approx(0.75)


def test_stack_of_matrices_gives_one_value_each():
    counts = np.stack([np.eye(3), np.ones((3, 3))])
    for name in ("accuracy", "recall:ER", "f1"):
        found = score_confusions(parse_measure(name), counts, LABELS)
        assert found.tolist() == pytest.approx([1, 1 / 3])


def test_support():
    counts = np.array([[5, 1, 0], [2, 7, 0], [0, 0, 3]])
    names = {"accuracy": 18, "recall:ER": 6, "precision:ER": 7, "proteins:Golgi>ER": 9}
    for name, expected in names.items():
        assert support_of(parse_measure(name), counts, LABELS) == expected
    assert math.isnan(support_of(parse_measure("mcc"), counts, LABELS))


def test_unknown_label_is_named(labels_of_both):
    with pytest.raises(DataError, match="no label 'Vacuolar'.*ER, Golgi, Nuclear"):
        value("recall:Vacuolar", *labels_of_both)


def test_what_can_be_computed():
    task = SingleLabel(np.array([0, 1]), np.eye(3)[:2], LABELS)
    can = ("accuracy", "recall:ER", "f1_weighted")
    cannot = ("recall", "auc", "pearson:ER", "kl", "f1_micro", "true_positives:ER")
    assert all(task.can(parse_measure(name)) for name in can)
    assert not any(task.can(parse_measure(name)) for name in cannot)
