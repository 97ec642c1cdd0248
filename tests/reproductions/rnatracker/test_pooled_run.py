"""The pooled run reads the networks of its own data set."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from common.errors import DataError
from common.harness.experiment import ordered_keys
from reproductions.rnatracker import pooled_run
from reproductions.rnatracker.experiments import PAPER
from reproductions.rnatracker.pooled_run import APEX_NEEDS, NEEDS


def context(experiment: str) -> SimpleNamespace:
    key = SimpleNamespace(experiment=experiment, paper="rnatracker", profile="full")
    return SimpleNamespace(key=key)


@pytest.mark.parametrize(("experiment", "prefix"), [("pooled", ""), ("apex-pooled", "apex-")])
def test_each_set_has_its_own_networks(experiment, prefix, monkeypatch, predictions):
    names = []

    def records(_, needs):
        names.extend(needs)
        return [
            SimpleNamespace(
                key=SimpleNamespace(experiment=name, seed=1, fold=0, stem="seed1-fold0"),
                predictions=predictions(noise=0.1 + place / 10, seed=place),
                settings={"data": prefix.strip("-") or "cefra"},
                data_variant="stand-in",
                content={
                    "data_sha256": {},
                    "n_parameters": 1,
                    "padding_share": 0.0,
                    "epochs": 1,
                    "seconds": 2.0,
                    "extra": {},
                    "predictions": {"sha256": "0"},
                },
            )
            for place, name in enumerate(needs)
        ]

    monkeypatch.setattr(pooled_run, "members", records)
    result = pooled_run.run(context(experiment))
    assert names == [f"{prefix}{name}" for name in NEEDS]
    assert list(result.extra["areas"]) == list(NEEDS)
    assert result.seconds == 2.0 * len(NEEDS) and len(result.extra["delong"]) == 3
    assert (
        result.metrics["auc:cytosol"] == result.extra["areas"]["full-length"]["cytosol"]["roc_auc"]
    )


def test_without_the_headline_network_the_user_is_told_what_to_run(monkeypatch):
    monkeypatch.setattr(pooled_run, "members", lambda *_: [])
    with pytest.raises(DataError, match="rnatracker/apex-full-length"):
        pooled_run.run(context("apex-pooled"))


def test_only_full_runs_pool_apex():
    assert PAPER.experiment("apex-pooled").needs == APEX_NEEDS
    for profile, expected in (("smoke", 0), ("quick", 0), ("full", 1)):
        keys = ordered_keys(PAPER, profile)
        assert sum(key.experiment == "apex-pooled" for key in keys) == expected
