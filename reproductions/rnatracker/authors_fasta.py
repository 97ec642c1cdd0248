"""The authors' screened FASTA files, with the amounts in the header.

CeFra-Seq: ``> GENE gene_biotype:G transcript_biotype:T distA:a_b_c_d distB:a_b_c_d`` (FPKM of each
replicate); APEX-RIP: the same with one ``dist:a_b_c_d``. The annotation files beside them are not
read: loop contexts are folded here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from common.data.alphabet import RNA
from common.data.fasta import Record, read_fasta
from common.errors import DataError

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
        amounts that are NaN or negative, or a letter that no transcript has. It names file and
        record.
    """
    rows = []
    for record in read_fasta(path):
        name = f"{path}, {record.id}"
        amounts = np.array([_numbers(name, record, field, len(fractions)) for field in fields])
        chosen = amounts[0] if replicates == FIRST else amounts.mean(axis=0)
        gene = record.id.partition(".")[0]
        rows.append((gene, RNA.clean(name, record.sequence), *chosen))
    return pd.DataFrame(rows, columns=["id", "sequence", *fractions])


def _numbers(name: str, record: Record, field: str, size: int) -> np.ndarray:
    """The numbers of one field of a header, (size,) float64."""
    words = dict(word.partition(":")[::2] for word in record.description.split())
    text = words.get(field, "")
    try:
        values = np.array([float(value) for value in text.split("_")])
    except ValueError:
        values = np.empty(0)
    if len(values) != size or not np.isfinite(values).all() or (values < 0).any():
        shown = f"{field}:{text}" if field in words else f"no field {field}"
        raise DataError(
            name, f"{shown} in the header", f"Write {field}: and {size} amounts, joined by _"
        )
    return values
