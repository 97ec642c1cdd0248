import numpy as np
import pytest
from sklearn import metrics

from common.errors import DataError
from common.metrics.multilabel import multilabel_report

LABELS = ["Nucleus", "Cytoplasm", "ER"]


def test_by_hand():
    truth = [[1, 0, 0], [1, 1, 0], [0, 1, 0]]
    predicted = [[1, 1, 0], [1, 0, 0], [0, 0, 0]]
    table = multilabel_report(truth, predicted, LABELS)
    assert table.loc["Nucleus"].tolist() == [1, 1, 1, 2, 2, 0, 0]
    assert table.loc["Cytoplasm"].tolist() == [0, 0, 0, 2, 0, 1, 2]
    assert table.loc["ER"].tolist() == [0, 0, 0, 0, 0, 0, 0]
    scores = table[["precision", "recall", "f1"]]
    assert scores.loc["micro avg"].tolist() == pytest.approx([2 / 3, 1 / 2, 4 / 7])
    assert scores.loc["macro avg"].tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3])
    assert scores.loc["weighted avg"].tolist() == pytest.approx([1 / 2, 1 / 2, 1 / 2])
    assert scores.loc["samples avg"].tolist() == pytest.approx([1 / 2, 1 / 2, 4 / 9])
    assert table.loc["micro avg", "support"] == 4


def test_agrees_with_scikit_learn_on_random_labels():
    rng = np.random.default_rng(0)
    truth, predicted = rng.random((2, 80, 3)) < 0.4
    report = metrics.classification_report(
        truth, predicted, target_names=LABELS, output_dict=True, zero_division=0
    )
    table = multilabel_report(truth, predicted, LABELS)
    assert set(table.index) == set(report)
    for name, row in report.items():
        wanted = [row[key] for key in ("precision", "recall", "f1-score", "support")]
        assert table.loc[name].tolist()[:4] == pytest.approx(wanted, abs=1e-12)


def test_counts_of_errors_agree_with_scikit_learn():
    rng = np.random.default_rng(1)
    truth, predicted = rng.random((2, 50, 3)) < 0.5
    table = multilabel_report(truth, predicted, LABELS)
    columns = ["false_positives", "false_negatives", "true_positives"]
    for column, label in enumerate(LABELS):
        cells = metrics.confusion_matrix(truth[:, column], predicted[:, column]).ravel()
        assert table.loc[label, columns].tolist() == cells[1:].tolist()


def test_bad_input_is_refused():
    with pytest.raises(DataError, match="values other than 0 and 1"):
        multilabel_report([[1, 0, 0]], [[0.2, 0.7, 0.1]], LABELS)
    with pytest.raises(DataError, match="there are none"):
        multilabel_report(np.empty((0, 3)), np.empty((0, 3)), LABELS)
    with pytest.raises(ValueError, match="2 columns for 3 labels"):
        multilabel_report([[1, 0]], [[1, 0]], LABELS)
    with pytest.raises(ValueError, match="different numbers of examples"):
        multilabel_report([[1, 0, 0]], [[1, 0, 0], [1, 0, 0]], LABELS)
