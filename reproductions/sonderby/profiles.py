"""Profiles of the MultiLoc proteins: searched once, then read from the cache."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from common.features.per_residue import PerResidueStore
from common.features.table_profiles import has_table_profiles, table_profiles
from reproductions.sonderby.data import Table


def multiloc_profiles(settings: Mapping[str, Any], table: Table) -> PerResidueStore:
    """Profiles of a table's proteins; see `table_profiles` for the settings and what it raises."""
    return table_profiles(settings, table.frame.itertuples(), "multiloc")


def has_multiloc_profiles(settings: Mapping[str, Any], table: Table) -> bool:
    """Whether the cache has them; nothing is searched."""
    return has_table_profiles(settings, table.frame.itertuples(), "multiloc")
