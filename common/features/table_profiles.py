"""Profiles of a table's proteins by the database that its settings name, or by the stand-in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from common.errors import DataError
from common.features.databases import DATASETS, STAND_IN, benchmark_database
from common.features.per_residue import PerResidueStore
from common.features.profiles import HasSequence, are_cached, cached_profiles
from common.files import locked
from common.paths import cache_folder

WIDTH = 20


def table_profiles(
    settings: Mapping[str, Any], proteins: Iterable[HasSequence], name: str
) -> PerResidueStore:
    """Profiles of some proteins, computed where the cache lacks them.

    Parameters
    ----------
    settings : mapping
        ``profile_tool``, ``profile_iterations`` and ``profile_database``: a FASTA file such as
        UniRef50, or nothing for the stand-in (all proteins of the benchmark data sets).
    proteins : iterable of HasSequence
        Their sequences are searched whole; whoever shortens them shortens the profiles.
    name : str
        What the proteins are called in the file's name.

    Raises
    ------
    UsageError
        The search tool is not installed.
    DataError
        The database is not there.
    """
    named = _named(settings)
    if named and not named.is_file():
        remedy = "Let profile_database name a FASTA file, or nothing for the stand-in"
        raise DataError(str(named), "this profile database is not there", remedy)
    path = cached_profiles(
        proteins,
        named or stand_in_database(),
        name,
        settings["profile_tool"],
        settings["profile_iterations"],
        variant=named.name if named else STAND_IN,
        sources=() if named else DATASETS,
    )
    return PerResidueStore(path, WIDTH)


def has_table_profiles(
    settings: Mapping[str, Any], proteins: Iterable[HasSequence], name: str
) -> bool:
    """Whether `table_profiles` would find them in the cache; nothing is computed."""
    database = _named(settings) or _stand_in()
    tool, iterations = settings["profile_tool"], settings["profile_iterations"]
    return are_cached(proteins, database, name, tool, iterations)


def profile_key(store: PerResidueStore | None) -> str:
    """Key under which the cache holds profiles; empty where a network reads none."""
    return "" if store is None else store.provenance["key"]


def profile_remark(store: PerResidueStore | None) -> str:
    """What a reader of a number must know of the profiles behind it; empty without profiles."""
    if store is None:
        return ""
    about = store.provenance
    return f"profiles from {about['database_sequences']:,} proteins ({about['variant']})"


def data_variant(variant: str, store: PerResidueStore | None) -> str:
    """Data variant of a result: profiles of our own make exact proteins `reconstructed`."""
    return "reconstructed" if store is not None and variant == "exact" else variant


def _named(settings: Mapping[str, Any]) -> Path | None:
    """The database of the settings; None for the stand-in."""
    return Path(settings["profile_database"]) if settings["profile_database"] else None


def _stand_in() -> Path:
    return cache_folder() / "profiles" / "benchmark-proteins.fasta"


def stand_in_database() -> Path:
    """All proteins of the benchmark data sets as FASTA, written where it is not there yet."""
    path = _stand_in()
    if path.exists():
        return path
    with locked(path):
        if not path.exists():
            benchmark_database(path)
    return path
