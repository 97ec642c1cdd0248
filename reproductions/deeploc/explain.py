"""Claims of the report that are measured on the predictions themselves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from common.harness.claims import Measured, widened
from common.harness.groups import choose_group
from common.harness.record import Record
from common.harness.targets import NotAttempted
from common.harness.verdict import CONFIDENCE
from reproductions.deeploc.report_data import TEST_LABELS

STRONG = ("Nucleus", "Mitochondrion", "Cytoplasm")


def strong_locations(records: Sequence[Record]) -> Measured | NotAttempted:
    """Lowest F1 of nucleus, mitochondrion and cytoplasm less the highest of the other five."""
    group = choose_group(records, "report", "paper", None)
    if group is None:
        return NotAttempted("no finished run", "reproduce run deeploc/report --profile full")
    parts = {name: group.estimate(f"f1:{name}") for name in TEST_LABELS}
    drawn = np.stack([parts[name].drawn for name in TEST_LABELS])
    by_seed = np.stack([parts[name].by_seed for name in TEST_LABELS])
    value = float(_gap(np.array([parts[name].value for name in TEST_LABELS])[:, None])[0])
    low, high = np.quantile(_gap(drawn), [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    low, high = widened(value, min(float(low), value), max(float(high), value), [_gap(by_seed)])
    detail = ", ".join(f"{name} {part.value:.2f}" for name, part in parts.items())
    return Measured(value, low, high, len(group.seeds), (group,), detail)


def _gap(scores: np.ndarray) -> np.ndarray:
    """(8, n) scores in the order of `TEST_LABELS` to (n,): worst of the strong less best other."""
    strong = np.isin(TEST_LABELS, STRONG)
    return scores[strong].min(axis=0) - scores[~strong].max(axis=0)
