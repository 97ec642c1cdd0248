"""What tests of several commands share."""

from __future__ import annotations

import pytest
from processes import reproduce


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    """A smoke run of the A-LSTM, released: its ``card``, and where results and runs lie."""
    folder = tmp_path_factory.mktemp("release")
    found = {"REPRODUCE_RESULTS": str(folder / "results"), "REPRODUCE_RUNS": str(folder / "runs")}
    for arguments in (
        ["run", "sonderby/a-lstm", "--profile", "smoke", "--quiet"],
        ["release", "sonderby", "--profile", "smoke", "--output", str(folder)],
    ):
        done = reproduce(*arguments, **found)
        assert done.returncode == 0, done.stderr
    return {**found, "card": str(folder / "sonderby.json")}
