"""The table that an experiment reads: transcripts, their shares and their folds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from common.data.fetch import SIMULATED, locate
from common.data.simulate import FRACTIONS as SIMULATED_FRACTIONS
from common.data.simulate import simulate_transcripts
from common.errors import UsageError
from reproductions.rnatracker import apex, cefra
from reproductions.rnatracker.folds import with_folds

DATASETS = {
    "cefra": ("cefra-labels", "cefra-sequences"),
    "cefra-authors": ("cefra-seq",),
    "apex": ("apexseq",),
    "apex-authors": ("apex-rip",),
}
"""Data sets of the registry, by the name that the settings give."""
DATA = (*DATASETS, "simulated")
SIMULATION_SEED = 2019


@dataclass(frozen=True)
class Table:
    """Transcripts with what is known of their origin.

    Parameters
    ----------
    frame : DataFrame
        ``id``, ``sequence`` (clean, whole), a share for each fraction, ``fold``, ``position``,
        ``kmer_fold``, ``kmer_position``; of the partial set ``tier`` and ``strict``; simulated
        transcripts have ``signals``.
    fractions : tuple of str
        Columns with the shares, in the data set's order.
    variant : str
        ``exact``, ``partial data``, ``stand-in`` or ``simulated``.
    sha256 : dict of str to str
        Checksum of each raw file.
    """

    frame: pd.DataFrame
    fractions: tuple[str, ...]
    variant: str
    sha256: dict[str, str]

    @property
    def shares(self) -> np.ndarray:
        """(n, k) float32: the observed distributions."""
        return self.frame[list(self.fractions)].to_numpy(dtype=np.float32)

    @property
    def predominant(self) -> np.ndarray:
        """(n,) str: the fraction with the largest share."""
        return np.array(self.fractions)[self.shares.argmax(axis=1)]

    def sample(self, n: int, longest: int = 0) -> Table:
        """`n` transcripts, evenly from the reference's shuffled order, cut to their 3' ends.

        The k-mer baselines' folds follow that very order (both are seeded alike): its first
        transcripts would all be of one fold.

        Parameters
        ----------
        n : int
            0 for all.
        longest : int
            Nucleotides kept of each; 0 for all. A cut transcript has no ``signals`` any more.
        """
        frame = self.frame
        if n and n < len(frame):
            rows = np.linspace(0, len(frame) - 1, n).round().astype(int)
            frame = frame.sort_values("position").iloc[rows].reset_index(drop=True)
        if longest:
            frame = frame.assign(sequence=frame["sequence"].str[-longest:])
            frame = frame.drop(columns=["signals"], errors="ignore")
        return Table(frame, self.fractions, self.variant, self.sha256)


def load_table(
    data: str,
    *,
    n: int,
    replicates: str = "mean",
    tail: int = 0,
    keep_matched: bool = True,
    simulate: bool = False,
) -> Table:
    """The table that the settings name.

    Parameters
    ----------
    data : str
        One of `DATA`: ``cefra-authors`` and ``apex-authors`` are the authors' files. ``cefra`` and
        ``apex`` are these where they are here, else the part of CeFra-Seq that is, and APEX-seq.
    n : int
        Transcripts to simulate.
    replicates : str
        Of the authors' CeFra-Seq file: ``mean``, or ``first`` as the released code.
    tail : int
        As in `transcripts.read_transcripts`; the authors' files have no tails.
    keep_matched : bool
        Leave out labels without a sequence and sequences without a label; else refuse them.
    simulate : bool
        Simulated transcripts stand in where the files are nowhere.

    Raises
    ------
    UsageError
        Another name.
    DataError
        Files are missing or damaged.
    """
    if data not in DATA:
        raise UsageError("data", f"{data!r} is not known", f"Use {', '.join(DATA)}")
    if data == "simulated":
        return load_simulated(n)
    for authors in DATASETS.get(f"{data}-authors", ()):
        if locate(authors, simulate=True).origin != SIMULATED:
            data = f"{data}-authors"
    found = [locate(name, simulate=simulate) for name in DATASETS[data]]
    if any(located.origin == SIMULATED for located in found):
        return load_simulated(n)
    if data == "cefra":
        frame = cefra.read_partial(*found, tail=tail, keep_matched=keep_matched)
        fractions = cefra.FRACTIONS
    elif data == "cefra-authors":
        frame, fractions = cefra.read_authors(found[0], replicates), cefra.FRACTIONS
    elif data == "apex":
        frame = apex.read_stand_in(found[0], tail=tail, keep_matched=keep_matched)
        fractions = apex.FRACTIONS
    else:
        frame, fractions = apex.read_authors(found[0]), apex.FRACTIONS
    sha256 = {name: digest for one in found for name, digest in one.sha256.items()}
    return Table(frame, fractions, found[-1].variant, sha256)


def load_simulated(n: int, seed: int = SIMULATION_SEED) -> Table:
    """Simulated transcripts with planted zipcodes, and folds made in the reference's way."""
    frame = with_folds(simulate_transcripts(n, seed))
    return Table(frame, SIMULATED_FRACTIONS, SIMULATED, {})
