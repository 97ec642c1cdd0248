"""The random search of appendix C: its spaces, a seeded sampler, and what came out.

Each seed of the experiments ``search-la`` and ``search-ffn`` is one draw and one job, so that the
search can be run in part and goes on where it stopped. Draws are compared on validation proteins.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from common.files import written_whole
from common.harness.experiment import Context
from common.harness.record import Record, RunResult, read_records
from common.harness.settings import PROFILES

LEARNING_RATES = (5e-6, 5e-3)
FILTER_SIZES = (3, 5, 7, 9, 11, 13, 15, 21)
CHANNELS = (32, 128, 256, 512, 1024, 1500, 2048)
FFN_UNITS = (16, 32, 64, 512, 1024)
SEVERAL = 0.25
"""Share of the draws that set two filter sizes side by side; the paper gives no number."""

SEARCHES = ("search-la", "search-ffn")


def draw_settings(network: str, seed: int) -> dict[str, Any]:
    """One draw from the paper's spaces.

    Parameters
    ----------
    network : {"la", "ffn"}
    seed : int
        The same seed gives the same draw.

    Returns
    -------
    dict
        Values for `settings.toml`: the learning rate, uniform on a logarithmic scale, with
        filter sizes and the channels of each, or the hidden units. Two filter sizes share d_out.
    """
    rng = np.random.default_rng([2021, seed])
    low, high = map(math.log, LEARNING_RATES)
    drawn: dict[str, Any] = {"learning_rate": float(f"{math.exp(rng.uniform(low, high)):.3g}")}
    if network == "ffn":
        return drawn | {"hidden_units": int(rng.choice(FFN_UNITS))}
    count = 2 if rng.random() < SEVERAL else 1
    sizes = sorted(int(size) for size in rng.choice(FILTER_SIZES, count, replace=False))
    return drawn | {"kernel_sizes": sizes, "channels": int(rng.choice(CHANNELS)) // count}


def run(context: Context) -> RunResult:
    """Train one draw; what was drawn, and the kept weights' validation scores, are in the record.

    The context's settings are the drawn ones (`Experiment.draws`).
    """
    from reproductions.light_attention.training import run as train

    names = draw_settings(context.settings["network"], context.key.seed)
    drawn = {name: context.settings[name] for name in names}
    result = train(context)
    scores = kept_scores(result.history, result.extra["best_epoch"])
    return replace(result, extra={**result.extra, "drawn": drawn, **scores})


def kept_scores(history: pd.DataFrame, epoch: int) -> dict[str, float]:
    """Validation scores of the epoch (from 1) whose weights are kept.

    It has the lowest validation loss, and not always the highest accuracy.
    """
    row = history.set_index("epoch").loc[epoch]
    return {name: float(row[name]) for name in ("val_accuracy", "val_loss")}


def fullest_draws(records: Sequence[Record]) -> list[Record]:
    """Draws among the records, those of the fullest profile that has any."""
    draws = [record for record in records if record.key.experiment in SEARCHES]
    fullest = max((PROFILES.index(record.key.profile) for record in draws), default=0)
    return [record for record in draws if record.key.profile == PROFILES[fullest]]


def search_table(records: Sequence[Record]) -> pd.DataFrame:
    """Every draw that was run, the best on validation proteins first.

    Validation scores are those of the epoch whose weights are kept, ``best_epoch``; ``accuracy``
    is these weights' on setDeepLoc. Empty where nothing was run.
    """
    rows = []
    for record in records:
        extra = record.content["extra"]
        rows.append(
            {
                "search": record.key.experiment,
                "profile": record.key.profile,
                "seed": record.key.seed,
                **{name: _text(value) for name, value in extra["drawn"].items()},
                **_d_out(extra["drawn"]),
                "best_epoch": extra["best_epoch"],
                "val_accuracy": extra["val_accuracy"],
                "val_loss": extra["val_loss"],
                "accuracy": record.metrics["accuracy"],
                "parameters": record.content["n_parameters"],
            }
        )
    if not rows:
        return pd.DataFrame()
    table = pd.DataFrame(rows)
    return table.sort_values(["search", "val_accuracy"], ascending=[True, False])


def write_search(results: Path) -> pd.DataFrame | None:
    """Write ``search.csv`` beside the figures' sources; None where nothing was run."""
    records = fullest_draws(read_records(results, paper="light_attention"))
    if not records:
        return None
    table = search_table(records)
    with written_whole(results / "figures" / "light_attention" / "search.csv") as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")
    return table


def _d_out(drawn: dict[str, Any]) -> dict[str, int]:
    """Channels of all filter sizes of a draw together; none for the FFN."""
    if "channels" not in drawn:
        return {}
    return {"d_out": drawn["channels"] * len(drawn["kernel_sizes"])}


def _text(value: Any) -> Any:
    return "+".join(map(str, value)) if isinstance(value, list) else value
