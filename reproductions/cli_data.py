"""The commands `reproduce data ...`."""

from __future__ import annotations

from typing import Annotated

import typer

data = typer.Typer(
    help="Find, fetch and verify the data sets.",
    epilog="Example: `reproduce data status`",
    no_args_is_help=True,
)

NamesArgument = Annotated[
    list[str] | None, typer.Argument(help="Data sets, as `reproduce data status` names them.")
]


@data.command(epilog="Example: `reproduce data fetch multiloc`")
def fetch(
    names: NamesArgument = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Look in the data folder and the mirror only.")
    ] = False,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="End with 0 although a data set is missing.")
    ] = False,
) -> None:
    """Find the data sets, and download those that are not here."""
    from common.data.fetch import locate
    from common.data.registry import load_registry
    from common.errors import DataError

    missing = 0
    for name in names or list(load_registry()):
        try:
            located = locate(name, download=not offline)
        except DataError as error:
            missing += 1
            typer.echo(str(error), err=True)
        else:
            typer.echo(f"{name}: {located.origin}, {located.variant}")
    if missing and not keep_going:
        raise typer.Exit(DataError.exit_code)


@data.command(epilog="Example: `reproduce data status`")
def status() -> None:
    """Show which data sets are here, from where, and whether they are exact.

    What is wrong with the files of a data set stands below the table.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Column, Table

    from common.data.status import status_table

    table = Table(
        *(Column(name, no_wrap=True) for name in ("dataset", "variant", "here")),
        "origin",
        Column("MB", justify="right", no_wrap=True),
        "verified",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    faults = []
    for row in status_table().itertuples(index=False):
        verdict, colon, _ = row.verified.partition(":")
        size = f"{row.bytes / 1e6:,.3f}"
        table.add_row(row.dataset, row.variant, row.files, row.origin, size, verdict)
        if colon:
            faults.append(f"{row.dataset}: {row.verified}")
    console = Console(highlight=False, markup=False)
    console.print(table)
    for fault in faults:
        console.print(fault)


@data.command(epilog="Example: `reproduce data verify`")
def verify() -> None:
    """Check checksums and contents of everything that is here; ends with 3 where one is wrong."""
    from common.data.status import status_table
    from common.errors import DataError

    frame = status_table(content=True)
    wrong = 0
    for row in frame.itertuples(index=False):
        bad = str(row.verified).startswith(("damaged", "content differs"))
        wrong += bad
        typer.echo(
            f"{'WRONG' if bad else 'ok' if row.here != 'no' else '-':6}{row.dataset}: "
            f"{row.verified or 'not here'}"
        )
    if wrong:
        raise typer.Exit(DataError.exit_code)
