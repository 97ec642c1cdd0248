"""The commands that put trained networks to use: `predict` and `release`."""

from __future__ import annotations

import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from common.errors import DataError, UsageError

if TYPE_CHECKING:
    from common.predict.predictor import Predictor
    from common.predict.stream import Progress

ON_ERROR = ("stop", "skip")


def predict(
    fasta: Annotated[
        str | None, typer.Argument(help="FASTA file, plain or gzip; - reads the standard input.")
    ] = None,
    model: Annotated[
        str, typer.Option(help="A name that --list shows, or the path of a card.")
    ] = "",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Table to write (.tsv, .jsonl, also .gz)."),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="tsv or jsonl; by default as the output's name says.")
    ] = "",
    on_error: Annotated[
        str, typer.Option(help="stop at a bad record, or skip it and list it.")
    ] = "stop",
    plots: Annotated[
        Path | None, typer.Option(help="Folder for a PNG and an SVG of each sequence.")
    ] = None,
    shards: Annotated[
        int, typer.Option(help="Print the command that makes this many jobs of it.", min=0)
    ] = 0,
    list_: Annotated[
        bool, typer.Option("--list", help="Show the models and their scores.")
    ] = False,
) -> None:
    """Predict where each sequence of a FASTA file goes.

    The table holds the best location, its probability (calibrated), the entropy, what is unusual
    about the sequence, the positions with the most attention, and every location's probability.
    A file is written whole or not at all; the same command goes on where it was stopped.
    """
    if list_:
        _list_models()
        return
    if fasta is None or not model:
        lacking = "FASTA" if fasta is None else "--model"
        raise UsageError("predict", f"{lacking} is missing", "`reproduce predict --help`")
    if on_error not in ON_ERROR:
        raise UsageError(f"--on-error {on_error}", "unknown", f"Known: {', '.join(ON_ERROR)}")
    if shards:
        print(_sharded(fasta, model, output, shards))
        return
    form = form or _form_of(output)
    from reproductions.models import load_model

    with _as_file(fasta) as source:
        predictor = load_model(model)
        done = _run(predictor, source, output, form, on_error == "skip")
        if plots is not None:
            _plot(predictor, source, plots, on_error == "skip")
    if done.rejected:
        where = f"{output}.rejected.tsv" if output else "the standard error"
        print(f"bad records: {done.rejected}, listed in {where}", file=sys.stderr)
        raise typer.Exit(DataError.exit_code)


def release(
    model: Annotated[str, typer.Argument(help="A name that `reproduce predict --list` shows.")],
    profile: Annotated[str, typer.Option(help="Of the run whose weights are released.")] = "full",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder; by default the paper's own.")
    ] = None,
) -> None:
    """Make a finished run's weights ready for `predict`: calibrate them and write their card."""
    from common.paths import results_folder
    from common.predict.release import release as write
    from reproductions.models import released

    for paper, declared, path in released():
        if declared.name == model:
            print(write(paper, declared, results_folder(), output or path.parent, profile))
            return
    known = ", ".join(declared.name for _, declared, _ in released())
    raise UsageError(f"model {model!r}", "there is none of this name", f"Known: {known}")


def _run(
    predictor: Predictor, source: Path, output: Path | None, form: str, skip_bad: bool
) -> Progress:
    from common.predict.stream import predict_file, predict_to

    if output is None:
        return predict_to(
            predictor,
            source,
            sys.stdout.buffer,
            form=form,
            skip_bad=skip_bad,
            complain=lambda line: print(line, file=sys.stderr),
        )
    done = predict_file(predictor, source, output, form=form, skip_bad=skip_bad, report=_reporter())
    print(f"\r\x1b[2K{output}: {done.predicted:,} predicted", file=sys.stderr)
    return done


def _reporter() -> Callable[[Progress], None] | None:
    if not sys.stderr.isatty():
        return None
    return lambda done: print(f"\r\x1b[2K{done.read:,} read", end="", file=sys.stderr, flush=True)


def _plot(predictor: Predictor, source: Path, folder: Path, skip_bad: bool) -> None:
    """Draw every good record; bad ones were told of when they were predicted."""
    from common.data.fasta import stream_fasta
    from common.predict.plots import plot_prediction

    for record in stream_fasta(source, (lambda error: None) if skip_bad else None):
        try:
            plot_prediction(predictor, record.id, record.sequence, folder)
        except DataError:
            if not skip_bad:
                raise


def _list_models() -> None:
    from rich.console import Console
    from rich.table import Table

    from common.predict.card import read_card
    from reproductions.models import released

    table = Table("model", "what it predicts", "score", "training data", "licence of the data")
    for paper, model, path in released():
        if path.exists():
            card = read_card(path)
            about = (card.summary, f"{card.training['n']:,} sequences", card.licence)
        else:
            about = (f"not released: run {paper.name} in full", "", "")
        table.add_row(model.name, model.title, *about)
    Console().print(table)


def _sharded(fasta: str, model: str, output: Path | None, shards: int) -> str:
    """Command for Snakemake, on one machine or with a profile on a cluster."""
    from common.paths import project_root

    if output is None or fasta == "-":
        raise UsageError("--shards", "a file and --output are needed", "Name both")
    snakefile = project_root() / "workflow" / "predict.smk"
    config = {"fasta": fasta, "model": model, "output": str(output), "parts": str(shards)}
    pairs = [f"{name}={value}" for name, value in config.items()]
    command = [sys.executable, "-m", "snakemake", "-s", str(snakefile), "--cores", "all"]
    return shlex.join([*command, "--config", *pairs])


def _form_of(output: Path | None) -> str:
    """``jsonl`` where the output's name says so."""
    suffixes = [] if output is None else output.suffixes[-2:]
    return "jsonl" if {".jsonl", ".json"}.intersection(suffixes) else "tsv"


@contextmanager
def _as_file(fasta: str) -> Iterator[Path]:
    """Path of the input; the standard input is copied to a temporary file first."""
    if fasta != "-":
        yield Path(fasta)
        return
    with tempfile.NamedTemporaryFile(suffix=".fasta") as copy:
        shutil.copyfileobj(sys.stdin.buffer, copy)
        copy.flush()
        yield Path(copy.name)
