"""Proteins as the networks of this folder read them, and predictions as records keep them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from common.data.alphabet import PROTEIN
from common.errors import UsageError
from common.features.per_residue import PerResidueStore
from common.features.table_profiles import table_profiles
from common.features.truncation import CUTS
from common.harness.outcome import prediction_table
from common.sources import Examples, ResidueSource, Source, TokenSource
from reproductions.deeploc.data import MEMBRANE, SOLUBLE
from reproductions.deeploc.losses import UNKNOWN

MEMBRANE_LABELS = (MEMBRANE, SOLUBLE)


def make_examples(
    frame: pd.DataFrame,
    settings: Mapping[str, Any],
    store: PerResidueStore | None = None,
    targets: Mapping[str, np.ndarray] | None = None,
) -> Examples:
    """Proteins as a network reads them: shortened, as tokens or as profiles.

    Parameters
    ----------
    frame : DataFrame
        ``id`` and ``sequence``.
    settings : mapping
        ``max_length`` in residues and ``cut``: ``middle`` or ``end``.
    store : PerResidueStore, optional
        Profiles of the whole sequences, in place of tokens.
    targets : mapping of str to (n, ...) array, optional
        What the heads should answer.

    Raises
    ------
    UsageError
        Another way to cut.
    """
    if settings["cut"] not in CUTS:
        fault = f"{settings['cut']!r} is not known"
        raise UsageError("cut", fault, f"Use {' or '.join(CUTS)}")
    cut, longest = CUTS[settings["cut"]], settings["max_length"]
    ids = frame["id"].to_numpy(dtype=str)
    shortened = [cut(sequence, longest) for sequence in frame["sequence"]]
    sources: dict[str, Source] = (
        {"tokens": TokenSource(shortened, PROTEIN)}
        if store is None
        else {"profile": ResidueSource(store, ids.tolist(), longest, cut)}
    )
    lengths = np.array([len(sequence) for sequence in shortened])
    return Examples(ids, lengths, sources, None if targets is None else dict(targets))


def profiles_of(
    settings: Mapping[str, Any], frames: Sequence[pd.DataFrame], name: str
) -> PerResidueStore | None:
    """Profiles of all proteins of some tables where the settings ask for them.

    Raises
    ------
    DataError
        A profile does not fit its sequence.
    """
    if settings["features"] != "profile":
        return None
    proteins = pd.concat([frame[["id", "sequence"]] for frame in frames], ignore_index=True)
    store = table_profiles(settings, proteins.itertuples(), name)
    lengths = proteins["sequence"].str.len().tolist()
    store.check(proteins["id"].tolist(), lengths, values=True)
    return store


def membrane_targets(labels: pd.Series) -> np.ndarray:
    """(n,) float32: 1 membrane-bound, 0 soluble, `UNKNOWN` where it is not known."""
    values = labels.map({MEMBRANE: 1.0, SOLUBLE: 0.0}).fillna(UNKNOWN)
    return values.to_numpy(dtype=np.float32)


def membrane_table(frame: pd.DataFrame, probabilities: np.ndarray) -> pd.DataFrame | None:
    """Predictions of the proteins whose label is known; None where no label is.

    Parameters
    ----------
    frame : DataFrame
        ``id`` and ``membrane``.
    probabilities : (n, 1)
        Of being membrane-bound.
    """
    if "membrane" not in frame:
        return None
    known = frame["membrane"].isin(MEMBRANE_LABELS).to_numpy()
    if not known.any():
        return None
    bound = probabilities[known].reshape(-1)
    both = np.stack([bound, 1 - bound], axis=1)
    chosen = frame[known]
    return prediction_table(chosen["id"], chosen["membrane"], both, MEMBRANE_LABELS)
