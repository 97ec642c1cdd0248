"""Speed figures: what was measured, beside what was promised."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from common.files import written_whole
from common.harness.provenance import provenance
from common.harness.runner import device_name
from common.paths import results_folder


@dataclass(frozen=True)
class Measurement:
    """One speed figure.

    Parameters
    ----------
    name : str
        What was measured.
    value : float
        In `unit`.
    unit : str
        Such as ``positions/s``.
    target : str
        What was promised, in words; empty for a figure that only stands beside another.
    holds : bool or None
        Whether it was kept; None where there is no target.
    note : str
        How it was measured.
    """

    name: str
    value: float
    unit: str
    target: str = ""
    holds: bool | None = None
    note: str = ""


def timed(work: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def print_measurements(
    paper: str, measurements: Sequence[Measurement], results: Path | None = None
) -> Path:
    """Print a table and write it to ``benchmarks/<paper>.csv``."""
    from rich.console import Console
    from rich.table import Table

    heads = ("figure", "value", "unit", "target", "holds", "note")
    table = Table(*heads, title=f"Speed, {device_name()}")
    for one in measurements:
        word = {True: "yes", False: "NO", None: ""}[one.holds]
        table.add_row(
            one.name,
            f"{one.value:,.3g}" if one.value < 100 else f"{one.value:,.0f}",
            one.unit,
            one.target,
            word,
            one.note,
        )
    Console().print(table)
    about = provenance(device_name())
    frame = pd.DataFrame([asdict(one) for one in measurements])
    frame["device"], frame["commit"] = about["device"], about["commit"]
    path = (results or results_folder()) / "benchmarks" / f"{paper}.csv"
    with written_whole(path) as temporary:
        frame.to_csv(temporary, index=False, float_format="%.5g", lineterminator="\n")
    print(path)
    return path
