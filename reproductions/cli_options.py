"""Options that several commands of `reproduce` have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def check_profile(name: str) -> str:
    """Refuse a profile that there is none of."""
    from common.harness.run_key import known_profile

    return known_profile(name)


ProfileOption = Annotated[
    str,
    typer.Option(
        help="smoke (simulated data), quick (shortened) or full.",
        show_default=True,
        callback=check_profile,
    ),
]
PapersOption = Annotated[
    list[str] | None, typer.Option("--paper", help="Only this paper; may be given again.")
]
ResultsOption = Annotated[
    Path | None, typer.Option("--results", help="Folder of results in place of `results`.")
]
JobsOption = Annotated[
    int | None,
    typer.Option(
        help="Runs at the same time; without it as many as there are cores and memory for.",
        min=1,
        show_default=False,
    ),
]
