"""Options that several commands of `reproduce` have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ProfileOption = Annotated[
    str, typer.Option(help="smoke (simulated data), quick (shortened) or full.", show_default=True)
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
