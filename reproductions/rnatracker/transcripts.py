"""Transcripts from FASTA files, without their poly(A) tails."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from common.data.alphabet import RNA
from common.data.fasta import read_fasta


def read_transcripts(path: Path, tail: int = 0) -> pd.DataFrame:
    """Clean sequences of a file.

    Parameters
    ----------
    path : Path
        FASTA, plain or gzip.
    tail : int
        Cut off as many or more A at the 3' end, the poly(A) tails of mRNA records; 0 for none.

    Returns
    -------
    DataFrame
        ``id`` and ``sequence``, in the order of the file.

    Raises
    ------
    DataError
        The file is no FASTA, or a sequence is no transcript.
    """
    rows = [
        (record.id, without_tail(RNA.clean(record.id, record.sequence), tail))
        for record in read_fasta(path)
    ]
    return pd.DataFrame(rows, columns=["id", "sequence"])


def without_tail(sequence: str, least: int) -> str:
    """A transcript without the A at its 3' end, if there are `least` of them; 0 for as it is."""
    body = sequence.rstrip("A")
    return body if 0 < least <= len(sequence) - len(body) else sequence
