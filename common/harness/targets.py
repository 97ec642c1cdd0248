"""How a paper says which of our runs answers a printed number, or why none does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from common.errors import DataError
from common.harness.reported import Reported, read_reported
from common.harness.settings import Settings


@dataclass(frozen=True)
class Target:
    """The run and the metric that answer a printed number.

    Parameters
    ----------
    experiment, metric : str
        Name of the experiment, and of the metric as in `common.harness.measures`
        (``"accuracy"``, ``"recall:Nuclear"``, ``"proteins:ER>Golgi"``).
    variant : str
    instead : tuple of str
        Variants that answer where `variant` has fewer folds than they.
    same_test_set : bool
        True only where our test examples are the paper's own. Then both sides share them, and
        the interval of the difference holds the seed spread alone.
    reported_runs : int
        Training runs behind the printed number: 1 unless the paper says that it is a mean.
    total : float, optional
        For counts: examples in the paper that they are a share of (of the true class; with the
        label, or without it); by default the sum of the printed table's row.
    folds : int, optional
        Folds whose predictions are pooled; by default those that there are.
    before : str
        Command that the run needs first, such as one that makes its features.
    """

    experiment: str
    metric: str
    variant: str = "paper"
    instead: tuple[str, ...] = ()
    same_test_set: bool = False
    reported_runs: int = 1
    total: float | None = None
    folds: int | None = None
    before: str = ""


@dataclass(frozen=True)
class NotAttempted:
    """Why no run answers a printed number, and the command that would do it where there is one."""

    reason: str
    command: str = ""


class PaperTables(Protocol):
    """What the comparison needs of a paper."""

    @property
    def name(self) -> str: ...
    @property
    def folder(self) -> Path: ...
    @property
    def settings(self) -> Settings: ...
    def folds_of(self, experiment: str, profile: str) -> int: ...
    def members_of(self, experiment: str, profile: str) -> int: ...
    @property
    def reported_target(self) -> Callable[[Mapping[str, Any]], Target | NotAttempted] | None: ...


def run_command(paper: str, experiment: str, variant: str, profile: str = "full") -> str:
    """The command that runs an experiment whole."""
    return f"reproduce run {paper}/{experiment} --variant {variant} --profile {profile}"


def printed_numbers(paper: PaperTables) -> list[Reported]:
    """Every number of the paper's `reported.csv`; none where it prints none of its own.

    Raises
    ------
    DataError
        As `common.harness.reported.read_reported`.
    """
    if paper.reported_target is None:
        return []
    return read_reported(paper.folder / "reported.csv")


def target_of(paper: PaperTables, row: Reported) -> Target | NotAttempted:
    """Ask the paper for the target of a printed number.

    Raises
    ------
    DataError
        There is neither a target nor a reason.
    """
    target = paper.reported_target(row.as_row()) if paper.reported_target else None
    if isinstance(target, Target) or (isinstance(target, NotAttempted) and target.reason.strip()):
        return target
    fault = "has neither a target nor a reason"
    raise DataError(row.name, fault, f"Give it one in the reported_target of {paper.name}")
