import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics

from common.errors import DataError
from common.metrics import classification

LABELS = ("Nucleus", "Cytoplasm", "ER", "Golgi")

# Sønderby et al. 2015, Table 2 (the ensemble of ten R-LSTMs): true labels in rows.
SONDERBY_TABLE_2 = np.array(
    [
        [26, 1, 0, 0, 8, 1, 0, 0, 0, 3, 0],
        [1, 28, 0, 0, 0, 0, 0, 0, 0, 1, 0],
        [0, 0, 82, 3, 0, 0, 5, 0, 0, 0, 0],
        [0, 0, 1, 266, 0, 0, 3, 12, 0, 0, 0],
        [0, 0, 0, 1, 166, 0, 0, 0, 0, 1, 0],
        [0, 0, 0, 0, 5, 12, 0, 0, 0, 3, 0],
        [0, 0, 2, 5, 0, 0, 94, 1, 0, 0, 0],
        [0, 0, 0, 27, 1, 0, 3, 137, 0, 0, 0],
        [0, 1, 0, 10, 0, 0, 0, 1, 18, 2, 0],
        [0, 0, 0, 0, 5, 0, 1, 1, 0, 241, 0],
        [0, 0, 0, 0, 7, 0, 0, 0, 0, 1, 5],
    ]
)


def random_pair(seed, n=200, right=0.6):
    """Truth and predictions, the latter right about as often as asked."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(LABELS, n, p=[0.5, 0.3, 0.15, 0.05])
    return truth, np.where(rng.random(n) < right, truth, rng.choice(LABELS, n))


def hand_worked():
    """Six examples: 4 right; Golgi is never predicted, the ER has no examples."""
    truth = ["Nucleus", "Nucleus", "Nucleus", "Cytoplasm", "Cytoplasm", "Golgi"]
    return truth, ["Nucleus", "Nucleus", "Cytoplasm", "Cytoplasm", "Cytoplasm", "Nucleus"]


def test_accuracy_by_hand():
    assert classification.accuracy(*hand_worked()) == pytest.approx(4 / 6)


def test_mcc_by_hand():
    # t = (3, 2, 1), p = (3, 3, 0): (4*6 - 15) / sqrt((36 - 18) * (36 - 14)) = 9 / sqrt(396)
    assert classification.mcc(*hand_worked()) == pytest.approx(9 / np.sqrt(396), abs=1e-12)


def test_mcc_is_the_correlation_of_one_hot_indicators():
    """Gorodkin's definition: cov(X, Y) / sqrt(cov(X, X) cov(Y, Y)), summed over classes."""
    truth, predicted = random_pair(3)
    x, y = (np.array(names)[:, None] == np.array(LABELS) for names in (truth, predicted))
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    expected = (x * y).sum() / np.sqrt((x * x).sum() * (y * y).sum())
    assert classification.mcc(truth, predicted) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_random_pairs_agree_with_scikit_learn(seed):
    truth, predicted = random_pair(seed)
    counts = classification.confusion(truth, predicted, LABELS).to_numpy()
    expected = metrics.accuracy_score(truth, predicted), metrics.matthews_corrcoef(truth, predicted)
    assert classification.accuracy(truth, predicted) == pytest.approx(expected[0], abs=1e-12)
    assert classification.mcc(truth, predicted) == pytest.approx(expected[1], abs=1e-12)
    assert classification.accuracy_from_confusion(counts) == pytest.approx(expected[0], abs=1e-12)
    assert classification.mcc_from_confusion(counts) == pytest.approx(expected[1], abs=1e-12)


def test_extremes_of_mcc():
    truth = ["ER", "ER", "Golgi", "Golgi"]
    assert classification.mcc(truth, truth) == pytest.approx(1)
    assert classification.mcc(truth, truth[::-1]) == pytest.approx(-1)


@pytest.mark.parametrize(
    ("truth", "predicted"),
    [(["ER"] * 3, ["ER"] * 3), (["ER"] * 3, ["ER", "Golgi", "ER"]), (["ER", "Golgi"], ["ER"] * 2)],
)
def test_one_class_only_gives_mcc_zero_without_a_warning(truth, predicted):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert classification.mcc(truth, predicted) == 0
        counts = classification.confusion(truth, predicted, LABELS)
        assert classification.mcc_from_confusion(counts.to_numpy()) == 0


def test_a_printed_confusion_matrix_gives_the_printed_accuracy():
    accuracy = classification.accuracy_from_confusion(SONDERBY_TABLE_2)
    assert round(float(accuracy), 3) == 0.902
    truth = np.repeat(np.arange(11), SONDERBY_TABLE_2.sum(axis=1))
    predicted = np.concatenate([np.repeat(np.arange(11), row) for row in SONDERBY_TABLE_2])
    expected = metrics.matthews_corrcoef(truth, predicted)
    assert classification.mcc_from_confusion(SONDERBY_TABLE_2) == pytest.approx(expected, abs=1e-12)


