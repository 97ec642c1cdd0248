import warnings

import numpy as np
import pytest
from sklearn import metrics
from sklearn.preprocessing import label_binarize

from common.errors import DataError
from common.metrics import ranking

LABELS = ["Cytosol", "Insoluble", "Membrane", "Nuclear"]


def random_scores(seed, n=150):
    """True labels, all four in use, and scores that know a little."""
    rng = np.random.default_rng(seed)
    truth = np.array(LABELS)[np.r_[0:4, rng.integers(0, 4, n - 4)]]
    return truth, label_binarize(truth, classes=LABELS) + rng.gumbel(size=(n, 4))


def test_areas_by_hand():
    # Positives of A score 0.9 and 0.4 against 0.6 and 0.1: 3 of 4 pairs in order.
    truth = ["A", "A", "B", "B"]
    scores = [[0.9, 0.1], [0.4, 0.6], [0.6, 0.4], [0.1, 0.9]]
    table = ranking.auc(truth, scores, ["A", "B"])
    assert table.roc_auc["A"] == pytest.approx(0.75)
    assert table.pr_auc["A"] == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert table.positives.tolist() == [2, 2, 4]


def test_areas_agree_with_scikit_learn():
    truth, scores = random_scores(0)
    table = ranking.auc(truth, scores, LABELS)
    assert table.index.tolist() == [*LABELS, "micro average"]
    one_hot = label_binarize(truth, classes=LABELS)
    for column, label in enumerate(LABELS):
        pair = one_hot[:, column], scores[:, column]
        assert table.roc_auc[label] == pytest.approx(metrics.roc_auc_score(*pair))
        assert table.pr_auc[label] == pytest.approx(metrics.average_precision_score(*pair))
    micro = metrics.roc_auc_score(one_hot, scores, average="micro")
    assert table.roc_auc[ranking.MICRO] == pytest.approx(micro)
    micro = metrics.average_precision_score(one_hot, scores, average="micro")
    assert table.pr_auc[ranking.MICRO] == pytest.approx(micro)


def test_the_order_of_the_labels_is_the_order_of_the_columns():
    truth, scores = random_scores(1)
    turned = ranking.auc(truth, scores[:, ::-1], LABELS[::-1])
    straight = ranking.auc(truth, scores, LABELS)
    assert turned.loc[LABELS].equals(straight.loc[LABELS])
    assert turned.index.tolist()[:4] == LABELS[::-1]


def test_roc_curves_run_from_corner_to_corner_and_enclose_their_area():
    truth, scores = random_scores(2)
    curves, areas = ranking.roc_curve(truth, scores, LABELS), ranking.auc(truth, scores, LABELS)
    assert curves.label.unique().tolist() == [*LABELS, ranking.MICRO]
    for label, curve in curves.groupby("label"):
        x, y = curve.false_positive_rate.to_numpy(), curve.true_positive_rate.to_numpy()
        assert (x[0], y[0], curve.threshold.iloc[0]) == (0, 0, np.inf)
        assert (x[-1], y[-1]) == (1, 1)
        assert metrics.auc(x, y) == pytest.approx(areas.roc_auc[label])


def test_pr_curves_end_at_recall_zero_and_step_over_their_area():
    truth, scores = random_scores(3)
    curves, areas = ranking.pr_curve(truth, scores, LABELS), ranking.auc(truth, scores, LABELS)
    assert curves.label.unique().tolist() == [*LABELS, ranking.MICRO]
    for label, curve in curves.groupby("label"):
        recall, precision = curve.recall.to_numpy(), curve.precision.to_numpy()
        assert (recall[-1], precision[-1], curve.threshold.iloc[-1]) == (0, 1, np.inf)
        assert recall[0] == 1
        steps = -(np.diff(recall) * precision[:-1]).sum()
        assert steps == pytest.approx(areas.pr_auc[label])


def test_points_of_the_curves_agree_with_scikit_learn():
    truth, scores = random_scores(4)
    roc, pr = (curve(truth, scores, LABELS) for curve in (ranking.roc_curve, ranking.pr_curve))
    one_hot = label_binarize(truth, classes=LABELS)
    pairs = dict(zip(LABELS, zip(one_hot.T, scores.T, strict=True), strict=True))
    for label, pair in {**pairs, ranking.MICRO: (one_hot.ravel(), scores.ravel())}.items():
        x, y, threshold = metrics.roc_curve(*pair)
        points = roc[roc.label == label].drop(columns="label").to_numpy()
        np.testing.assert_allclose(points, np.transpose([x, y, threshold]))
        precision, recall, threshold = metrics.precision_recall_curve(*pair)
        points = pr[pr.label == label].drop(columns="label").to_numpy()
        np.testing.assert_allclose(points, np.transpose([recall, precision, [*threshold, np.inf]]))


def test_a_class_without_examples_has_no_curve_and_no_area():
    truth, scores = ["A", "B", "A"], [[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.6, 0.1, 0.3]]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = ranking.auc(truth, scores, ["A", "B", "C"])
        roc = ranking.roc_curve(truth, scores, ["A", "B", "C"])
        pr = ranking.pr_curve(truth, scores, ["A", "B", "C"])
    assert np.isnan(table.roc_auc["C"])
    assert np.isnan(table.pr_auc["C"])
    assert table.positives["C"] == 0
    assert table.roc_auc["A"] == table.roc_auc["B"] == 1
    assert set(roc.label) == set(pr.label) == {"A", "B", ranking.MICRO}


def test_one_class_only():
    table = ranking.auc(["A", "A"], [[0.9], [0.8]], ["A"])
    assert table.roc_auc.isna().all()
    assert table.pr_auc.tolist() == [1, 1]
    curves = ranking.roc_curve(["A", "A"], [[0.9], [0.8]], ["A"])
    assert curves.empty
    assert curves.columns.tolist()[0] == "label"


@pytest.mark.parametrize("rank", [ranking.auc, ranking.roc_curve, ranking.pr_curve])
def test_bad_input_is_refused(rank):
    with pytest.raises(DataError, match="true labels: there are none"):
        rank([], np.empty((0, 2)), ["A", "B"])
    with pytest.raises(DataError, match="scores: 1 of 2 numbers are NaN"):
        rank(["A"], [[np.nan, 1.0]], ["A", "B"])
    with pytest.raises(DataError, match="true labels: C not among the labels A, B"):
        rank(["C"], [[0.5, 0.5]], ["A", "B"])
    with pytest.raises(ValueError, match="3 columns for 2 labels"):
        rank(["A"], [[0.5, 0.3, 0.2]], ["A", "B"])
    with pytest.raises(ValueError, match="different numbers of examples"):
        rank(["A", "B"], [[0.5, 0.5]], ["A", "B"])
