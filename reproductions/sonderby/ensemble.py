"""The ensemble of R-LSTMs: the mean of the probabilities of networks with different seeds."""

from __future__ import annotations

from common.harness.ensemble import run_ensemble
from common.harness.experiment import Context
from common.harness.record import RunResult

MEMBERS = "r-lstm"


def run(context: Context) -> RunResult:
    """Average the trained R-LSTMs, as many as the settings allow.

    Raises
    ------
    DataError
        Fewer than two records, or records of other test proteins.
    """
    return run_ensemble(context.key, context.results, MEMBERS, context.settings["ensemble"])
