"""From raw tables of amounts and Ensembl's cDNA to the screened sets of the paper's section 2.1.

For a user who makes the sets anew: mean of the replicates, total above 1, the longest
protein-coding isoform of each gene.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from common.data.alphabet import RNA
from common.data.content import read_table
from common.data.fasta import Record, read_fasta
from common.errors import DataError

LEAST_TOTAL = 1.0
CODING = "protein_coding"
CEFRA_COLUMNS = slice(5, 13)
"""Replicates A and B of each fraction in turn; the gene's identifier is column 0."""


def cefra_amounts(path: Path, fractions: Sequence[str]) -> pd.DataFrame:
    """Mean FPKM of the two replicates: the authors' ``Supplemental_File_3.tsv``.

    Returns
    -------
    DataFrame
        ``id`` and an amount for each fraction; every gene of the file.

    Raises
    ------
    DataError
        The file has too few columns, or something that is no amount.
    """
    table = read_table(path)
    values = table.iloc[:, CEFRA_COLUMNS]
    if values.shape[1] != 2 * len(fractions):
        fault = f"{table.shape[1]} columns, where {CEFRA_COLUMNS.stop} are needed"
        raise DataError(str(path), fault, "Give the table as its authors publish it")
    amounts = _amounts(path, table.iloc[:, 0], values)
    means = amounts.reshape(len(amounts), len(fractions), 2).mean(axis=2)
    return _table(table.iloc[:, 0], means, fractions)


def apex_amounts(paths: Mapping[str, Path]) -> pd.DataFrame:
    """FPKM of each construct: cuffdiff's ``value_2``, joined by gene.

    Parameters
    ----------
    paths : mapping of str to Path
        A ``gene_exp.diff`` file for each fraction.

    Returns
    -------
    DataFrame
        ``id`` and an amount for each fraction; genes that are in every file.

    Raises
    ------
    DataError
        A file lacks a column, or holds something that is no amount.
    """
    columns = {}
    for fraction, path in paths.items():
        table = read_table(path)
        missing = {"gene_id", "value_2"} - set(table.columns)
        if missing:
            fault = f"no column {' or '.join(sorted(missing))}"
            raise DataError(str(path), fault, "Give the gene_exp.diff file of cuffdiff")
        values = _amounts(path, table["gene_id"], table[["value_2"]])[:, 0]
        columns[fraction] = pd.Series(values, table["gene_id"].to_numpy())
        if columns[fraction].index.duplicated().any():
            raise DataError(str(path), "a gene comes twice", "Give one row a gene")
    joined = pd.concat(columns, axis=1, join="inner")
    return _table(joined.index.to_series(), joined.to_numpy(), list(paths))


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


def longest_coding_isoforms(records: Iterable[Record]) -> pd.DataFrame:
    """The longest isoform of each gene, where gene and transcript are both protein-coding.

    Parameters
    ----------
    records : iterable of Record
        Ensembl's cDNA, with ``gene:``, ``gene_biotype:`` and ``transcript_biotype:`` in the header.

    Returns
    -------
    DataFrame
        ``id`` (gene, without version), ``transcript``, ``sequence``; genes in the order of their
        first coding isoform. Of equally long isoforms the first stays.

    Raises
    ------
    DataError
        A header without one of the three fields, or a letter that no transcript has.
    """
    longest: dict[str, tuple[str, str]] = {}
    for record in records:
        words = dict(word.partition(":")[::2] for word in record.description.split())
        missing = {"gene", "gene_biotype", "transcript_biotype"} - words.keys()
        if missing:
            fault = f"the header lacks {', '.join(sorted(missing))}"
            raise DataError(record.id, fault, "Give the cDNA file of Ensembl")
        if words["gene_biotype"] != CODING or words["transcript_biotype"] != CODING:
            continue
        gene = words["gene"].partition(".")[0]
        if gene not in longest or len(longest[gene][1]) < len(record.sequence):
            longest[gene] = record.id, record.sequence
    rows = [(gene, name, RNA.clean(name, text)) for gene, (name, text) in longest.items()]
    return pd.DataFrame(rows, columns=["id", "transcript", "sequence"])


def screen(
    amounts: pd.DataFrame, cdna: Path, fractions: Sequence[str], *, everywhere: bool = False
) -> pd.DataFrame:
    """Expressed genes with the sequence of their longest coding isoform.

    Returns
    -------
    DataFrame
        ``id``, ``transcript``, ``sequence`` and an amount for each fraction, in the order of the
        amounts. Genes without a coding isoform are left out.
    """
    kept = expressed(amounts, fractions, everywhere=everywhere)
    return kept.merge(longest_coding_isoforms(read_fasta(cdna)), on="id", how="inner")


def _amounts(path: Path, genes: pd.Series, values: pd.DataFrame) -> np.ndarray:
    """Values as amounts, or an error that names the gene."""
    amounts = values.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=np.float64)
    wrong = ~(np.isfinite(amounts) & (amounts >= 0)).all(axis=1)
    if wrong.any():
        fault = f"{int(wrong.sum())} genes have an amount that is no number or negative"
        raise DataError(f"{path}, {genes[wrong].iloc[0]}", fault, "Mend or remove these rows")
    return amounts


def _table(genes: pd.Series, amounts: np.ndarray, fractions: Sequence[str]) -> pd.DataFrame:
    ids = genes.astype(str).str.partition(".")[0].to_numpy()
    return pd.DataFrame({"id": ids}).assign(
        **{name: amounts[:, column] for column, name in enumerate(fractions)}
    )
