"""``python -m reproductions.light_attention.sethard UNIPROT.xml.gz -o new_setHARD.fasta``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def main(
    uniprot: Annotated[Path, typer.Argument(help="UniProtKB entries in XML, plain or gzip.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The FASTA file to write.")],
    deeploc: Annotated[
        Path | None, typer.Option(help="FASTA in place of the DeepLoc 1.0 data set.")
    ] = None,
    threads: Annotated[int, typer.Option(min=1)] = 2,
) -> None:
    """Make a test set from UniProt by the steps that made setHARD."""
    from common.data.fasta import read_fasta
    from common.data.fetch import locate
    from reproductions.light_attention.sethard.steps import build

    path = deeploc or next(iter(locate("deeploc1").paths.values()))
    known = [(record.id, record.sequence) for record in read_fasta(path)]
    typer.echo(build(uniprot, known, output, threads=threads))


if __name__ == "__main__":
    from reproductions.cli import run_alone

    run_alone(main)
