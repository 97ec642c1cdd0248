"""Which variants an experiment may run in, and that the settings of committed runs stand still."""

from __future__ import annotations

import pytest

from common.harness.record import as_stored, read_records
from common.paths import project_root
from reproductions.rnatracker.experiments import PAPER, SETTINGS
from reproductions.rnatracker.model import recipe_of

TRAINED = [one.name for one in PAPER.experiments if not one.needs]


def differs(name: str) -> bool:
    own, other = (SETTINGS.resolve(variant, "full", name) for variant in ("code", "paper"))
    return own != other


@pytest.mark.parametrize("name", TRAINED)
def test_a_network_whose_printed_settings_differ_may_run_with_them(name):
    assert differs(name)
    allowed = "paper" in PAPER.experiment(name).optional_variants
    assert allowed == (name != "two-blocks")


def test_the_printed_two_blocks_are_the_printed_full_length_network():
    two, full = (SETTINGS.resolve("paper", "full", n) for n in ("two-blocks", "full-length"))
    assert two == full


def test_the_released_nolstm_learns_by_plain_descent_one_at_a_time():
    alone = recipe_of(SETTINGS.resolve("code", "full", "no-lstm-one-by-one"))
    assert (alone.optimizer, alone.learning_rate, alone.batch_size) == ("sgd", 1e-2, 1)
    batched = recipe_of(SETTINGS.resolve("code", "full", "no-lstm"))
    assert (batched.optimizer, batched.batch_size) == ("adam", 32)
    assert PAPER.experiment("no-lstm-one-by-one").keys("full") == []


@pytest.mark.parametrize("name", ["nn-5mer", "dnn-5mer", "apex-nn-5mer", "apex-dnn-5mer"])
def test_committed_runs_on_counts_have_the_settings_of_today(name):
    """A setting that is added or changed makes every committed run another one."""
    records = read_records(project_root() / "results", "full", "rnatracker", name)
    assert len(records) >= 10
    for record in records:
        key = record.key
        now = SETTINGS.resolve(key.variant, key.profile, key.experiment)
        assert record.settings == as_stored(now), key.stem
