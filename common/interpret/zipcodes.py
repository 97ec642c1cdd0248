"""From a masking scan to candidate zipcodes: stretches whose masking changes the prediction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from common.errors import UsageError
from common.interpret.masking import Scan

ENHANCING, REPRESSIVE = "enhancing", "repressive"
COLUMNS = ("start", "end", "importance", "peak", "effect", "change")


def zipcodes(scan: Scan, cutoff: float, fraction: int, *, merge: bool = True) -> pd.DataFrame:
    """Candidate zipcodes of one transcript for one of its fractions.

    Parameters
    ----------
    scan : Scan
    cutoff : float
        Least divergence, in nats.
    fraction : int
        Column of the fraction that enhancing and repressive refer to: RNATracker's is the
        predominant one.
    merge : bool
        True: overlapping or touching masks of one effect become one zipcode. False: of all masks
        some are taken greedily from the 5' end, each behind the one before it, whatever their
        effects (RNATracker's count of zipcodes that do not overlap).

    Returns
    -------
    DataFrame
        By start: ``start``, ``end`` (0-based, half open), ``importance`` (the largest divergence
        of its masks), ``peak`` (centre of that mask), ``effect`` (``enhancing`` where masking
        lowers the share or leaves it, else ``repressive``) and ``change`` (of the share, under
        that mask).

    Raises
    ------
    UsageError
        A cutoff that is not above 0, or another fraction than the scan has.
    """
    if not cutoff > 0:
        raise UsageError("cutoff", f"{cutoff} is not above 0", "Give a divergence in nats")
    if not 0 <= fraction < len(scan.original):
        fault = f"{fraction} of {len(scan.original)} fractions"
        raise UsageError("fraction", fault, "Give the column of one of them")
    change = scan.change(fraction)
    over = np.flatnonzero(scan.importance >= cutoff)
    rows: list[tuple] = []
    effects = (over[change[over] <= 0], over[change[over] > 0])
    for members in effects if merge else (over,):
        for group in _grouped(scan, members, merge):
            best = group[np.argmax(scan.importance[group])]
            rows.append(
                (
                    int(scan.starts[group[0]]),
                    int(scan.ends[group].max()),
                    float(scan.importance[best]),
                    int(scan.centres[best]),
                    ENHANCING if change[best] <= 0 else REPRESSIVE,
                    float(change[best]),
                )
            )
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.sort_values(["start", "effect"], ignore_index=True)


def counts_by_cutoff(
    scans: Sequence[Scan], fractions: Sequence[int], cutoffs: Sequence[float]
) -> pd.DataFrame:
    """Zipcodes that do not overlap, over all transcripts, at several cutoffs (Figure 7, left).

    Parameters
    ----------
    scans : sequence of Scan
        One for each transcript.
    fractions : sequence of int
        The fraction of each.
    cutoffs : sequence of float
        Divergences, in nats.

    Returns
    -------
    DataFrame
        ``cutoff``, ``enhancing``, ``repressive``: a row for each cutoff.
    """
    rows = []
    for cutoff in cutoffs:
        effects = [
            effect
            for scan, fraction in zip(scans, fractions, strict=True)
            for effect in zipcodes(scan, cutoff, fraction, merge=False)["effect"]
        ]
        rows.append((cutoff, effects.count(ENHANCING), effects.count(REPRESSIVE)))
    return pd.DataFrame(rows, columns=["cutoff", ENHANCING, REPRESSIVE])


def counts_by_fraction(
    scans: Sequence[Scan],
    fractions: Sequence[int],
    names: Sequence[str],
    cutoffs: Sequence[float],
) -> pd.DataFrame:
    """Zipcodes by the fraction of their transcripts, at several cutoffs, apart and merged.

    Parameters
    ----------
    scans, fractions, cutoffs
        As for `counts_by_cutoff`.
    names : sequence of str
        Of the fractions, by column.

    Returns
    -------
    DataFrame
        A row for each cutoff and fraction: ``cutoff``, ``fraction``, ``transcripts``,
        ``enhancing``, ``repressive`` (zipcodes that do not overlap) and ``merged_enhancing``,
        ``merged_repressive`` (overlapping masks of one effect are one zipcode).
    """
    rows = []
    for cutoff in cutoffs:
        for column, name in enumerate(names):
            own = [scan for scan, one in zip(scans, fractions, strict=True) if one == column]
            row: dict[str, object] = {"cutoff": cutoff, "fraction": name, "transcripts": len(own)}
            for prefix, merge in (("", False), ("merged_", True)):
                tables = [zipcodes(scan, cutoff, column, merge=merge)["effect"] for scan in own]
                for effect in (ENHANCING, REPRESSIVE):
                    row[f"{prefix}{effect}"] = sum(int((one == effect).sum()) for one in tables)
            rows.append(row)
    return pd.DataFrame(rows)


def _grouped(scan: Scan, members: np.ndarray, merge: bool) -> list[np.ndarray]:
    """Masks (in the order of their start) that make one zipcode each."""
    groups: list[list[int]] = []
    for member in members.tolist():
        if groups and scan.starts[member] <= scan.ends[groups[-1][-1]] and merge:
            groups[-1].append(member)
        elif merge or not groups or scan.starts[member] >= scan.ends[groups[-1][-1]]:
            groups.append([member])
    return [np.array(group) for group in groups]
