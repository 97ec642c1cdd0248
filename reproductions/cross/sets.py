"""The protein data sets of the cross table, and which test proteins each training may be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from reproductions.deeploc import data as deeploc
from reproductions.sonderby import data as sonderby

TRAINED_ON = {"multiloc": ("multiloc",), "deeploc1": deeploc.DATASETS[:2]}
"""Sets with training proteins, and the data sets of the registry that hold them."""
TESTED_ON = ("multiloc", "deeploc1", "sethard")
NAMES = {"multiloc": "MultiLoc", "deeploc1": "DeepLoc 1.0", "sethard": "setHARD"}
LABELLED_AS = {"multiloc": "multiloc", "deeploc1": "deeploc1", "sethard": "deeploc1"}
"""Whose names of locations a set has."""
ALL_PROTEINS = {"cross_train": 0, "cross_test": 0}
OVERLAP = Path(__file__).with_name("overlap.csv")


@dataclass(frozen=True)
class ProteinSet:
    """Proteins of one data set.

    Parameters
    ----------
    train, test : DataFrame
        ``id``, ``sequence``, ``location``; setHARD has no training proteins.
    variant : str
        Data variant.
    sha256 : dict of str to str
        Checksum of each raw file.
    """

    train: pd.DataFrame
    test: pd.DataFrame
    variant: str
    sha256: dict[str, str]


def load_sets(settings: Mapping[str, Any], *, simulate: bool = False) -> dict[str, ProteinSet]:
    """Every data set by its name.

    Parameters
    ----------
    settings : mapping
        ``cross_simulated``: all proteins are simulated; ``simulated_proteins``: how many;
        ``cross_train`` and ``cross_test``: most proteins of each part, 0 for all.
    simulate : bool
        Simulated proteins may stand in for a data set that is nowhere.

    Raises
    ------
    DataError
        A file is missing or damaged.
    """
    n, simulated = settings["simulated_proteins"], settings["cross_simulated"]
    multiloc = sonderby.load_table("simulated" if simulated else "multiloc", n=n, simulate=simulate)
    deep = deeploc.load_table("simulated" if simulated else "deeploc", n=n, simulate=simulate)
    none = deep.hard.iloc[:0]
    found = {
        "multiloc": _split(multiloc.frame, multiloc.variant, multiloc.sha256),
        "deeploc1": _split(deep.frame, deep.variant, deep.sha256),
        "sethard": ProteinSet(none, deep.hard, deep.variant, deep.sha256),
    }
    return {name: _limited(one, settings) for name, one in found.items()}


def askable(test: pd.DataFrame, trained_on: str, tested_on: str) -> pd.DataFrame:
    """Test proteins without a homologue among the training proteins of another data set.

    Within one data set its own published split stands.
    """
    if trained_on == tested_on:
        return test
    known = pd.read_csv(OVERLAP, comment="#")
    ours = (known["trained_on"] == trained_on) & (known["tested_on"] == tested_on)
    return test[~test["id"].isin(known.loc[ours, "id"])].reset_index(drop=True)


def _split(frame: pd.DataFrame, variant: str, sha256: dict[str, str]) -> ProteinSet:
    columns = ["id", "sequence", "location"]
    train, test = (
        frame.loc[frame["split"] == part, columns].reset_index(drop=True)
        for part in ("train", "test")
    )
    return ProteinSet(train, test, variant, sha256)


def _limited(one: ProteinSet, settings: Mapping[str, Any]) -> ProteinSet:
    train = deeploc.limited(one.train, settings["cross_train"]) if len(one.train) else one.train
    test = deeploc.limited(one.test, settings["cross_test"])
    return ProteinSet(train, test, one.variant, one.sha256)
