"""Claims about correlations: paired, over the transcripts that both networks predict."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from common.harness.claims import Measured
from common.harness.targets import NotAttempted
from common.metrics.distribution import pearson
from reproductions.rnatracker import correlations
from reproductions.rnatracker.correlations import easiest, ordering


def group(*folds: pd.DataFrame, note: str = "") -> SimpleNamespace:
    """A group of runs with one seed, of the predictions of its folds."""
    key = SimpleNamespace(seed=1)
    return SimpleNamespace(
        records=[SimpleNamespace(key=key, predictions=one) for one in folds], note=note
    )


@pytest.fixture
def compare(monkeypatch):
    """The claim that the first of two groups is above the second, measured."""

    def measure(better, worse):
        monkeypatch.setattr(correlations, "comparable_groups", lambda *_: [better, worse])
        return ordering("one", "other")([])

    return measure


def mean_r(table: pd.DataFrame) -> float:
    return float(np.mean([pearson(table[f"truth:{n}"], table[n]) for n in ("cytosol", "nuclear")]))


def test_a_network_against_itself_differs_by_exactly_nothing(compare, predictions):
    found = compare(group(predictions()), group(predictions()))
    assert (found.difference, found.low, found.high) == (0, 0, 0)


def test_the_first_network_is_the_one_that_is_said_to_be_better(compare, predictions):
    good, bad = predictions(noise=0.05), predictions(noise=0.6, seed=1)
    found = compare(group(good), group(bad))
    assert found.difference == pytest.approx(mean_r(good) - mean_r(bad))
    assert 0 < found.low < found.difference < found.high
    turned = compare(group(bad), group(good))
    assert turned.difference == pytest.approx(-found.difference)
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low))
    assert f"one {mean_r(good):.3f}, other {mean_r(bad):.3f}" in found.detail


def test_other_folds_of_the_same_transcripts_change_nothing(compare, predictions):
    good, bad = predictions(noise=0.05), predictions(noise=0.6, seed=1)
    shuffled = bad.sample(frac=1, random_state=0)
    whole = compare(group(good), group(bad))
    folds = compare(
        group(good.iloc[:70], good.iloc[70:]), group(shuffled.iloc[:130], shuffled.iloc[130:])
    )
    assert vars(folds) | {"groups": ()} == vars(whole) | {"groups": ()}


def test_only_transcripts_that_both_predict_count(compare, predictions):
    good, bad = predictions(noise=0.05), predictions(noise=0.6, seed=1)
    found = compare(group(good.iloc[:150]), group(bad.iloc[50:]))
    assert "paired, 100 transcripts" in found.detail
    expected = mean_r(good.iloc[50:150]) - mean_r(bad.iloc[50:150])
    assert found.difference == pytest.approx(expected)


def test_fewer_than_thirty_common_transcripts_are_too_few(compare, predictions):
    table = predictions()
    enough = compare(group(table.iloc[:115]), group(table.iloc[85:]))
    assert isinstance(enough, Measured)
    few = compare(group(table.iloc[:114]), group(table.iloc[85:]))
    assert isinstance(few, NotAttempted) and few.reason.startswith("29 transcripts")


def test_paired_resamples_are_narrower_than_those_of_either_network(compare, predictions):
    """Two networks that err alike differ by less than each of them varies."""
    first = predictions(noise=0.4)
    second = first.assign(cytosol=0.9 * first["cytosol"] + 0.1 * first["truth:cytosol"])
    second["nuclear"] = 1 - second["cytosol"]
    found = compare(group(second), group(first))
    own = (1 - mean_r(first) ** 2) / np.sqrt(len(first))
    assert found.high - found.low < 2 * 1.645 * own


def test_what_was_left_out_of_a_group_is_told(compare, predictions):
    found = compare(group(predictions(), note="seed 2 is left out"), group(predictions()))
    assert found.detail.endswith("; seed 2 is left out")


def test_no_runs_are_not_attempted(monkeypatch):
    monkeypatch.setattr(correlations, "comparable_groups", lambda *_: NotAttempted("no run"))
    assert ordering("one", "other")([]) == NotAttempted("no run")


def three_fractions(easy: str, *others: str) -> pd.DataFrame:
    """The first fraction is predicted as it is; the other two share the rest by chance."""
    rng = np.random.default_rng(0)
    truth = rng.dirichlet(np.ones(3), 300)
    first, part = truth[:, 0], rng.random(300)
    guess = np.stack([first, (1 - first) * part, (1 - first) * (1 - part)], axis=1)
    table = pd.DataFrame({"id": [f"T{n:03d}" for n in range(300)]})
    for column, name in enumerate((easy, *others)):
        table[f"truth:{name}"], table[name] = truth[:, column], guess[:, column]
    return table


def test_the_easiest_fraction_is_held_against_the_next_best(monkeypatch):
    table = three_fractions("cytosol", "membrane", "nuclear")
    monkeypatch.setattr(correlations, "choose_group", lambda *_: group(table))
    r = {n: pearson(table[f"truth:{n}"], table[n]) for n in ("membrane", "nuclear")}
    found = easiest("one", "cytosol")([])
    assert found.difference == pytest.approx(1 - max(r["membrane"], r["nuclear"]))
    assert 0 < found.low < found.difference < found.high
    other = easiest("one", "membrane")([])
    assert other.difference == pytest.approx(r["membrane"] - 1) and other.high < 0


def test_a_fraction_that_the_data_lack_is_not_attempted(monkeypatch):
    table = three_fractions("er", "membrane", "nuclear")
    monkeypatch.setattr(correlations, "choose_group", lambda *_: group(table))
    assert "no fraction cytosol" in easiest("one", "cytosol")([]).reason
    monkeypatch.setattr(correlations, "choose_group", lambda *_: None)
    assert easiest("one", "cytosol")([]).reason == "no finished run"
