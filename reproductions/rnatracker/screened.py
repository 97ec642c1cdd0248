"""The authors' screened FASTA files: amounts in the header, annotation beside the sequence.

CeFra-Seq: ``> GENE gene_biotype:G transcript_biotype:T distA:a_b_c_d distB:a_b_c_d`` (FPKM of each
replicate); APEX-RIP: the same with one ``dist:a_b_c_d``. The annotation file has the gene as the
second word of its header and a letter of F, T, I, H, M, S for each nucleotide.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from common.data.alphabet import RNA
from common.data.fasta import Record, read_fasta
from common.errors import DataError
from common.features.rna_structure import check_contexts

FIELDS = {"cefra": ("distA", "distB"), "apex": ("dist",)}
FIRST, MEAN = "first", "mean"


def read_screened(
    path: Path, fractions: Sequence[str], *, fields: Sequence[str], replicates: str = MEAN
) -> pd.DataFrame:
    """Read sequences and amounts.

    Parameters
    ----------
    path : Path
        Plain or gzip.
    fractions : sequence of str
        Names of the four numbers of a field.
    fields : sequence of str
        Fields that every header must have: ``distA``, ``distB`` or ``dist``.
    replicates : {"mean", "first"}
        ``mean`` of all fields, as the paper says; ``first`` alone, as the released code reads them.

    Returns
    -------
    DataFrame
        ``id`` (without version), ``sequence`` (clean) and an amount for each fraction, in the
        order of the file.

    Raises
    ------
    DataError
        A header without a field, a field that is not as many numbers as there are fractions,
        amounts that are NaN or negative, or a letter that no transcript has.
    """
    rows = []
    for record in read_fasta(path):
        amounts = np.array([_numbers(record, field, len(fractions)) for field in fields])
        chosen = amounts[0] if replicates == FIRST else amounts.mean(axis=0)
        gene = record.id.partition(".")[0]
        rows.append((gene, RNA.clean(record.id, record.sequence), *chosen))
    return pd.DataFrame(rows, columns=["id", "sequence", *fractions])


def read_annotations(path: Path, sequences: pd.DataFrame) -> pd.Series:
    """Loop context of each nucleotide, as the authors ship it.

    Parameters
    ----------
    path : Path
        The annotation file.
    sequences : DataFrame
        ``id`` and ``sequence`` of the genes that are needed.

    Returns
    -------
    Series
        (n,) str, index ``id``: as long as the sequences.

    Raises
    ------
    DataError
        A gene is missing, or its annotation has another length or other letters.
    """
    found = {}
    for record in read_fasta(path):
        gene = (record.description.split() or [record.id])[0].partition(".")[0]
        found[gene] = record.sequence.upper()
    contexts = {}
    for gene, sequence in zip(sequences["id"], sequences["sequence"], strict=True):
        if gene not in found:
            remedy = "Use the annotation that belongs to this sequence file"
            raise DataError(f"{path}, {gene}", "the gene has no annotation", remedy)
        check_contexts(gene, sequence, found[gene])
        contexts[gene] = found[gene]
    return pd.Series(contexts, name="contexts").rename_axis("id")


def _numbers(record: Record, field: str, size: int) -> np.ndarray:
    """The numbers of one field of a header."""
    words = dict(word.partition(":")[::2] for word in record.description.split())
    text = words.get(field, "")
    try:
        values = np.array([float(value) for value in text.split("_")])
    except ValueError:
        values = np.empty(0)
    if len(values) != size or not np.isfinite(values).all() or (values < 0).any():
        shown = f"{field}:{text}" if field in words else f"no field {field}"
        raise DataError(
            record.id, f"{shown} in the header", f"Write {field}: and {size} amounts, joined by _"
        )
    return values
