"""The command `train`: a paper's network on a user's own sequences."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from common.errors import UsageError


def train(
    fasta: Annotated[Path, typer.Argument(help="FASTA file, plain or gzip.")],
    paper: Annotated[
        str, typer.Option(help="Whose network: deeploc, light_attention, rnatracker or sonderby.")
    ] = "",
    labels: Annotated[
        str,
        typer.Option(help="header (the second word of each), or a table with a column `id`."),
    ] = "header",
    folds: Annotated[int, typer.Option(help="Of the cross-validation.", min=2)] = 5,
    seeds: Annotated[int, typer.Option(help="Networks of each fold.", min=1)] = 1,
    profile: Annotated[
        str, typer.Option(help="quick (small network) or full (the paper's).")
    ] = "full",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder; by default NAME-PAPER.")
    ] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="NAME=VALUE, repeatable: another setting.")
    ] = None,
    drop_unmatched: Annotated[
        bool,
        typer.Option("--drop-unmatched", help="Leave ids without a label or a sequence out."),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print no progress.")] = False,
) -> None:
    """Train on your own sequences and say how good it is.

    Cross-validates a paper's network and three baselines on homology-safe folds, writes records,
    scores, a page, and a model for `reproduce predict`. The same command goes on where it was
    stopped.
    """
    from common.data.labelled import read_labelled
    from common.harness.settings import parse_override
    from common.own.run import run_study
    from reproductions.models import trainables

    known = trainables()
    if paper not in known:
        fault = f"{paper!r} has no network to train" if paper else "is missing"
        raise UsageError("--paper", fault, f"Known: {', '.join(known)}")
    if profile not in ("quick", "full"):
        raise UsageError(f"--profile {profile}", "not one of them", "Known: quick, full")
    if str(fasta) == "-":
        fault = "training reads its sequences several times"
        raise UsageError("the standard input", fault, "Write them to a file and name it")
    network = known[paper]
    labelled = read_labelled(fasta, labels, network.alphabet, least=folds, drop=drop_unmatched)
    name = f"{_stem(fasta)}-{paper}"
    overrides = dict(parse_override(text) for text in set_ or ())
    for path in run_study(
        name,
        labelled,
        network,
        output or Path(name),
        folds=folds,
        seeds=tuple(range(1, seeds + 1)),
        profile=profile,
        overrides=overrides,
        quiet=quiet,
    ):
        print(path)


def _stem(fasta: Path) -> str:
    """A file's name up to its first dot, with hyphens for what a study's name may not hold."""
    name = re.sub(r"[^A-Za-z0-9_+-]+", "-", fasta.name.split(".")[0])
    return name.lstrip("_+-") or "own"
