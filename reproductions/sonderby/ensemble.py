"""The ensemble of R-LSTMs: the mean of the probabilities of networks with different seeds."""

from __future__ import annotations

from pathlib import Path

from common.harness.ensemble import run_ensemble
from common.harness.experiment import Context
from common.harness.record import RunResult
from common.harness.settings import load_settings

MEMBERS = "r-lstm"


def run(context: Context) -> RunResult:
    """Average the trained R-LSTMs, as many as the settings allow.

    Raises
    ------
    DataError
        Fewer than two records, or records of other test proteins.
    """
    settings = load_settings(Path(__file__).with_name("settings.toml"))
    most = context.settings["ensemble"]
    return run_ensemble(context.key, context.results, MEMBERS, most, settings)
