"""Profiles of the MultiLoc proteins: searched once, then read from the cache."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from common.features.databases import DATASETS, STAND_IN, benchmark_database
from common.features.per_residue import PerResidueStore
from common.features.profiles import cached_profiles
from common.files import locked
from common.paths import cache_folder
from reproductions.sonderby.data import Table

WIDTH = 20


def multiloc_profiles(settings: Mapping[str, Any], table: Table) -> PerResidueStore:
    """Profiles of a table's proteins, computed where the cache lacks them.

    Parameters
    ----------
    settings : mapping
        ``profile_tool``, ``profile_iterations`` and ``profile_database``: a FASTA file such as
        UniRef50, or nothing for the stand-in (all proteins of the benchmark data sets).
    table : Table
        Its sequences are searched whole; the middle is cut out later.

    Raises
    ------
    UsageError
        The search tool is not installed.
    DataError
        The database is not there.
    """
    named = settings["profile_database"]
    database = Path(named) if named else _stand_in()
    path = cached_profiles(
        table.frame.itertuples(),
        database,
        "multiloc",
        settings["profile_tool"],
        settings["profile_iterations"],
        variant=Path(named).name if named else STAND_IN,
        sources=() if named else DATASETS,
    )
    return PerResidueStore(path, WIDTH)


def _stand_in() -> Path:
    """All proteins of the benchmark data sets as FASTA, written where it is not there yet."""
    path = cache_folder() / "profiles" / "benchmark-proteins.fasta"
    if path.exists():
        return path
    with locked(path):
        if not path.exists():
            benchmark_database(path)
    return path
