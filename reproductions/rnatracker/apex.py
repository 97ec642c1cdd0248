"""APEX-RIP (Kaewsapsak et al. 2017) as the authors ship it, and APEX-seq that stands in for it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from common.data.content import read_table
from common.data.fetch import Located
from common.errors import DataError
from reproductions.rnatracker.authors_fasta import FIELDS, read_screened
from reproductions.rnatracker.folds import with_folds
from reproductions.rnatracker.labels import match, normalise
from reproductions.rnatracker.transcripts import read_transcripts

FRACTIONS = ("er", "mitochondria", "cytosol", "nuclear")
"""Order of the authors' files: KDEL-HRP, Mito-APEX2, NES-APEX2, NLS-APEX2."""

FOLD_CHANGES = {
    "er": "ERM_log2FC",
    "mitochondria": "OMM_log2FC",
    "cytosol": "Cytosol_log2FC",
    "nuclear": "Nucleus_log2FC",
}
"""Columns of APEX-seq beside the four constructs of APEX-RIP: surfaces of ER and mitochondria."""


def read_authors(located: Located) -> pd.DataFrame:
    """The 13,860 transcripts as RNATracker publishes them, with the reference's folds."""
    path = located.paths["apex_rip_cDNA_screened.fa"]
    amounts = read_screened(path, FRACTIONS, fields=FIELDS["apex"])
    return with_folds(normalise(amounts, FRACTIONS))


def read_stand_in(located: Located, *, tail: int = 0, keep_matched: bool = True) -> pd.DataFrame:
    """APEX-seq (Fazal et al. 2019): 2^log2FC of four places, divided by their sum.

    Parameters
    ----------
    located : Located
        The data set ``apexseq``.
    tail : int
        As in `transcripts.read_transcripts`.
    keep_matched : bool
        As in `labels.match`.

    Returns
    -------
    DataFrame
        ``id``, ``sequence``, the shares and folds made in the reference's way from the order of
        the table. Genes without all four fold changes or without a sequence are left out.

    Raises
    ------
    DataError
        The table lacks a column, or a sequence is no transcript.
    """
    texts = read_transcripts(located.paths["apexseq_sequences.fa.gz"], tail)
    return with_folds(match(read_shares(located), texts, "APEX-seq", keep_matched=keep_matched))


def read_shares(located: Located) -> pd.DataFrame:
    """``id`` and shares of the genes of APEX-seq with all four fold changes.

    Parameters
    ----------
    located : Located
        The data set ``apexseq``.

    Raises
    ------
    DataError
        The table lacks a column.
    """
    table = read_table(located.paths["apexseq_log2fc.tsv.gz"])
    missing = [name for name in ("Ensembl_Gene", *FOLD_CHANGES.values()) if name not in table]
    if missing:
        raise DataError("apexseq", f"no column {', '.join(missing)}", "Fetch the data set again")
    changes = table[list(FOLD_CHANGES.values())].to_numpy(dtype=np.float64)
    amounts = pd.DataFrame(np.exp2(changes), columns=list(FOLD_CHANGES))
    amounts.insert(0, "id", table["Ensembl_Gene"].astype(str).str.partition(".")[0])
    whole = np.isfinite(changes).all(axis=1)
    return normalise(amounts[whole].drop_duplicates("id").reset_index(drop=True), FRACTIONS)
