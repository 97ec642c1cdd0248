"""``reproduce scan``: candidate zipcodes of a user's own transcripts."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from common.errors import UsageError
from reproductions.rnatracker.cutoffs import PAPERS_CUTOFF

MODELS = ("rnatracker",)
MOST_PLOTS = 20


def scan(
    fasta: Annotated[Path, typer.Argument(help="Transcripts, RNA or DNA letters, plain or gzip.")],
    model: Annotated[str, typer.Option(help=f"One of {', '.join(MODELS)}.")] = "rnatracker",
    out: Annotated[Path, typer.Option(help="Folder of the table and the plots.")] = Path("scan"),
    cutoff: Annotated[
        float, typer.Option(help="Least divergence of a zipcode, in nats.")
    ] = PAPERS_CUTOFF,
    width: Annotated[int, typer.Option(help="Nucleotides of the mask.", min=1)] = 100,
    stride: Annotated[int, typer.Option(help="Nucleotides between masks.", min=1)] = 1,
    random: Annotated[
        int,
        typer.Option(help="Fill the mask with random letters this often; 0 blanks it.", min=0),
    ] = 0,
    seed: Annotated[int, typer.Option(help="Of the random letters.", min=0)] = 0,
    results: Annotated[
        Path | None, typer.Option("--results", help="Folder of results in place of `results`.")
    ] = None,
) -> None:
    """Mask each stretch of a transcript and see how the predicted localization changes.

    Writes zipcodes.tsv (positions count from 1) and a plot for each of the first 20 transcripts.
    The network is the full-length one of the fullest run there is.
    """
    if model not in MODELS:
        raise UsageError(f"model {model!r}", "does not scan", f"Known: {', '.join(MODELS)}")
    if not cutoff > 0:
        raise UsageError("cutoff", f"{cutoff} is not above 0", "Give a divergence in nats")
    from common.paths import results_folder

    module = import_module(f"reproductions.{model}.user_scan")
    folder = results or results_folder()
    typer.echo(f"network: {module.about_network(folder)}", err=True)
    found = []
    mask = {"width": width, "stride": stride, "repetitions": random, "seed": seed}
    for one in module.scan_fasta(fasta, folder, cutoff=cutoff, **mask):
        found.append(one)
        if len(found) <= MOST_PLOTS:
            name = f"{len(found):02d}-{re.sub(r'[^A-Za-z0-9_.-]', '_', one.id)[:60]}"
            typer.echo(module.draw_scan(one, cutoff, out, name))
    module.write_table(found, out / "zipcodes.tsv")
    typer.echo(out / "zipcodes.tsv")
