"""A run's key names its folder, and nothing else can be smuggled in."""

import pytest

from common.errors import UsageError
from common.harness.run_key import RunKey


def test_folder_and_stem():
    key = RunKey("full", "sonderby", "a-lstm", "paper", seed=3, fold=2)
    path = key.path("json", "results").as_posix()
    assert path == "results/runs/full/sonderby/a-lstm/paper/seed3-fold2.json"
    assert key.command == (
        "reproduce run sonderby/a-lstm --variant paper --seed 3 --fold 2 --profile full"
    )


def test_results_folder_is_the_projects_by_default(monkeypatch, tmp_path):
    monkeypatch.setenv("REPRODUCE_RESULTS", str(tmp_path))
    assert RunKey("full", "p", "e", "paper", 0).folder() == tmp_path / "runs/full/p/e/paper"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"paper": "../up"}, "paper '../up'"),
        ({"experiment": ""}, "experiment ''"),
        ({"variant": "a/b"}, "variant 'a/b'"),
        ({"experiment": ".hidden"}, "experiment '.hidden'"),
        ({"profile": "fast"}, "profile 'fast'.*smoke, quick, full"),
        ({"seed": -1}, "seed -1"),
        ({"fold": 1.5}, "fold 1.5"),
    ],
)
def test_refused_keys(changes, message):
    good = {"profile": "full", "paper": "p", "experiment": "e", "variant": "paper", "seed": 0}
    with pytest.raises(UsageError, match=message):
        RunKey(**{**good, **changes})
