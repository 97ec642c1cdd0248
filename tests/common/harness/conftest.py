"""A small paper with records, made without any training."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from common.harness.record import RunKey, RunResult, write_record
from common.harness.settings import Settings, load_settings
from common.harness.targets import NotAttempted, Target

LABELS = ("ER", "Golgi", "Nuclear")
SETTINGS = """
[settings.epochs]
paper = 100
code = "none released"
source = "section 3"

[settings.rate]
paper = 0.5
code = 0.2
source = "section 3.1"
why = "the code halves it"
use.best = 0.1

[settings.units]
paper = "not stated"
code = "none released"
source = "nowhere"
why = "chosen once"
use.paper = 256

[profiles.quick]
epochs = 5

[experiments.small]
units = 8
quick = { units = 4 }
"""
PROVENANCE = {
    "commit": "0123456789abcdef",
    "dirty": False,
    "versions": {"python": "3.11.7", "tensorflow": "2.21.0"},
    "backend": "tensorflow",
    "device": "CPU, 2 cores",
    "dtype": "float32",
    "platform": "Linux x86_64",
    "peak_memory_bytes": 1_500_000_000,
}
COLUMNS = "paper,source,row,column,metric,value,spread,spread_kind,n,unit,note"


@dataclass
class FakePaper:
    """What the harness needs of a paper."""

    folder: Path
    targets: dict[tuple[str, str], Any] = field(default_factory=dict)
    name: str = "toy"
    title: str = "A toy paper"
    citation: str = "Toy et al. (2020)"
    claims: Sequence[Any] = ()
    figures: Sequence[Any] = ()
    tabulate: Any = None
    folds: int = 1
    members: int = 2

    @property
    def settings(self) -> Settings:
        return load_settings(self.folder / "settings.toml")

    def reported_target(self, row: Mapping[str, Any]) -> Target | NotAttempted:
        return self.targets.get((row["row"], row["metric"]))

    def members_of(self, experiment: str, profile: str) -> int:
        return self.members

    def folds_of(self, experiment: str, profile: str) -> int:
        return self.folds

    def report(self, *lines: str) -> None:
        """Write `reported.csv`; a line begins behind the paper's name."""
        text = [COLUMNS, *(f"{self.name},{line}" for line in lines)]
        (self.folder / "reported.csv").write_text("\n".join(text) + "\n")


@pytest.fixture
def paper(tmp_path: Path) -> FakePaper:
    folder = tmp_path / "paper"
    folder.mkdir()
    (folder / "settings.toml").write_text(SETTINGS)
    return FakePaper(folder)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return tmp_path / "results"


def label_predictions(
    n: int, right: int, labels: Sequence[str] = LABELS, first: int = 0
) -> pd.DataFrame:
    """`n` examples, the true labels in turn; the first `right` are predicted right."""
    truth = np.arange(n) % len(labels)
    guessed = np.where(np.arange(n) < right, truth, (truth + 1) % len(labels))
    table = pd.DataFrame(np.eye(len(labels))[guessed] * 0.9 + 0.03, columns=list(labels))
    table.insert(0, "truth", [labels[t] for t in truth])
    table.insert(0, "id", [f"P{number:05}" for number in range(first, first + n)])
    return table


@pytest.fixture
def predictions_of() -> Callable[..., pd.DataFrame]:
    return label_predictions


@pytest.fixture
def run(paper: FakePaper, results: Path) -> Callable[..., RunKey]:
    """Write the record of a run: `run(seed=1, right=90)` has 90 of 100 right."""

    def write(
        seed: int = 1,
        right: int = 90,
        n: int = 100,
        *,
        experiment: str = "a",
        profile: str = "full",
        variant: str = "paper",
        fold: int = 0,
        table: pd.DataFrame | None = None,
        metrics: Mapping[str, float] | None = None,
        settings: Mapping[str, Any] | None = None,
        provenance: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> RunKey:
        key = RunKey(profile, paper.name, experiment, variant, seed, fold)
        table = label_predictions(n, right) if table is None else table
        result = RunResult(
            {"accuracy": right / n} if metrics is None else metrics,
            table,
            history=pd.DataFrame({"epoch": [1, 2], "loss": [0.5, 0.25]}),
            n_original=len(table) + 1,
            n_effective=len(table),
            data_variant="exact",
            data_sha256={"toy.fasta": "ab" * 32},
            n_parameters=1234,
            padding_share=0.04,
            epochs=100,
            seconds=3600.0,
        )
        result = dataclasses.replace(result, **changes)
        used = (
            paper.settings.resolve(variant, profile, experiment) if settings is None else settings
        )
        write_record(key, result, used, {**PROVENANCE, **(provenance or {})}, results)
        return key

    return write