def test_stacks_of_confusion_matrices_keep_their_shape():
    stack = np.stack([SONDERBY_TABLE_2, SONDERBY_TABLE_2.T, np.zeros((11, 11))])[:, None]
    accuracy = classification.accuracy_from_confusion(stack)
    mcc = classification.mcc_from_confusion(stack)
    assert accuracy.shape == mcc.shape == (3, 1)
    assert np.isnan(accuracy[2, 0])
    assert mcc[2, 0] == 0
    assert mcc[0, 0] == pytest.approx(mcc[1, 0])


def test_confusion_has_true_labels_in_rows():
    table = classification.confusion(*hand_worked(), LABELS)
    assert table.index.name == "truth"
    assert table.columns.name == "predicted"
    assert tuple(table.index) == tuple(table.columns) == LABELS
    assert table.loc["Nucleus", "Cytoplasm"] == 1
    assert table.loc["Cytoplasm", "Nucleus"] == 0
    assert table.to_numpy().sum() == 6


@pytest.mark.parametrize(("normalise", "sklearn_name"), [(False, None), (True, "true")])
@pytest.mark.parametrize("seed", range(3))
def test_confusion_agrees_with_scikit_learn_in_the_given_order(seed, normalise, sklearn_name):
    truth, predicted = random_pair(seed)
    order = LABELS[::-1]
    table = classification.confusion(truth, predicted, order, normalise=normalise).to_numpy()
    wanted = metrics.confusion_matrix(truth, predicted, labels=order, normalize=sklearn_name)
    np.testing.assert_allclose(table, wanted, atol=1e-12)
    assert not np.allclose(table, wanted.T), "rows and columns can be told apart"


def test_confusion_as_fractions_of_the_true_class():
    table = classification.confusion(*hand_worked(), LABELS, normalise=True)
    assert table.loc["Nucleus"].tolist() == pytest.approx([2 / 3, 1 / 3, 0, 0])
    assert table.loc["Golgi"].tolist() == [1, 0, 0, 0]
    assert table.loc["ER"].tolist() == [0, 0, 0, 0]


def test_per_class_by_hand_with_zero_divisions():
    table = classification.per_class(*hand_worked(), LABELS)
    assert table.columns.tolist() == ["precision", "recall", "f1", "support"]
    assert table.loc["Nucleus"].tolist() == pytest.approx([2 / 3, 2 / 3, 2 / 3, 3])
    assert table.loc["Cytoplasm"].tolist() == pytest.approx([2 / 3, 1, 0.8, 2])
    assert table.loc["Golgi"].tolist() == [0, 0, 0, 1]
    assert table.loc["ER"].tolist() == [0, 0, 0, 0]


def test_per_class_agrees_with_scikit_learn_in_the_given_order():
    truth, predicted = random_pair(11)
    report = metrics.classification_report(truth, predicted, output_dict=True, zero_division=0)
    for label, row in classification.per_class(truth, predicted, LABELS[::-1]).iterrows():
        wanted = [report[label][key] for key in ("precision", "recall", "f1-score", "support")]
        assert row.tolist() == pytest.approx(wanted, abs=1e-12)


def test_most_likely_takes_the_first_of_equals():
    labels = classification.most_likely([[0.1, 0.9], [0.5, 0.5], [0.7, 0.3]], ["ER", "Golgi"])
    assert labels.tolist() == ["Golgi", "ER", "ER"]


def test_most_likely_refuses_nan_and_missing_columns():
    with pytest.raises(DataError, match="NaN"):
        classification.most_likely([[0.1, np.nan]], ["ER", "Golgi"])
    with pytest.raises(ValueError, match="2 columns for 3 labels"):
        classification.most_likely([[0.1, 0.9]], ["ER", "Golgi", "Nucleus"])


@pytest.mark.parametrize("metric", [classification.accuracy, classification.mcc])
def test_bad_input_is_refused(metric):
    with pytest.raises(DataError, match="true labels: there are none"):
        metric([], [])
    with pytest.raises(DataError, match="predicted labels: nan at position 0"):
        metric(["ER"], [np.nan])
    with pytest.raises(ValueError, match=r"different numbers of examples, \[2, 1\]"):
        metric(["ER", "ER"], ["ER"])


@pytest.mark.parametrize("table", [classification.confusion, classification.per_class])
def test_labels_outside_the_data_set_are_refused(table):
    with pytest.raises(DataError, match="predicted labels: Vacuole not among the labels"):
        table(["ER"], ["Vacuole"], LABELS)


def test_measures_need_no_deep_learning_library():
    code = (
        "import sys; from common.metrics import checks, classification, distribution, multilabel, "
        "ranking, resampling, spread; "
        "print(sorted({'tensorflow', 'keras', 'torch', 'jax'} & set(sys.modules)))"
    )
    root = Path(classification.__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    )
    assert done.stdout.strip() == "[]"
