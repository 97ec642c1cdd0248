"""The command `reproduce`.

Only names are imported here: TensorFlow and pandas are loaded by the command that needs them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from common.errors import ReproduceError, UsageError
from reproductions.cli_check import baseline, check
from reproductions.cli_data import data
from reproductions.cli_embed import embed
from reproductions.cli_options import PapersOption, ProfileOption, ResultsOption
from reproductions.cli_predict import predict, release
from reproductions.cli_scan import scan
from reproductions.cli_serve import serve
from reproductions.cli_train import train
from reproductions.cli_weights import weights

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

app = typer.Typer(
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
app.add_typer(data, name="data")
app.command(epilog="Example: `reproduce check --profile quick`")(check)
app.command(epilog="Example: `reproduce baseline --paper sonderby --seeds 5`")(baseline)
app.command(epilog="Example: `reproduce embed unirep-256 proteins.fasta -o proteins.h5`")(embed)
app.command(epilog="Example: `reproduce predict my.fasta --model sonderby -o my.tsv`")(predict)
app.command(epilog="Example: `reproduce release sonderby`")(release)
app.command(epilog="Example: `reproduce serve --model models/sonderby.json`")(serve)
app.command(epilog="Example: `reproduce train my.fasta --paper sonderby --labels my.tsv`")(train)
app.add_typer(weights)
app.command(epilog="Example: `reproduce scan transcripts.fa --model rnatracker`")(scan)


@app.callback()
def about(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print versions and exit.")] = False,
) -> None:
    """Run four published models of subcellular localization and compare every number."""
    if version:
        from importlib.metadata import PackageNotFoundError
        from importlib.metadata import version as installed

        for name in ("reproduce-localization", "keras", "tensorflow"):
            try:
                print(name, installed(name))
            except PackageNotFoundError:
                print(name, "not installed")
    elif context.invoked_subcommand is None:
        print(context.get_help())


@app.command("list", epilog="Example: `reproduce list --paper sonderby`")
def list_experiments(paper: PapersOption = None) -> None:
    """Show every experiment, its seeds by profile, and what it is."""
    from rich.console import Console
    from rich.table import Column, Table

    from common.harness.experiment import PROFILES
    from reproductions.papers import load_papers

    table = Table(Column("experiment", no_wrap=True), *PROFILES, "what it is")
    for found in load_papers(paper or ()).values():
        for experiment in found.experiments:
            seeds = [_span(experiment.seeds.get(name, ())) for name in PROFILES]
            table.add_row(f"{found.name}/{experiment.name}", *seeds, experiment.title)
    Console().print(table)


def _span(seeds: Sequence[int]) -> str:
    """Short text of seeds: 1-10 where they follow each other, - where there are none."""
    if len(seeds) > 2 and list(seeds) == list(range(seeds[0], seeds[-1] + 1)):
        return f"{seeds[0]}-{seeds[-1]}"
    return ",".join(map(str, seeds)) or "-"


@app.command(epilog="Example: `reproduce run sonderby/a-lstm --seed 1 --profile quick`")
def run(
    experiment: Annotated[str, typer.Argument(help="PAPER/EXPERIMENT, as `reproduce list` shows.")],
    seed: Annotated[
        int, typer.Option(help="Of weights, order and dropout.", min=0, max=2**32 - 1)
    ] = 1,
    fold: Annotated[int, typer.Option(help="Fold of a cross-validation, from 0.", min=0)] = 0,
    variant: Annotated[
        str, typer.Option(help="paper, or another that the paper's settings.toml names.")
    ] = "",
    profile: ProfileOption = "quick",
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="NAME=VALUE, repeatable; recorded under runs/other-settings."),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Run although it is done.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print no progress.")] = False,
    tensorboard: Annotated[
        bool, typer.Option("--tensorboard", help="Write logs for TensorBoard under runs/.")
    ] = False,
    hours: Annotated[
        float | None,
        typer.Option(
            help="Begin no epoch once training has taken so long; the record says so.",
            min=0,
            show_default=False,
        ),
    ] = None,
    results: ResultsOption = None,
) -> None:
    """Run one experiment and write its record; a run that was stopped goes on."""
    from common.harness.run_key import RunKey
    from common.harness.runner import find_experiment, run_experiment
    from common.harness.settings import parse_override
    from common.paths import runs_folder
    from reproductions.papers import load_papers

    paper, found = find_experiment(load_papers(), experiment)
    key = RunKey(
        profile, paper.name, found.name, variant or found.variants_of(profile)[0], seed, fold
    )
    overrides = dict(parse_override(text) for text in set_ or ())
    if overrides and results is None and "REPRODUCE_RESULTS" not in os.environ:
        results = runs_folder() / "other-settings"
    path = run_experiment(
        paper,
        found,
        key,
        overrides=overrides,
        again=again,
        quiet=quiet,
        tensorboard=tensorboard,
        hours=hours,
        results=results,
    )
    typer.echo(path)


@app.command(epilog="Example: `reproduce compare`")
def compare(paper: PapersOption = None, results: ResultsOption = None) -> None:
    """Put every reported number beside ours: comparison.csv, claims.csv and README.md.

    The tables hold all papers; `--paper` only chooses whose verdicts are counted on the screen.
    """
    from common.harness.answers import write_answers
    from common.paths import results_folder
    from reproductions.papers import load_papers

    named = list(load_papers(paper or ()))
    table, paths = write_answers(list(load_papers().values()), results or results_folder())
    for path in paths:
        typer.echo(path)
    shown = table[table["paper"].isin(named)]
    counts = shown.groupby(["paper", "profile", "verdict"]).size()
    for (name, profile, word), count in counts.items():
        typer.echo(f"{name}: {count} {word}" + (f" ({profile} runs)" if profile else ""))


@app.command(epilog="Example: `reproduce figures --paper sonderby`")
def figures(paper: PapersOption = None, results: ResultsOption = None) -> None:
    """Draw every figure from the fullest run there is."""
    from common.paths import results_folder
    from reproductions.papers import load_papers

    for found in load_papers(paper or ()).values():
        if found.draw is not None:
            for path in found.draw(results or results_folder()):
                typer.echo(path)


@app.command(epilog="Example: `reproduce report`, then open results/report/index.html")
def report(paper: PapersOption = None, results: ResultsOption = None) -> None:
    """Write the page that answers: does it reproduce?

    The page holds all papers; with `--paper` the address of each paper's part is printed.
    """
    from common.harness.report import write_report
    from reproductions.papers import load_papers

    named = load_papers(paper) if paper else ()
    path = write_report(list(load_papers().values()), results)
    for place in [f"{path}#{name}" for name in named] or [path]:
        typer.echo(place)


@app.command(epilog="Example: `reproduce bench sonderby`, or `reproduce bench predict`")
def bench(
    paper: Annotated[
        str,
        typer.Argument(
            help="Whose benchmark; predict times the released models, serve loads the local page."
        ),
    ] = "sonderby",
    model: Annotated[
        list[str] | None,
        typer.Option(help="predict: a name or a card, repeatable; by default all released."),
    ] = None,
    sequences: Annotated[
        int, typer.Option(help="predict: real sequences for the speed.", min=1)
    ] = 2768,
    size: Annotated[
        list[int] | None,
        typer.Option(help="predict: records of a file for the memory, repeatable.", min=1),
    ] = None,
    results: ResultsOption = None,
) -> None:
    """Measure the speed of batches, input pipeline and training. Run nothing else meanwhile.

    Ends with 1 where a target is missed.
    """
    from importlib import import_module

    from common.harness.bench import print_measurements
    from reproductions.papers import load_papers

    if paper == "predict":
        from reproductions.bench_predict import SIZES, measure

        found = measure(model or (), sequences, sorted(size or SIZES))
    else:
        if paper != "serve":
            load_papers([paper])
        module = "bench_serve" if paper == "serve" else f"{paper}.benchmark"
        found = import_module(f"reproductions.{module}").measure()
    print_measurements(paper, found, results)
    raise typer.Exit(1 if any(one.holds is False for one in found) else 0)


@app.command(epilog="Example: `reproduce jobs --profile quick`")
def jobs(profile: ProfileOption = "quick", paper: PapersOption = None) -> None:
    """List the commands of a profile, one a line, in an order that works."""
    from common.harness.experiment import ordered_keys
    from reproductions.papers import load_papers

    for found in load_papers(paper or ()).values():
        for key in ordered_keys(found, profile):
            typer.echo(key.command)


STOPPED = 130


def run_app(commands: typer.Typer) -> None:
    """Run a command line: a user's mistake is one line on the standard error, no traceback."""
    remark = "the same command goes on from here"
    try:
        code = commands(standalone_mode=False) or 0
    except ReproduceError as error:
        print(f"reproduce: {error}", file=sys.stderr)
        code = error.exit_code
    except (typer.Abort, KeyboardInterrupt) as stop:
        code = STOPPED
        remark = str(stop) or remark
    except typer.TyperException as error:
        print(f"reproduce: {_message(error)}", file=sys.stderr)
        code = UsageError.exit_code
    if code == STOPPED:
        print(f"\nreproduce: stopped; {remark}", file=sys.stderr)
    sys.exit(code)


def app_of(command: Callable[..., None]) -> typer.Typer:
    """An application of a module's one command."""
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    alone.command()(command)
    return alone


def run_alone(command: Callable[..., None]) -> None:
    """Run a module's one command, for ``python -m MODULE``; mistakes as in `run_app`."""
    run_app(app_of(command))


def _message(error: typer.TyperException) -> str:
    """What the parser has to say, in one line."""
    text = getattr(error, "format_message", lambda: str(error))()
    return f"{' '.join(text.split()).rstrip('.')}. Add --help for the options"


def main() -> None:
    """Entry point of `reproduce`."""
    run_app(app)


if __name__ == "__main__":
    main()
