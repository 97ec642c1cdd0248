"""The commands that put trained networks to use: `predict` and `release`."""

from __future__ import annotations

import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from common.data.fasta import stream_fasta
from common.errors import DataError, ReproduceError, UsageError
from reproductions.cli_options import check_profile

if TYPE_CHECKING:
    from common.predict.panel import Answering
    from common.predict.predictor import Predictor
    from common.predict.resuming import Progress

ON_ERROR = ("stop", "skip")
STANDARD_INPUT = "-"


def predict(
    fasta: Annotated[
        str | None, typer.Argument(help="FASTA file, plain or gzip; - reads the standard input.")
    ] = None,
    model: Annotated[
        str,
        typer.Option(help="A name that --list shows, the path of a card, or all."),
    ] = "",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Table to write (.tsv, .jsonl, also .gz)."),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="tsv or jsonl; by default as the output's name says.")
    ] = "",
    on_error: Annotated[
        str, typer.Option(help="stop at a bad record, or skip it and list it; --shards skips.")
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
    """Predict where each sequence of a FASTA file goes, as a table to the screen or a file.

    The table holds the best location, its probability (calibrated), the entropy, what is unusual
    about the sequence, the positions with the most attention, and every location's probability.
    With --model all every released model that reads such sequences answers, a row each.
    A file is written whole or not at all; the same command goes on where it was stopped.
    """
    if list_:
        from reproductions.model_list import print_models

        print_models()
        return
    if fasta is None or not model:
        _complain_of_lacking(fasta)
    if on_error not in ON_ERROR:
        raise UsageError(f"--on-error {on_error}", "unknown", f"Known: {', '.join(ON_ERROR)}")
    form = form or _form_of(output)
    if output is not None:
        from common.predict.stream import check_form, check_target

        check_form(form)
        check_target(Path(fasta), output)
    if shards and plots is not None:
        remedy = "Draw from the whole table's FASTA file without --shards"
        raise UsageError("--plots", "shards draw nothing", remedy)
    if shards:
        _print_commands(fasta, model, output, form, shards)
        return
    with _as_file(fasta) as source:
        members, answering = _load(model, source)
        done = _run(answering, source, output, form, on_error == "skip", fasta == STANDARD_INPUT)
        if plots is not None:
            for name, member in members.items():
                folder = plots / name if len(members) > 1 else plots
                _plot(member, source, folder, on_error == "skip")
    _tell(done, output, plots)
    if done.rejected:
        raise typer.Exit(DataError.exit_code)


def release(
    model: Annotated[str, typer.Argument(help="A name that `reproduce predict --list` shows.")],
    profile: Annotated[
        str, typer.Option(help="Of the run whose weights are released.", callback=check_profile)
    ] = "full",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder; by default the paper's own.")
    ] = None,
) -> None:
    """Make a finished run's weights ready for `predict`: measure, calibrate, write their card.

    Their test examples are predicted with the half-precision weights that are released: the card
    holds those numbers. A reliability diagram is drawn beside the paper's figures.
    """
    from common.backend import load_backend
    from common.paths import results_folder
    from common.predict.release import release as write
    from reproductions.models import released

    load_backend()
    for paper, declared, path in released():
        if declared.name == model:
            results = results_folder()
            figures = output or results / "figures" / paper.name
            print(write(paper, declared, results, output or path.parent, profile, figures))
            return
    known = ", ".join(declared.name for _, declared, _ in released())
    raise UsageError(f"model {model!r}", "there is none of this name", f"Known: {known}")


def _complain_of_lacking(fasta: str | None) -> NoReturn:
    """Say what is missing, and what could be written."""
    if fasta is None:
        remedy = "Write `reproduce predict my.fasta --model sonderby`; --list shows the models"
        raise UsageError("predict", "FASTA is missing", remedy)
    from reproductions.models import released

    here = [model.name for _, model, path in released() if path.exists()]
    names = ", ".join(here) or "none has weights yet; --list says what to do"
    raise UsageError("predict", "--model is missing", f"Ready to use: {names}")


def _load(model: str, source: Path) -> tuple[dict[str, Predictor], Answering]:
    """The predictors of a name, by name, and what answers for all of them."""
    from reproductions.models import find_model, is_several, load_model, load_panel

    if not is_several(model):
        find_model(model)
    from common.predict.panel import kind_of

    kind = kind_of(source)
    if is_several(model):
        panel, left_out = load_panel(model, kind)
        for line in left_out:
            print(line, file=sys.stderr)
        return panel.members, panel
    predictor = load_model(model)
    if kind == "RNA" and predictor.card.alphabet == "protein":
        fault = "these look like DNA or RNA, and the model reads proteins"
        print(f"warning: {source}: {fault}; see the column unusual", file=sys.stderr)
    return {predictor.card.model: predictor}, predictor


