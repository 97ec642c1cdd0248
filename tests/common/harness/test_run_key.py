"""A run's key names its folder, and nothing else can be smuggled in."""

import pytest

from common.errors import UsageError
from common.harness.run_key import RunKey, data_digest


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


def test_digest_is_of_variant_keys_and_checksums():
    """Golden values: the first digits of ``printf 'exact|key|1a|2b' | sha256sum``, and without key.

    They name the folders of checkpoints: whatever changes them makes stopped runs begin anew.
    """
    sums = {"b.fasta": "1a", "a.fasta": "2b"}
    assert data_digest("exact", sums, "key") == "b2b1a90e"
    assert data_digest("exact", sums) == "28ece61d"
    assert data_digest("exact", dict(reversed(sums.items())), "key") == "b2b1a90e"
    others = [("simulated", sums, "key"), ("exact", {"a": "1a"}, "key"), ("exact", sums, "")]
    assert len({data_digest(*other) for other in others} | {"b2b1a90e", "28ece61d"}) == 5


def test_each_fold_of_a_seed_draws_for_itself():
    """The first fold as a run without folds: its records stay what they are."""
    keys = [RunKey("full", "p", "e", "paper", s, f) for s in range(1, 11) for f in range(10)]
    assert len({key.training_seed for key in keys}) == 100
    assert [key.training_seed for key in keys if key.fold == 0] == list(range(1, 11))
