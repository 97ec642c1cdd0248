"""Amounts of each gene in each fraction: the authors' raw tables, before any screening."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from common.data.content import read_table
from common.errors import DataError, UsageError
from reproductions.rnatracker import apex, cefra

CEFRA_COLUMNS = slice(5, 13)
"""Replicates A and B of each fraction in turn; the gene's identifier is column 0."""


@dataclass(frozen=True)
class RawSet:
    """A set's raw tables.

    Parameters
    ----------
    dataset : str
        In the registry.
    tables : tuple of str
        Its files with amounts: one for all fractions, or one for each.
    fractions : tuple of str
    everywhere : bool
        As in `expressed`.
    """

    dataset: str
    tables: tuple[str, ...]
    fractions: tuple[str, ...]
    everywhere: bool = False


CONSTRUCTS = ("KDEL-HRP", "Mito-APEX2", "NES-APEX2", "NLS-APEX2")
RAW = {
    "cefra": RawSet("cefra-seq", ("Supplemental_File_3.tsv",), cefra.FRACTIONS),
    "apex": RawSet(
        "apex-rip",
        tuple(f"GSE106493_{construct}.gene_exp.diff" for construct in CONSTRUCTS),
        apex.FRACTIONS,
        everywhere=True,
    ),
}


def read_amounts(name: str, tables: Sequence[Path]) -> pd.DataFrame:
    """Amounts of a set from its tables.

    Parameters
    ----------
    name : str
        In `RAW`.
    tables : sequence of Path
        As `RawSet.tables`, in the same order.

    Returns
    -------
    DataFrame
        ``id`` (gene, without version) and an amount for each fraction.

    Raises
    ------
    UsageError
        Another number of tables.
    DataError
        As `cefra_amounts` and `apex_amounts`.
    """
    raw = RAW[name]
    if len(tables) != len(raw.tables):
        fault = f"{len(tables)} tables of amounts, where {len(raw.tables)} are needed"
        raise UsageError(name, fault, f"Give {', '.join(raw.tables)}, in this order")
    if len(tables) == 1:
        return cefra_amounts(tables[0], raw.fractions)
    return apex_amounts(dict(zip(raw.fractions, tables, strict=True)))


def cefra_amounts(path: Path, fractions: Sequence[str]) -> pd.DataFrame:
    """Mean FPKM of the two replicates: the authors' ``Supplemental_File_3.tsv``.

    Returns
    -------
    DataFrame
        ``id`` and an amount for each fraction; every gene of the file.

    Raises
    ------
    DataError
        The file has too few columns, something that is no amount, or a gene twice.
    """
    table = read_table(path)
    values = table.iloc[:, CEFRA_COLUMNS]
    if values.shape[1] != 2 * len(fractions):
        fault = f"{table.shape[1]} columns, where {CEFRA_COLUMNS.stop} are needed"
        raise DataError(str(path), fault, "Give the table as its authors publish it")
    genes = _genes(path, table.iloc[:, 0])
    amounts = _amounts(path, genes, values)
    means = amounts.reshape(len(amounts), len(fractions), 2).mean(axis=2)
    return pd.DataFrame(means, columns=list(fractions)).assign(id=genes)[["id", *fractions]]


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
        A file lacks a column, or holds something that is no amount, or a gene twice.
    """
    columns = {}
    for fraction, path in paths.items():
        table = read_table(path)
        missing = {"gene_id", "value_2"} - set(table.columns)
        if missing:
            fault = f"no column {' or '.join(sorted(missing))}"
            raise DataError(str(path), fault, "Give the gene_exp.diff file of cuffdiff")
        genes = _genes(path, table["gene_id"])
        columns[fraction] = pd.Series(_amounts(path, genes, table[["value_2"]])[:, 0], genes)
    return pd.concat(columns, axis=1, join="inner").rename_axis("id").reset_index()


def _amounts(path: Path, genes: np.ndarray, values: pd.DataFrame) -> np.ndarray:
    """Values as amounts, (n, columns) float64, or an error that names the gene."""
    amounts = values.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=np.float64)
    wrong = ~(np.isfinite(amounts) & (amounts >= 0)).all(axis=1)
    if wrong.any():
        fault = f"{int(wrong.sum())} genes have an amount that is no number or negative"
        raise DataError(f"{path}, {genes[wrong][0]}", fault, "Mend or remove these rows")
    return amounts


def _genes(path: Path, names: pd.Series) -> np.ndarray:
    """Genes without their versions, (n,) str, each once."""
    genes = names.astype(str).str.partition(".")[0]
    if genes.duplicated().any():
        first = genes[genes.duplicated()].iloc[0]
        raise DataError(f"{path}, {first}", "the gene comes twice", "Give one row a gene")
    return genes.to_numpy()