def _tell(done: Progress, output: Path | None, plots: Path | None) -> None:
    """Counts, to the standard error: the table may be on the standard output."""
    counts = [f"{done.predicted:,} predicted"]
    if done.repeated:
        counts.append(f"copies left out: {done.repeated:,}")
    if done.rejected:
        where = f"{output}.rejected.tsv" if output else "the standard error"
        counts.append(f"bad records: {done.rejected:,}, listed in {where}")
    if plots is not None:
        counts.append(f"figures in {plots}")
    clear = "\r\x1b[2K" if sys.stderr.isatty() else ""
    print(f"{clear}{output or 'table'}: {'; '.join(counts)}", file=sys.stderr)


def _run(
    predictor: Answering,
    source: Path,
    output: Path | None,
    form: str,
    skip_bad: bool,
    copied: bool,
) -> Progress:
    from common.data.verify import sha256
    from common.predict.stream import predict_file, predict_to

    if output is None:
        try:
            return predict_to(
                predictor,
                source,
                sys.stdout.buffer,
                form=form,
                skip_bad=skip_bad,
                complain=lambda line: print(line, file=sys.stderr),
            )
        except KeyboardInterrupt:
            raise KeyboardInterrupt("only a command with --output goes on where it was") from None
    return predict_file(
        predictor,
        source,
        output,
        form=form,
        skip_bad=skip_bad,
        report=_reporter(),
        content=sha256(source) if copied else "",
    )


def _reporter() -> Callable[[Progress], None] | None:
    if not sys.stderr.isatty():
        return None
    return lambda done: print(f"\r\x1b[2K{done.read:,} read", end="", file=sys.stderr, flush=True)


def _plot(predictor: Predictor, source: Path, folder: Path, skip_bad: bool) -> None:
    """Draw every good record once; bad ones were told of when they were predicted."""
    from common.predict.plots import plot_prediction
    from common.predict.seen import SeenIds

    seen = SeenIds()
    for record in stream_fasta(source, (lambda error: None) if skip_bad else None):
        if seen.meet(record) != "new":
            continue
        try:
            plot_prediction(predictor, record.id, record.sequence, folder)
        except DataError:
            if not skip_bad:
                raise


def _print_commands(fasta: str, model: str, output: Path | None, form: str, shards: int) -> None:
    """Print Snakemake's command for this machine; to the standard error, the one for a cluster.

    Raises
    ------
    UsageError, DataError
        A file or the output is missing; as `find_model`.
    """
    from snakemake.cli import parse_config

    import common.predict
    from reproductions.jobs import RESUMED
    from reproductions.models import find_model, is_several

    if output is None or fasta == STANDARD_INPUT:
        raise UsageError("--shards", "a file and --output are needed", "Name both")
    found = sum(1 for _ in islice(stream_fasta(Path(fasta), lambda error: None), shards))
    if found < shards:
        fault = f"the file has {found} records"
        raise UsageError(f"--shards {shards}", fault, "Ask for as many or fewer")
    snakefile = Path(common.predict.__path__[0]) / "shards.smk"
    if not is_several(model):
        find_model(model)
    config = {"fasta": fasta, "model": model, "output": output, "parts": shards, "form": form}
    pairs = [f"{name}={value}" for name, value in config.items()]
    read = parse_config(pairs)
    for name, value in config.items():
        if str(read[name]) != str(value) or set("{}") & set(str(value)):
            fault = f"Snakemake would not read the name {str(value)!r} as it stands"
            raise UsageError(
                "--shards", fault, "Rename it, without spaces around # or :, or braces"
            )
    command = [sys.executable, "-m", "snakemake", "-s", str(snakefile)]
    command += RESUMED
    slurm = shlex.join([*command, "--executor", "slurm", "--jobs", str(shards), "--config", *pairs])
    print(f"on a cluster with Slurm (extra `slurm`): {slurm}", file=sys.stderr)
    print(shlex.join([*command, "--cores", "all", "--config", *pairs]))


def _form_of(output: Path | None) -> str:
    """``jsonl`` where the output's name says so."""
    suffixes = [] if output is None else output.suffixes[-2:]
    return "jsonl" if {".jsonl", ".json"}.intersection(suffixes) else "tsv"


@contextmanager
def _as_file(fasta: str) -> Iterator[Path]:
    """Path of the input; the standard input is copied to a temporary file first.

    Errors do not name that file.
    """
    if fasta != STANDARD_INPUT:
        yield Path(fasta)
        return
    with tempfile.NamedTemporaryFile(suffix=".fasta") as copy:
        shutil.copyfileobj(sys.stdin.buffer, copy)
        copy.flush()
        try:
            yield Path(copy.name)
        except ReproduceError as error:
            named = error.record.replace(copy.name, "standard input")
            raise type(error)(named, error.fault, error.remedy) from error
