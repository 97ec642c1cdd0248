"""Reweighting to the predominance of all genes."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from common.metrics.distribution import pearson
from reproductions.rnatracker.missing_genes import (
    predominance,
    reweighted,
    weighing,
    weighted_pearson,
)


def test_even_weights_change_nothing():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=50), rng.normal(size=50)
    assert weighted_pearson(x, y, np.full(50, 3.0)) == pytest.approx(pearson(x, y))
    doubled = weighted_pearson(x, y, np.r_[np.full(10, 2.0), np.ones(40)])
    assert doubled == pytest.approx(pearson(np.r_[x, x[:10]], np.r_[y, y[:10]]))


def test_a_constant_side_has_no_correlation_and_other_lengths_are_refused():
    assert np.isnan(weighted_pearson(np.ones(4), np.arange(4.0), np.ones(4)))
    with pytest.raises(ValueError, match="mismatch"):
        weighted_pearson(np.arange(4.0), np.arange(5.0), np.ones(4))


def test_weights_to_ones_own_predominance_change_nothing(predictions):
    table = predictions()
    own = table[["truth:cytosol", "truth:nuclear"]].to_numpy().argmax(axis=1).mean()
    found = reweighted(table, {"cytosol": 1 - own, "nuclear": own})
    assert found["cytosol"] == pytest.approx(pearson(table["truth:cytosol"], table["cytosol"]))
    other = reweighted(table, {"cytosol": 0.9, "nuclear": 0.1})
    assert other["cytosol"] != pytest.approx(found["cytosol"], abs=1e-4)
    assert reweighted(table, {}) == {}


@pytest.mark.parametrize(
    ("data", "variant", "known"),
    [
        ("cefra", "partial data", True),
        ("cefra", "exact", False),
        ("cefra", "simulated", False),
        ("apex", "stand-in", False),
    ],
)
def test_all_genes_are_known_of_the_part_of_cefra_seq_alone(data, variant, known):
    record = SimpleNamespace(settings={"data": data}, data_variant=variant)
    assert sum(predominance(record).values()) == pytest.approx(float(known))


def test_what_the_weights_change_lies_within_its_interval(predictions):
    table, shares = predictions(400, 0.3), {"cytosol": 0.8, "nuclear": 0.2}
    found = weighing(table, shares)
    expected = reweighted(table, shares)
    for name in ("cytosol", "nuclear"):
        here = pearson(table[f"truth:{name}"], table[name])
        row = found.loc[name]
        assert (row["here"], row["weighted"]) == pytest.approx((here, expected[name]))
        assert row["change"] == pytest.approx(expected[name] - here)
        assert row["low"] < row["change"] < row["high"]
    spread = found["high"] - found["low"]
    # paired: far narrower than the interval of either correlation
    assert (spread < 0.5 * (2 * 1.645 / np.sqrt(400))).all()
    assert weighing(table, {}).empty


def test_ones_own_predominance_changes_nothing_in_any_resample(predictions):
    """Of the set as it is; a resample has another predominance, to which it is weighed back."""
    table = predictions(300)
    own = table[["truth:cytosol", "truth:nuclear"]].to_numpy().argmax(axis=1).mean()
    found = weighing(table, {"cytosol": 1 - own, "nuclear": own})
    assert found["change"].to_numpy() == pytest.approx(0, abs=1e-9)
    assert (found["low"] < 0).all() and (found["high"] > 0).all()


def test_a_fraction_that_is_in_no_resample_weighs_nothing():
    """One transcript alone has the second fraction: a third of the resamples lack it."""
    rng = np.random.default_rng(0)
    first = np.r_[rng.uniform(0.6, 0.9, 39), 0.1]
    table = pd.DataFrame({"id": range(40), "truth:cytosol": first, "truth:nuclear": 1 - first})
    table["cytosol"] = first + rng.normal(0, 0.05, 40)
    table["nuclear"] = 1 - table["cytosol"]
    found = weighing(table, {"cytosol": 0.5, "nuclear": 0.5})
    assert np.isfinite(found.to_numpy()).all()
