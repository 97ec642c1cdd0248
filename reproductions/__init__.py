"""The papers, a folder each, and what users do with them.

>>> from reproductions import load_model
>>> model = load_model("sonderby")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import Any

__all__ = ["load_model"]


def __getattr__(name: str) -> Any:
    """Import on first use, so that importing the package stays quick."""
    if name == "load_model":
        from reproductions.models import load_model

        return load_model
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
