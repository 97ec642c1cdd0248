"""Simulated proteins and transcripts whose sorting signals and their positions are known.

They stand in for data sets that are not here, and they are the truth for explanations: which
residues decide is known for every record. Any result on them is marked ``simulated``.
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri, softmax

from common.data.alphabet import NUCLEOTIDES, RESIDUES
from common.data.signals import DECOYS, LOCATIONS, NO_SIGNAL, PLANTERS, Dice, Planted
from common.errors import UsageError

ROBINSON = (
    *(0.07805, 0.05129, 0.04487, 0.05364, 0.01925, 0.04264, 0.06295, 0.07377, 0.02199, 0.05142),
    *(0.09019, 0.05744, 0.02243, 0.03856, 0.05203, 0.07120, 0.05841, 0.01330, 0.03216, 0.06441),
)
SHORTEST_PROTEIN = 100
BASE_SHARES = (0.26, 0.24, 0.25, 0.25)
CPG_LOST = 0.7
CODES = {"W": "AT", "Y": "CT", "R": "AG", "N": NUCLEOTIDES}
COPIES = (0.55, 0.85)
FRACTIONS = ("cytosol", "insoluble", "membrane", "nuclear")
Span = tuple[str, int, int]


@dataclass(frozen=True)
class Zipcode:
    """An element of a transcript that moves it towards a fraction.

    Parameters
    ----------
    motif : str
        Letters ``ACGT`` and the codes ``W`` (A, T), ``Y`` (C, T), ``R`` (A, G), ``N`` (all).
    fraction : str
        Where it moves the transcript to.
    effect : float
        What a copy adds to the logit of that fraction.
    """

    motif: str
    fraction: str
    effect: float


ZIPCODES: Mapping[str, Zipcode] = {
    "AU-rich element": Zipcode("WTATTTATTTATW", "cytosol", 1.4),
    "bipartite zipcode": Zipcode("CGGACNNNNNNNNNNACAY", "insoluble", 1.4),
    "pyrimidine repeat": Zipcode("NTY" * 10, "membrane", 1.6),
    "C-rich element": Zipcode("RCCTCCCAGC", "nuclear", 1.4),
}


def simulate_proteins(
    n: int,
    seed: int,
    *,
    locations: Sequence[str] = LOCATIONS,
    shortest: int = 50,
    longest: int = 800,
    median: int = 300,
    spread: float = 0.55,
    signal_rate: float = 0.95,
    decoy_rate: float = 0.3,
) -> pd.DataFrame:
    """Make proteins with planted sorting signals.

    Parameters
    ----------
    n : int
        Number of proteins; each location has ``n / len(locations)`` of them, rounded.
    seed : int
        The same seed and settings give the same table, bit for bit.
    locations : sequence of str
        Some of `LOCATIONS`.
    shortest, longest, median : int
        Residues; lengths are log-normal about `median`, cut at both ends. A protein whose signals
        need the room has `SHORTEST_PROTEIN` residues, whatever `shortest` says.
    spread : float
        Standard deviation of the logarithm of the length.
    signal_rate : float
        Share of the proteins that carry the signals of their location; the others carry none,
        so that the location can be told for about this share.
    decoy_rate : float
        Share of the proteins with a motif that means nothing where it stands, such as ``SKL``
        within the sequence.

    Returns
    -------
    (n, 8) DataFrame
        | column | content |
        |---|---|
        | ``id``, ``sequence``, ``location`` | |
        | ``signal``, ``signal_start``, ``signal_end`` | the first planted one; "", -1, -1 if none |
        | ``signals`` | list of (name, start, end), from 0, end excluded |
        | ``decoys`` | list of the same form |

        The other residues are drawn by the frequencies of Robinson and Robinson (1991), after a
        first M.

    Raises
    ------
    UsageError
        An unknown location, no records, or lengths that leave no room.
    """
    unknown = [location for location in locations if location not in LOCATIONS]
    if unknown or not locations:
        raise UsageError(
            "simulate_proteins",
            f"received the locations {', '.join(unknown) or 'none'}",
            f"Give some of {', '.join(LOCATIONS)}",
        )
    _check_sizes("simulate_proteins", n, shortest, longest, SHORTEST_PROTEIN)
    dice = Dice(seed)
    labels = [locations[i % len(locations)] for i in np.argsort(dice.uniform(n), kind="stable")]
    planned = _lengths(dice, n, shortest, longest, median, spread)
    rows = []
    for number, (location, length) in enumerate(zip(labels, planned, strict=True), start=1):
        carries = dice.chance(signal_rate) and location != NO_SIGNAL
        length = max(int(length), SHORTEST_PROTEIN if carries else shortest)
        letters = _background(dice, length, RESIDUES, ROBINSON)
        letters[0] = ord("M")
        planned_signals = PLANTERS[location](dice, length) if carries else []
        signals = [_plant(letters, planted) for planted in planned_signals]
        decoys = _decoys(dice, letters, signals) if dice.chance(decoy_rate) else []
        first = signals[0] if signals else ("", -1, -1)
        sequence = letters.tobytes().decode("ascii")
        rows.append((f"SIM{number:05d}", sequence, location, *first, signals, decoys))
    columns = ["id", "sequence", "location", "signal", "signal_start", "signal_end"]
    return pd.DataFrame(rows, columns=[*columns, "signals", "decoys"])


def simulate_transcripts(
    n: int,
    seed: int,
    *,
    shortest: int = 200,
    longest: int = 3000,
    median: int = 900,
    spread: float = 0.6,
    length_effect: float = 0.3,
    noise: float = 0.3,
) -> pd.DataFrame:
    """Make transcripts with planted zipcodes and the shares of four fractions.

    Parameters
    ----------
    n : int
        Number of transcripts.
    seed : int
        The same seed and settings give the same table, bit for bit.
    shortest, longest, median : int
        Nucleotides; lengths are log-normal about `median`, cut at both ends.
    spread : float
        Standard deviation of the logarithm of the length.
    length_effect : float
        What a length of one `spread` above `median` adds to the logit of "nuclear" and takes
        from that of "cytosol".
    noise : float
        Standard deviation of the normal noise on each logit.

    Returns
    -------
    (n, 7) DataFrame
        ``id``, ``sequence`` (letters ``ACGT``), the shares ``cytosol``, ``insoluble``,
        ``membrane``, ``nuclear`` (they add up to 1: softmax of the effects of all planted
        zipcodes, of the length and of noise), ``signals``: list of (name, start, end) of the
        zipcodes, from 0, end excluded, not overlapping, by position. Each of `ZIPCODES` comes 0,
        1 or 2 times. The background has the few CpG of human transcripts.

    Raises
    ------
    UsageError
        No records, or lengths that leave no room for the zipcodes.
    """
    room = sum(len(zipcode.motif) for zipcode in ZIPCODES.values()) * len(COPIES)
    _check_sizes("simulate_transcripts", n, shortest, longest, room)
    dice = Dice(seed)
    planned = _lengths(dice, n, max(shortest, room), longest, median, spread)
    rows, logits = [], np.zeros((n, len(FRACTIONS)))
    for row, length in enumerate(planned):
        letters = _background(dice, int(length), NUCLEOTIDES, BASE_SHARES)
        _lose_cpg(dice, letters)
        copies = [
            name for name in ZIPCODES for _ in range(bisect.bisect(COPIES, dice.uniform(1)[0]))
        ]
        signals = _plant_zipcodes(dice, letters, copies)
        for name in copies:
            logits[row, FRACTIONS.index(ZIPCODES[name].fraction)] += ZIPCODES[name].effect
        rows.append((f"SIMT{row + 1:05d}", letters.tobytes().decode("ascii"), signals))
    longer = length_effect * np.log(planned / median) / spread
    logits[:, FRACTIONS.index("nuclear")] += longer
    logits[:, FRACTIONS.index("cytosol")] -= longer
    logits += noise * _normal(dice, logits.size).reshape(logits.shape)
    table = pd.DataFrame(rows, columns=["id", "sequence", "signals"])
    for column, share in enumerate(softmax(logits, axis=1).T):
        table.insert(2 + column, FRACTIONS[column], share)
    return table


def _check_sizes(record: str, n: int, shortest: int, longest: int, room: int) -> None:
    """Raise a `UsageError` where there are no records or the signals would not fit."""
    if n < 1 or not 1 <= shortest <= longest or longest < room:
        raise UsageError(
            record,
            f"received {n} records of {shortest} to {longest} letters",
            f"Give 1 record or more, a longest of at least {room}, and a shortest not above it",
        )


def _normal(dice: Dice, size: int) -> np.ndarray:
    """``(size,)`` standard normal numbers, by the inverse of the distribution function."""
    return ndtri(np.clip(dice.uniform(size), 1e-12, 1 - 1e-12))


def _lengths(
    dice: Dice, n: int, shortest: int, longest: int, median: int, spread: float
) -> np.ndarray:
    """``(n,)`` log-normal lengths, cut at both ends."""
    lengths = np.rint(median * np.exp(spread * _normal(dice, n))).astype(np.int64)
    return np.clip(lengths, shortest, longest)


def _background(dice: Dice, length: int, letters: str, shares: Sequence[float]) -> np.ndarray:
    """``(length,)`` uint8 letters drawn by their shares."""
    bounds = np.cumsum(shares)[:-1]
    alphabet = np.frombuffer(letters.encode("ascii"), dtype=np.uint8)
    return alphabet[np.searchsorted(bounds, dice.uniform(length), side="right")]


def _plant(letters: np.ndarray, planted: Planted) -> Span:
    """Write a signal over the background, in place, and say where it is."""
    start = planted.start + (len(letters) if planted.start < 0 else 0)
    signal = np.frombuffer(planted.letters.encode("ascii"), dtype=np.uint8)
    place = letters[start : start + len(signal)]
    if start < 0 or len(place) < len(signal):
        raise ValueError(f"{planted.name} of {len(signal)} at {start} leaves {len(letters)}")
    np.copyto(place, signal, where=signal != ord("."))
    return planted.name, start, start + len(signal)


def _decoys(dice: Dice, letters: np.ndarray, signals: Sequence[Span]) -> list[Span]:
    """Plant a motif where it means nothing: behind residue 60, not at the end, on no signal."""
    motif = dice.pick(DECOYS)
    start = dice.whole(60, max(60, len(letters) - len(motif) - 6))
    end = start + len(motif)
    taken = any(start < other_end and other < end for _, other, other_end in signals)
    if taken or end > len(letters) - 5:
        return []
    return [_plant(letters, Planted("decoy", start, motif))]


def _lose_cpg(dice: Dice, letters: np.ndarray) -> None:
    """Turn most CG into TG, in place."""
    cpg = np.flatnonzero((letters[:-1] == ord("C")) & (letters[1:] == ord("G")))
    letters[cpg[dice.uniform(len(cpg)) < CPG_LOST]] = ord("T")


def _plant_zipcodes(dice: Dice, letters: np.ndarray, names: Sequence[str]) -> list[Span]:
    """Plant zipcodes in random order at random places that do not overlap."""
    order = [names[i] for i in np.argsort(dice.uniform(len(names)), kind="stable")]
    motifs = ["".join(dice.draw(CODES.get(c, c)) for c in ZIPCODES[name].motif) for name in order]
    free = len(letters) - sum(map(len, motifs))
    gaps = np.sort((dice.uniform(len(motifs)) * (free + 1)).astype(np.int64))
    spans, used = [], 0
    for name, motif, gap in zip(order, motifs, gaps, strict=True):
        spans.append(_plant(letters, Planted(name, int(gap) + used, motif)))
        used += len(motif)
    return spans
