"""Reweighting to the predominance of all genes."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from common.metrics.distribution import pearson
from reproductions.rnatracker.missing_genes import predominance, reweighted, weighted_pearson


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
