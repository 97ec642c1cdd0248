"""One experiment for each network and training set; no paper prints what comes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.harness.cells import ResultTable
from common.harness.experiment import Context, Cost, Experiment, Paper
from common.harness.record import RunResult
from common.harness.report import FigureInfo
from reproductions.cross.networks import COMPOSITION, NETWORKS, TITLES
from reproductions.cross.sets import NAMES, TRAINED_ON
from reproductions.cross.settings import load_cross_settings
from reproductions.cross.table import experiment_of

NAME = "cross"
DATASETS = tuple(dict.fromkeys(name for names in TRAINED_ON.values() for name in names))
HOURS = {
    "smoke": Cost(minutes=2, memory_gb=3),
    "quick": Cost(minutes=3, memory_gb=3),
    "full": Cost(minutes=600, memory_gb=12, gpu=True),
}
ONCE = {"smoke": (1,), "quick": (1,), "full": (1,)}


@dataclass(frozen=True)
class Cross(Paper):
    """Not a paper: its settings hold those of the networks of all papers."""

    @property
    def settings(self) -> Any:
        """Which network on which data set, and the network's own settings."""
        return load_cross_settings()


def _train(context: Context) -> RunResult:
    from reproductions.cross.training import run

    return run(context)


def _draw(results: Path) -> list[Path]:
    from reproductions.cross.figures import draw

    return draw(results)


def _tabulate(results: Path) -> list[ResultTable]:
    from reproductions.cross.table import tabulate

    return tabulate(results)


def _experiment(
    network: str, trained_on: str, run: Callable[[Context], RunResult] = _train
) -> Experiment:
    return Experiment(
        NAME,
        experiment_of(network, trained_on),
        f"{TITLES[network]} trained on {NAMES[trained_on]}, tested on all protein sets",
        run,
        ONCE,
        DATASETS,
        costs=dict.fromkeys(HOURS, Cost(minutes=2, memory_gb=3, threads=1))
        if network == COMPOSITION
        else HOURS,
    )


EXPERIMENTS = tuple(
    _experiment(network, trained_on)
    for network in (COMPOSITION, *NETWORKS)
    for trained_on in TRAINED_ON
)

FIGURES = (
    FigureInfo(
        "cross",
        "Every protein network on every protein data set",
        "No paper shows it: each reports its network on its own data.",
        "Accuracy over the ten common locations of each network (rows) on each test set (columns), "
        "trained on MultiLoc (left) and on DeepLoc 1.0 (right).",
    ),
)

PAPER = Cross(
    name=NAME,
    title="Cross table: every protein network on every protein data set",
    citation="Not in a paper. Each network and data set is cited with its own paper.",
    folder=Path(__file__).parent,
    experiments=EXPERIMENTS,
    reported_target=None,
    figures=FIGURES,
    draw=_draw,
    tabulate=_tabulate,
)
