"""Shares of a transcript over the fractions, and their match with the sequences."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
import pandas as pd

from common.errors import DataError

SUM_TOLERANCE = 1e-3
SHOWN = 5
LISTED = "python -m reproductions.rnatracker.unmatched"
"""Command that lists every id that stands alone."""


def check_shares(table: pd.DataFrame, fractions: Sequence[str]) -> None:
    """Refuse labels that are no distributions.

    Parameters
    ----------
    table : DataFrame
        ``id`` and one column for each fraction.
    fractions : sequence of str
        Columns with the shares.

    Raises
    ------
    DataError
        A share is NaN or infinite, or negative, or a row does not sum to 1 (to 0.001). It names
        the first such transcript and how many there are.
    """
    shares = table[list(fractions)].to_numpy(dtype=np.float64)
    with np.errstate(invalid="ignore"):
        faults = {
            "a share that is NaN or infinite": ~np.isfinite(shares).all(axis=1),
            "a negative share": (shares < 0).any(axis=1),
            "shares that do not sum to 1": np.abs(shares.sum(axis=1) - 1) > SUM_TOLERANCE,
        }
    for fault, wrong in faults.items():
        if wrong.any():
            first = int(np.flatnonzero(wrong)[0])
            values = ", ".join(f"{value:.4g}" for value in shares[first])
            raise DataError(
                str(table["id"].iloc[first]),
                f"{fault} ({values}); {int(wrong.sum())} such transcripts",
                "Give shares of at least 0 that sum to 1, or leave the transcript out",
            )


def normalise(amounts: pd.DataFrame, fractions: Sequence[str]) -> pd.DataFrame:
    """Amounts as shares: each divided by its row's sum (the paper's section 2.1).

    Raises
    ------
    DataError
        As `check_shares`; a row of zeros has no shares.
    """
    shares = amounts.copy()
    values = amounts[list(fractions)].to_numpy(dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares[list(fractions)] = values / values.sum(axis=1, keepdims=True)
    check_shares(shares, fractions)
    return shares


def standing_alone(labels: pd.DataFrame, sequences: pd.DataFrame) -> dict[str, list[str]]:
    """Sorted ids of either table that the other lacks, by what they are."""
    own, other = set(labels["id"]), set(sequences["id"])
    return {
        "labels without a sequence": sorted(own - other),
        "sequences without a label": sorted(other - own),
    }


def match(
    labels: pd.DataFrame, sequences: pd.DataFrame, what: str, *, keep_matched: bool
) -> pd.DataFrame:
    """Join labels and sequences by ``id``; each that stands alone is counted and listed.

    Parameters
    ----------
    labels, sequences : DataFrame
        Each with a column ``id`` without repetition.
    what : str
        Name of the data set, for messages.
    keep_matched : bool
        True: leave the others out and say so on the standard error. False: refuse.

    Returns
    -------
    DataFrame
        In the order of `labels`.

    Raises
    ------
    DataError
        Ids that stand alone, unless `keep_matched`; or nothing matches.
    """
    alone = standing_alone(labels, sequences)
    notes = [
        f"{len(ids):,} {kind} ({', '.join(ids[:SHOWN])}{', ...' if len(ids) > SHOWN else ''})"
        for kind, ids in alone.items()
        if ids
    ]
    if notes and not keep_matched:
        remedy = "Add what is missing, or set keep_matched = true to leave them out"
        raise DataError(what, "; ".join(notes), remedy)
    if not set(labels["id"]) & set(sequences["id"]):
        raise DataError(what, "no label has a sequence", "Give labels and sequences the same ids")
    if notes:
        rest = f"; `{LISTED}` lists all" if max(map(len, alone.values())) > SHOWN else ""
        print(f"data: {what}: left out {'; '.join(notes)}{rest}", file=sys.stderr)
    return labels.merge(sequences, on="id", how="inner", validate="one_to_one")
