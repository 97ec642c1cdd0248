"""What the A-LSTM attends to, protein by protein."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from common.errors import DataError
from common.harness.claims import Measured, widened
from common.harness.groups import RunGroup, choose_group
from common.harness.record import Record
from common.harness.settings import PROFILES
from common.harness.targets import NotAttempted
from common.harness.verdict import CONFIDENCE
from common.interpret.attention import fraction_within, peak_position, reach
from common.metrics.spread import bootstrap_interval

SECRETORY = ("ER", "Extracellular", "Lysosomal", "Vacuolar")
SIGNAL_PEPTIDE = 30


def attention_summary(weights: np.ndarray, lengths: np.ndarray) -> dict[str, list[float]]:
    """Where the attention of each protein lies, in residues from the N terminus.

    Parameters
    ----------
    weights : (n, length)
        Attention, zero on padding.
    lengths : (n,) int
        Residues of each protein after the middle was cut out.

    Returns
    -------
    dict
        ``peak`` (0-based position of the largest weight), ``within_30`` (share of the weight in
        the first 30 residues) and ``reach`` (residues that hold nine tenths of the weight of the
        first 100), each (n,).
    """
    return {
        "peak": [int(place) for place in peak_position(weights, lengths)],
        "within_30": _short(fraction_within(weights, lengths, first=SIGNAL_PEPTIDE)),
        "reach": _short(reach(weights, lengths)),
    }


def _short(values: np.ndarray) -> list[float]:
    return [round(float(value), 4) for value in values]


def secretory_peak(records: Sequence[Record]) -> Measured | NotAttempted:
    """Share of secretory proteins whose attention peaks within 30 residues, less one half."""
    found = _attention(records)
    if isinstance(found, NotAttempted):
        return found
    table, group = found
    chosen = table[table["truth"].isin(SECRETORY)]
    near = chosen["peak"] < SIGNAL_PEPTIDE
    inside = near.groupby(chosen["id"]).mean().to_numpy()
    interval = bootstrap_interval(np.mean, inside, n=2000, seed=0, confidence=CONFIDENCE)
    by_seed = near.groupby(chosen["seed"]).mean().to_numpy()
    low, high = widened(interval.value, interval.low, interval.high, [by_seed])
    others = table[~table["truth"].isin(SECRETORY)]
    by_location = (table["peak"] < SIGNAL_PEPTIDE).groupby(table["truth"]).mean().round(2).to_dict()
    detail = (
        f"{interval.value:.1%} of {len(inside)} proteins of {', '.join(SECRETORY)}; of all others "
        f"{(others['peak'] < SIGNAL_PEPTIDE).mean():.1%}; by location {by_location}"
    )
    ends = low - 0.5, high - 0.5
    return Measured(interval.value - 0.5, *ends, len(group.seeds), (group,), detail)


def transit_reach(records: Sequence[Record]) -> Measured | NotAttempted:
    """Reach of chloroplast proteins' attention less that of mitochondrial ones, in residues."""
    found = _attention(records)
    if isinstance(found, NotAttempted):
        return found
    table, group = found
    means = table.groupby(["truth", "id"])["reach"].mean()
    far, near = (means[name].dropna().to_numpy() for name in ("Chloroplast", "Mitochondrial"))
    generator = np.random.default_rng(0)
    draws = [generator.choice(values, (2000, len(values))).mean(axis=1) for values in (far, near)]
    ends = np.quantile(draws[0] - draws[1], [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    by_seed = table.groupby(["truth", "seed"])["reach"].mean()
    parts = [by_seed[name].to_numpy() for name in ("Chloroplast", "Mitochondrial")]
    low, high = widened(far.mean() - near.mean(), *ends, parts)
    signal = means[means.index.get_level_values("truth").isin(SECRETORY)].mean()
    detail = (
        f"nine tenths of the first 100 residues' attention lie within {far.mean():.1f} residues "
        f"(chloroplast), {near.mean():.1f} (mitochondrion), {signal:.1f} (secretory)"
    )
    ends = float(low), float(high)
    return Measured(float(far.mean() - near.mean()), *ends, len(group.seeds), (group,), detail)


def planted_auc(records: Sequence[Record]) -> Measured | NotAttempted:
    """Area under the ROC curve of attention against planted signals, less one half."""
    group = choose_group(records, "a-lstm-planted", "paper", None)
    if group is None:
        return NotAttempted("no finished run", "reproduce run sonderby/a-lstm-planted")
    planted = [record.content["extra"]["planted"] for record in group.records]
    value, low, high = (np.array([one[name] for one in planted]) for name in ("auc", "low", "high"))
    ends = widened(value.mean(), low.mean(), high.mean(), [value])
    by_location = pd.DataFrame([one["by_location"] for one in planted]).mean().round(3).to_dict()
    detail = f"mean of {planted[0]['proteins']} simulated proteins; by location {by_location}"
    ends = ends[0] - 0.5, ends[1] - 0.5
    return Measured(value.mean() - 0.5, *ends, len(planted), (group,), detail)


def _attention(records: Sequence[Record]) -> tuple[pd.DataFrame, RunGroup] | NotAttempted:
    """Attention of every test protein by every seed of the fullest A-LSTM there is."""
    group = next(
        (
            found
            for profile in reversed(PROFILES)
            for name in ("a-lstm", "a-lstm-60")
            if (found := choose_group(records, name, "paper", profile)) is not None
        ),
        None,
    )
    if group is None:
        return NotAttempted("no finished run", "reproduce run sonderby/a-lstm --profile full")
    tables = []
    for record in group.records:
        summary = record.content["extra"].get("attention")
        if not summary:
            raise DataError(str(record.path), "no attention in the record", "Run it again")
        table = record.predictions[["id", "truth"]].assign(**summary)
        tables.append(table.assign(seed=record.key.seed))
    return pd.concat(tables, ignore_index=True), group
