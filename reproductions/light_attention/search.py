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
    """Train one draw; its settings and its best validation scores are in the record."""
    from reproductions.light_attention.training import run as train

    drawn = draw_settings(context.settings["network"], context.key.seed)
    result = train(replace(context, settings={**context.settings, **drawn}))
    best = {
        "val_accuracy": float(result.history["val_accuracy"].max()),
        "val_loss": float(result.history["val_loss"].min()),
    }
    return replace(result, extra={**result.extra, "drawn": drawn, **best})


def search_table(records: Sequence[Record]) -> pd.DataFrame:
    """Every draw that was run, the best on validation proteins first."""
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
                "val_accuracy": extra["val_accuracy"],
                "val_loss": extra["val_loss"],
                "accuracy": record.metrics["accuracy"],
                "parameters": record.content["n_parameters"],
            }
        )
    table = pd.DataFrame(rows)
    return table.sort_values(["search", "val_accuracy"], ascending=[True, False])


def write_search(results: Path) -> pd.DataFrame | None:
    """Write ``search.csv`` beside the figures' sources; None where nothing was run."""
    records = [
        record
        for name in SEARCHES
        for record in read_records(results, paper="light_attention", experiment=name)
    ]
    if not records:
        return None
    fullest = "full" if any(r.key.profile == "full" for r in records) else records[0].key.profile
    table = search_table([record for record in records if record.key.profile == fullest])
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
