"""One seed's predictions: pooled, sorted, and resampled together."""

import numpy as np
import pandas as pd
import pytest

from common.errors import DataError
from common.harness.measures import parse_measure
from common.harness.scores import SeedScores
from common.metrics.classification import accuracy, mcc
from common.metrics.distribution import pearson
from common.metrics.resampling import index_draws
from common.metrics.spread import bootstrap_interval

LABELS = ("ER", "Golgi", "Nuclear")
FRACTIONS = ("Cytosol", "Membrane", "Nuclear")
ACCURACY = parse_measure("accuracy")


def fractions(n=40, seed=0):
    rng = np.random.default_rng(seed)
    true, guessed = rng.dirichlet([1, 1, 1], n), rng.dirichlet([1, 1, 1], n)
    table = pd.DataFrame({"id": [f"t{i:03}" for i in range(n)]})
    table[[f"truth:{name}" for name in FRACTIONS]] = true
    table[list(FRACTIONS)] = 0.5 * true + 0.5 * guessed
    return table


def with_nuclear(table, head, values):
    """The table with other nuclear fractions, the other two scaled so that rows sum to 1."""
    others = [f"{head}{name}" for name in FRACTIONS[:2]]
    rest = (1 - np.asarray(values)) / table[others].sum(axis=1)
    scaled = table[others].mul(rest, axis=0)
    return table.assign(**{name: scaled[name] for name in others}, **{f"{head}Nuclear": values})


def test_value_of_labels(predictions_of):
    table = predictions_of(100, 83)
    assert SeedScores.from_tables([table], "x").value(ACCURACY) == pytest.approx(0.83)


def test_row_order_does_not_matter(predictions_of):
    table = predictions_of(50, 31)
    shuffled = table.sample(frac=1, random_state=1)
    one, other = (SeedScores.from_tables([t], "x") for t in (table, shuffled))
    assert one.ids == other.ids
    assert np.array_equal(one.drawn(ACCURACY, 50, 0), other.drawn(ACCURACY, 50, 0))


def test_folds_are_pooled(predictions_of):
    tables = [predictions_of(30, 30), predictions_of(10, 0, first=30)]
    scores = SeedScores.from_tables(tables, "x")
    assert scores.n == 40
    assert scores.value(ACCURACY) == pytest.approx(0.75)


def test_example_in_two_folds(predictions_of):
    with pytest.raises(DataError, match="P00000 is a test example of two folds"):
        SeedScores.from_tables([predictions_of(3, 3), predictions_of(3, 3)], "x")


def test_folds_with_other_labels(predictions_of):
    tables = [predictions_of(3, 3), predictions_of(3, 3, ("ER", "Golgi"), first=3)]
    with pytest.raises(DataError, match="different labels"):
        SeedScores.from_tables(tables, "x")


def test_true_label_without_a_column(predictions_of):
    table = predictions_of(3, 3).drop(columns="Golgi")
    with pytest.raises(DataError, match="'Golgi' has no column"):
        SeedScores.from_tables([table], "x")


@pytest.mark.parametrize(("name", "metric"), [("accuracy", accuracy), ("mcc", mcc)])
def test_resamples_are_those_of_the_metrics_package(predictions_of, name, metric):
    table = predictions_of(60, 40)
    scores = SeedScores.from_tables([table], "x")
    guessed = np.array(LABELS)[table[list(LABELS)].to_numpy().argmax(axis=1)]
    reference = bootstrap_interval(metric, table["truth"].to_numpy(), guessed, n=200, seed=4)
    drawn = scores.drawn(parse_measure(name), 200, 4)
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx([reference.low, reference.high])
    assert scores.value(parse_measure(name)) == pytest.approx(reference.value)


def test_pearson_of_a_column():
    table = fractions()
    scores = SeedScores.from_tables([table], "x")
    measure = parse_measure("pearson:Nuclear")
    truth, guessed = table["truth:Nuclear"].to_numpy(), table["Nuclear"].to_numpy()
    assert scores.can(measure)
    assert scores.value(measure) == pytest.approx(pearson(truth, guessed), abs=1e-12)
    reference = bootstrap_interval(pearson, truth, guessed, n=100, seed=0)
    ends = np.quantile(scores.drawn(measure, 100, 0), [0.025, 0.975])
    assert ends == pytest.approx([reference.low, reference.high])


def test_pearson_of_a_constant_column_is_undefined():
    table = with_nuclear(fractions(), "", np.full(40, 0.3))
    scores = SeedScores.from_tables([table], "x")
    assert np.isnan(scores.value(parse_measure("pearson:Nuclear")))
    assert np.isnan(scores.drawn(parse_measure("pearson:Nuclear"), 10, 0)).all()
    assert np.isfinite(scores.drawn(parse_measure("pearson:Cytosol"), 10, 0)).all()


def test_resamples_in_which_a_side_is_constant_are_undefined():
    table = with_nuclear(fractions(), "truth:", np.array([0.3] * 39 + [0.7]))
    scores = SeedScores.from_tables([table], "x")
    without = [39 not in draw for draws in index_draws(40, 200, 0) for draw in draws]
    drawn = scores.drawn(parse_measure("pearson:Nuclear"), 200, 0)
    assert 0 < sum(without) < 200
    assert np.isnan(drawn).tolist() == without


def test_what_cannot_be_computed(predictions_of):
    of_labels = SeedScores.from_tables([predictions_of(9, 9)], "x")
    of_fractions = SeedScores.from_tables([fractions()], "x")
    assert of_labels.can(ACCURACY)
    assert not of_labels.can(parse_measure("pearson:ER"))
    assert not of_labels.can(parse_measure("auc"))
    assert not of_fractions.can(ACCURACY)
    with pytest.raises(DataError, match="no label 'ER'"):
        of_fractions.value(parse_measure("pearson:ER"))


def test_support(predictions_of):
    scores = SeedScores.from_tables([predictions_of(100, 50)], "x")
    assert scores.support(ACCURACY) == 100
    assert scores.support(parse_measure("recall:ER")) == 34
    assert np.isnan(scores.support(parse_measure("mcc")))
