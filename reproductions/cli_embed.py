"""The command `reproduce embed`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from common.errors import UsageError


def embed(
    language_model: Annotated[str, typer.Argument(metavar="LM", help="Such as unirep-256.")],
    fasta: Annotated[list[Path], typer.Argument(help="Files of proteins, plain or gzip.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The HDF5 file to write.")],
    weights: Annotated[
        Path | None, typer.Option(help="Folder of the model's files, in place of package or hub.")
    ] = None,
    dtype: Annotated[str, typer.Option(help="float16 or float32.")] = "float16",
    per_protein: Annotated[
        bool, typer.Option("--per-protein", help="Only the mean over the residues.")
    ] = False,
    batch_residues: Annotated[
        int, typer.Option(help="Residues of a batch, padding included.", min=1)
    ] = 32_768,
    estimate_only: Annotated[
        bool, typer.Option("--estimate", help="Say what it will take, and compute nothing.")
    ] = False,
) -> None:
    """Embed the proteins of a FASTA file; a command that was stopped goes on."""
    from common.backend import load_backend
    from common.data.fasta import read_fasta
    from common.embedders.models import LETTERS, find_model, load_embedder

    if dtype not in ("float16", "float32"):
        raise UsageError("--dtype", f"{dtype!r} is not known", "Use float16 or float32")
    find_model(language_model)
    sequences = [
        (r.id, LETTERS.clean(r.id, r.sequence)) for path in fasta for r in read_fasta(path)
    ]
    load_backend()
    from common.embedders.write import Protein, estimate, write_embeddings

    proteins = [Protein(*pair) for pair in sequences]
    embedder = load_embedder(language_model, weights)
    if estimate_only:
        expected = estimate(
            embedder, proteins, dtype, per_protein=per_protein, batch_residues=batch_residues
        )
        typer.echo(f"{language_model}: {expected}")
        return
    path = write_embeddings(
        embedder,
        proteins,
        output,
        dtype=dtype,
        per_protein=per_protein,
        most_memory=embedder.free_memory(),
        batch_residues=batch_residues,
        stream=sys.stderr,
    )
    typer.echo(path)
