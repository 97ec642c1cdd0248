"""From the raw tables of amounts and Ensembl's cDNA to a screened set, as in section 2.1.

``python -m reproductions.rnatracker.screening cefra Homo_sapiens.GRCh38.cdna.all.fa.gz`` writes
transcripts and their shares for `reproduce train`, with the cDNA of any release. The authors' own
choice of transcripts is in the FASTA files that `reproduce data fetch cefra-seq apex-rip` gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from common.data.alphabet import RNA
from common.data.fasta import Record, read_fasta, write_fasta
from common.data.fetch import locate
from common.errors import DataError, UsageError
from common.files import written_whole
from reproductions.rnatracker.amounts import RAW, read_amounts
from reproductions.rnatracker.labels import normalise

LEAST_TOTAL = 1.0
CODING = "protein_coding"


def expressed(
    amounts: pd.DataFrame, fractions: Sequence[str], *, everywhere: bool = False
) -> pd.DataFrame:
    """Genes whose total over the fractions is at least 1.

    Parameters
    ----------
    everywhere : bool
        Also leave out genes with no reads in one fraction, as the authors do for APEX-RIP.
    """
    values = amounts[list(fractions)].to_numpy(dtype=np.float64)
    kept = values.sum(axis=1) >= LEAST_TOTAL
    if everywhere:
        kept &= (values > 0).all(axis=1)
    return amounts[kept].reset_index(drop=True)


def longest_coding_isoforms(cdna: Path) -> pd.DataFrame:
    """The longest isoform of each gene, where gene and transcript are both protein-coding.

    Parameters
    ----------
    cdna : Path
        Ensembl's cDNA, plain or gzip, with ``gene:``, ``gene_biotype:`` and
        ``transcript_biotype:`` in the header.

    Returns
    -------
    DataFrame
        ``id`` (gene, without version), ``transcript``, ``sequence``; genes in the order of their
        first coding isoform. Of equally long isoforms the first stays.

    Raises
    ------
    DataError
        A header without one of the three fields, or a letter that no transcript has. It names
        file and record.
    """
    longest: dict[str, tuple[str, str]] = {}
    for record in read_fasta(cdna):
        words = dict(word.partition(":")[::2] for word in record.description.split())
        missing = {"gene", "gene_biotype", "transcript_biotype"} - words.keys()
        if missing:
            fault = f"the header lacks {', '.join(sorted(missing))}"
            raise DataError(f"{cdna}, {record.id}", fault, "Give the cDNA file of Ensembl")
        if words["gene_biotype"] != CODING or words["transcript_biotype"] != CODING:
            continue
        gene = words["gene"].partition(".")[0]
        if gene not in longest or len(longest[gene][1]) < len(record.sequence):
            longest[gene] = record.id, record.sequence
    rows = [
        (gene, name, RNA.clean(f"{cdna}, {name}", text)) for gene, (name, text) in longest.items()
    ]
    return pd.DataFrame(rows, columns=["id", "transcript", "sequence"])


def screen(name: str, tables: Sequence[Path], cdna: Path) -> pd.DataFrame:
    """Expressed genes with the sequence of their longest coding isoform.

    Parameters
    ----------
    name : str
        In `RAW`.
    tables : sequence of Path
        As `RawSet.tables`.
    cdna : Path

    Returns
    -------
    DataFrame
        ``id``, ``transcript``, ``sequence`` and a share for each fraction, in the order of the
        tables. Genes without a coding isoform are left out.

    Raises
    ------
    UsageError, DataError
        As `read_amounts` and `longest_coding_isoforms`; or nothing is left.
    """
    raw, amounts = RAW[name], read_amounts(name, tables)
    kept = expressed(amounts, raw.fractions, everywhere=raw.everywhere)
    found = kept.merge(longest_coding_isoforms(cdna), on="id", how="inner")
    if found.empty:
        fault = f"no coding transcript of the {len(kept)} expressed genes"
        raise DataError(str(cdna), fault, "Give the cDNA of the genes in the tables")
    shares = normalise(found, raw.fractions)
    return shares[["id", "transcript", "sequence", *raw.fractions]]


def main(
    name: Annotated[str, typer.Argument(metavar="SET", help=f"{' or '.join(RAW)}.")],
    cdna: Annotated[Path, typer.Argument(help="Ensembl's cDNA, plain or gzip.")],
    table: Annotated[
        list[Path] | None,
        typer.Option(help="Table of amounts in place of the data set's own; apex has four."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of transcripts and shares.")] = Path("screened"),
) -> None:
    """Screen the raw tables: genes with a total above 1, each with its longest coding isoform."""
    if name not in RAW:
        raise UsageError("set", f"{name!r} is not known", f"Use {' or '.join(RAW)}")
    tables = table or []
    if not tables:
        located = locate(RAW[name].dataset)
        tables = [located.paths[one] for one in RAW[name].tables]
    found = screen(name, tables, cdna)
    fasta, shares = out / f"{name}.fa", out / f"{name}-shares.tsv"
    columns = (found[one] for one in ("id", "transcript", "sequence"))
    write_fasta((Record(*row) for row in zip(*columns, strict=True)), fasta)
    with written_whole(shares) as temporary:
        own = found[["id", *RAW[name].fractions]]
        own.to_csv(temporary, sep="\t", index=False, float_format="%.9g", lineterminator="\n")
    typer.echo(f"{len(found):,} transcripts: {fasta}, {shares}")
    typer.echo(f"next: reproduce train {fasta} --paper rnatracker --labels {shares}")


if __name__ == "__main__":
    from reproductions.cli import run_alone

    run_alone(main)
