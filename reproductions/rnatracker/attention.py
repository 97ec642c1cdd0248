"""Where along the transcript a network's attention lies (section 3.2, Figure 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from common.harness.claims import Measured
from common.harness.groups import choose_group
from common.harness.record import Record
from common.harness.targets import NotAttempted, run_command
from common.harness.verdict import CONFIDENCE
from common.metrics.spread import bootstrap_interval
from reproductions.rnatracker.kinds import ANSWERED_BY, NAME, WHOLE_LENGTH

THREE_PRIME = 400
BIN = 100


def step_centres(steps: int, settings: Mapping[str, Any]) -> np.ndarray:
    """Nucleotide, from the first one that the network reads, on which each step is centred.

    Parameters
    ----------
    steps : int
        Of the attention.
    settings : mapping
        Resolved settings: blocks of convolution (``same`` on whole transcripts, else ``valid``)
        and pooling.

    Returns
    -------
    np.ndarray
        (steps,) float64.
    """
    stride, centre = step_places(settings)
    return centre + stride * np.arange(steps)


def step_places(settings: Mapping[str, Any]) -> tuple[int, float]:
    """Nucleotides from one step to the next, and the one on which the first is centred."""
    width, pool = settings["filter_length"], settings["pool"]
    whole = settings["network"] in WHOLE_LENGTH
    blocks = settings["blocks"] if whole else 2
    stride, centre = 1, 0.0
    for _ in range(blocks):
        centre += stride * ((width - 1) / 2 - (width - 1) // 2 * whole)
        centre += stride * (pool - 1) / 2
        stride *= pool
    return stride, centre


def attention_summary(
    weights: np.ndarray,
    read: np.ndarray,
    lengths: np.ndarray,
    predominant: np.ndarray,
    settings: Mapping[str, Any],
) -> dict[str, Any]:
    """What a record keeps of the attention of its test transcripts.

    Parameters
    ----------
    weights : (n, steps)
    read : (n,) int
        Nucleotides that the network reads: the transcript's, or the fixed length.
    lengths : (n,) int
        Nucleotides of each transcript.
    predominant : (n,) str
        Fraction with the largest share.
    settings : mapping

    Returns
    -------
    dict
        ``three_prime`` (n,): share of the weight in the last 400 nucleotides; ``even`` (n,): what
        attention that is spread evenly over the transcript's own nucleotides would have there;
        ``chance`` (n,): what it would have spread over all that this network attends to, padding
        included where it does; ``profiles``: by fraction, the mean weight in bins of 100
        nucleotides counted from the 3' end; ``transcripts``: how many each is of.
    """
    centres = step_centres(weights.shape[1], settings)
    from_end = read[:, None] - 1 - centres
    known = np.where(weights > 0, weights, 0.0)
    share = np.where(from_end < THREE_PRIME, known, 0).sum(axis=1)
    bins = np.clip(from_end // BIN, 0, None).astype(int)
    size = int(settings["length"] // BIN) if np.ptp(read) == 0 else 40
    profiles, counts = {}, {}
    for name in np.unique(predominant):
        rows = predominant == name
        inside = bins[rows] < size
        total = np.bincount(bins[rows][inside], known[rows][inside], minlength=size)
        profiles[str(name)] = [round(float(v), 6) for v in total / rows.sum()]
        counts[str(name)] = int(rows.sum())
    even = np.minimum(THREE_PRIME / np.minimum(lengths, read), 1.0)
    chance = even
    if settings["network"] not in WHOLE_LENGTH and settings["attention_over_padding"]:
        chance = np.mean(from_end < THREE_PRIME, axis=1)
    return {
        "three_prime": [round(float(v), 5) for v in share],
        "even": [round(float(v), 5) for v in even],
        "chance": [round(float(v), 5) for v in chance],
        "profiles": profiles,
        "transcripts": counts,
    }


def three_prime_claim(records: Sequence[Record]) -> Measured | NotAttempted:
    """Share of the fixed-length network's attention in the last 400 nucleotides, less one half.

    Only transcripts that have less than half of their nucleotides there.
    """
    group = choose_group(records, "fixed-length", ANSWERED_BY)
    if group is None:
        command = run_command(NAME, "fixed-length", ANSWERED_BY[0])
        return NotAttempted("no finished run", command)
    found = [record.content["extra"]["attention"] for record in group.records]
    shares, even, chances = (
        np.concatenate([one[k] for one in found]) for k in ("three_prime", "even", "chance")
    )
    long = even < 0.5
    if not long.any():
        return NotAttempted(f"no transcript of more than {2 * THREE_PRIME} nucleotides")
    shares, chance = shares[long], float(chances[long].mean())
    interval = bootstrap_interval(np.mean, shares, n=2000, seed=0, confidence=CONFIDENCE)
    detail = (
        f"{interval.value:.1%} of the weight of {len(shares)} transcripts lies in the last "
        f"{THREE_PRIME} nucleotides, where evenly spread attention would have {chance:.1%}"
    )
    ends = interval.low - 0.5, interval.high - 0.5
    return Measured(interval.value - 0.5, *ends, len(group.seeds), (group,), detail)
