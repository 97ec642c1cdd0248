"""CeFra-Seq (Benoit Bouvrette et al. 2018): the authors' set, and the part that is here."""

from __future__ import annotations

import pandas as pd

from common.data.content import read_table
from common.data.fetch import Located
from reproductions.rnatracker.authors_fasta import FIELDS, read_screened
from reproductions.rnatracker.folds import with_folds
from reproductions.rnatracker.labels import check_shares, match, normalise
from reproductions.rnatracker.transcripts import read_transcripts

FRACTIONS = ("cytosol", "insoluble", "membrane", "nuclear")
PREDOMINANT = {"cytosol": 3352, "insoluble": 3459, "membrane": 1080, "nuclear": 3482}
"""Genes of all 11,373 by their predominant fraction, those without a sequence here too."""


def read_authors(located: Located, replicates: str) -> pd.DataFrame:
    """The 11,373 transcripts as RNATracker publishes them, with the reference's folds.

    Parameters
    ----------
    located : Located
        The data set ``cefra-seq``.
    replicates : {"mean", "first"}
        As in `authors_fasta.read_screened`.
    """
    path = located.paths["cefra_seq_cDNA_screened.fa"]
    amounts = read_screened(path, FRACTIONS, fields=FIELDS["cefra"], replicates=replicates)
    return with_folds(normalise(amounts, FRACTIONS))


def read_partial(
    labels: Located, sequences: Located, *, tail: int = 0, keep_matched: bool = True
) -> pd.DataFrame:
    """Complete labels with the sequences of 6,991 genes; folds are those of all 11,373.

    Parameters
    ----------
    labels, sequences : Located
        The data sets ``cefra-labels`` and ``cefra-sequences``.
    tail : int
        As in `transcripts.read_transcripts`.
    keep_matched : bool
        As in `labels.match`; there are 4,382 labels without a sequence.

    Returns
    -------
    DataFrame
        ``id``, ``sequence``, the shares, ``fold`` and ``position`` of the networks, ``kmer_fold``
        and ``kmer_position`` of the k-mer baselines, ``tier`` (how sure the isoform is) and
        ``strict`` (the coding sequence starts where the canonical protein does).

    Raises
    ------
    DataError
        A label is no distribution, or a sequence is no transcript.
    """
    own = read_labels(labels)
    texts = read_transcripts(sequences.paths["cefra_sequences.fa.gz"], tail)
    texts = match(texts, read_index(sequences), "CeFra-Seq index", keep_matched=False)
    return match(own, texts, "CeFra-Seq", keep_matched=keep_matched)


def read_index(sequences: Located) -> pd.DataFrame:
    """``id``, ``tier`` (begins with A, B or C) and ``strict`` (bool) of the genes with a sequence.

    Parameters
    ----------
    sequences : Located
        The data set ``cefra-sequences``.
    """
    index = read_table(sequences.paths["cefra_sequences.index.tsv.gz"])
    index = index.rename(columns={"ensembl_gene_id": "id"})
    return index.assign(strict=index["canonical_start_found"] == 1)[["id", "tier", "strict"]]


def read_labels(labels: Located) -> pd.DataFrame:
    """Shares and folds of all 11,373 genes, without sequences."""
    table = read_table(labels.paths["cefra_labels.tsv.gz"]).rename(
        columns={
            "ensembl_gene_id": "id",
            "reference_test_fold_nn": "fold",
            "seed1234_order": "position",
            "reference_test_fold_kmer": "kmer_fold",
            "fasta_index": "kmer_position",
        }
    )
    check_shares(table, FRACTIONS)
    return table[["id", *FRACTIONS, "fold", "position", "kmer_fold", "kmer_position"]]
