"""Sorting signals of proteins, drawn at random: what the simulated proteins carry.

Each location has its own signals; `simulate_proteins` plants them and keeps their positions.

| location | signals |
|---|---|
| ER | signal peptide; ``KDEL`` or ``HDEL`` at the very end |
| Golgi | anchor: basic residues, then one short transmembrane helix near the start |
| Chloroplast | transit peptide: 35 to 65 residues, rich in S and T, hardly any D and E |
| Cytoplasmic | none |
| Extracellular | signal peptide |
| Lysosomal | signal peptide; two glycosylation sites between lysines |
| Mitochondrial | presequence: 20 to 36 residues, an amphipathic helix rich in R |
| Nuclear | nuclear localization signal, in one part or in two |
| Peroxisomal | ``SKL`` or a variant at the very end |
| Plasma membrane | one to seven transmembrane helices with basic residues on the inner side |
| Vacuolar | signal peptide; ``NPIR`` or a variant shortly after it |

The lysosomal site stands in for a patch that is formed by folding and has no linear motif.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

LOCATIONS = (
    "ER",
    "Golgi",
    "Chloroplast",
    "Cytoplasmic",
    "Extracellular",
    "Lysosomal",
    "Mitochondrial",
    "Nuclear",
    "Peroxisomal",
    "Plasma membrane",
    "Vacuolar",
)
NO_SIGNAL = "Cytoplasmic"
HELIX_TURN = math.radians(100)


@dataclass(frozen=True)
class Planted:
    """A signal at its place.

    Parameters
    ----------
    name : str
        Kind of signal.
    start : int
        First residue, from 0; negative values count from the end.
    letters : str
        Its residues; ``.`` leaves the background.
    """

    name: str
    start: int
    letters: str


class Dice:
    """Uniform numbers and what is made of them; the same seed gives the same draws for ever.

    Parameters
    ----------
    seed : int
        Of a PCG64 generator, of which only the uniform stream is used.
    """

    def __init__(self, seed: int) -> None:
        self._random = np.random.Generator(np.random.PCG64(seed)).random

    def uniform(self, size: int) -> np.ndarray:
        """``(size,)`` float64 in [0, 1)."""
        return self._random(size)

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return bool(self._random() < probability)

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self._random() * (high - low + 1))

    def draw(self, letters: str, length: int = 1) -> str:
        """`length` letters of this bag; a letter that stands there twice comes twice as often."""
        return "".join(letters[int(u * len(letters))] for u in self._random(length))

    def pick(self, choices: tuple[str, ...]) -> str:
        """One of the strings; one that stands there twice comes twice as often."""
        return choices[self.whole(0, len(choices) - 1)]


def signal_peptide(dice: Dice) -> str:
    """Basic n-region, hydrophobic h-region, c-region that ends in A-x-A or similar; 16 to 27."""
    n_region = dice.draw("KR") + dice.draw("KRSTNAQ", dice.whole(1, 4))
    h_region = dice.draw("LLLLLLAAAVVIFGC", dice.whole(8, 14))
    c_region = dice.draw("STGAPNQ", dice.whole(2, 4))
    return "M" + n_region + h_region + c_region + dice.draw("AAVSG") + dice.draw("LSQFHT") + "A"


def transit_peptide(dice: Dice) -> str:
    """Chloroplast transit peptide, 35 to 65 residues, ends in [IV]-R-[AC]-A."""
    body = dice.draw("SSSSSSTTTTAAAALLVVPPFGGRKKNQ", dice.whole(29, 59))
    return "MA" + body + dice.draw("IV") + "R" + dice.draw("AC") + "A"


def presequence(dice: Dice) -> str:
    """Mitochondrial presequence, 20 to 36 residues: one face hydrophobic, the other basic."""
    helix = "".join(
        dice.draw("LLLAAIFVW" if math.cos(i * HELIX_TURN) > 0.2 else "RRRRSSTKAGNQ")
        for i in range(dice.whole(15, 31))
    )
    return "ML" + helix + "R" + dice.draw("ACLSV") + dice.draw("FY")


def nuclear_localization_signal(dice: Dice) -> str:
    """``P`` with five basic residues, or two basic clusters 10 to 12 residues apart."""
    if dice.chance(0.6):
        return "P" + dice.draw("KKKR", 5) + dice.draw("VAL")
    return "K" + dice.draw("KR") + "." * dice.whole(10, 12) + dice.draw("KKR", 4)


def transmembrane_helix(dice: Dice, shortest: int = 19, longest: int = 24) -> str:
    """Hydrophobic helix through a membrane."""
    return dice.draw("LLLLLLIIIVVVVFFAAAGGMWYCST", dice.whole(shortest, longest))


def _membrane(dice: Dice, length: int) -> list[Planted]:
    """Helices spread over the sequence, basic residues at every second side of them."""
    most = max(1, min(7, (length - 20) // 45))
    count = dice.whole(min(2, most), most)
    room = (length - 20) // count
    planted = []
    for i in range(count):
        helix = transmembrane_helix(dice)
        start = 20 + i * room + dice.whole(0, max(0, room - len(helix) - 4))
        inner = dice.draw("KRK", 3)
        planted.append(Planted("transmembrane", start, helix + inner if i % 2 else inner + helix))
    return planted


def _lysosomal(dice: Dice, length: int) -> list[Planted]:
    """Signal peptide and two sites ``K..N.[ST]...K``, one in each half of the rest."""
    peptide = signal_peptide(dice)
    room = (length - len(peptide) - 5) // 2
    starts = [len(peptide) + 2 + i * room + dice.whole(0, room - 12) for i in range(2)]
    sites = [
        Planted("lysosomal site", start, f"K..N{dice.draw('AGLV')}{dice.draw('ST')}...K")
        for start in starts
    ]
    return [Planted("signal peptide", 0, peptide), *sites]


def _vacuolar(dice: Dice, length: int) -> list[Planted]:
    """Signal peptide and a sorting motif 4 to 15 residues after it."""
    peptide = signal_peptide(dice)
    motif = "NP" + dice.draw("IIIL") + "R" + dice.draw("LPLN")
    start = len(peptide) + dice.whole(4, 15)
    return [Planted("signal peptide", 0, peptide), Planted("vacuolar motif", start, motif)]


def _golgi(dice: Dice, length: int) -> list[Planted]:
    """Anchor with its first basic residue at 5 to 15."""
    anchor = dice.draw("KRK", 3) + transmembrane_helix(dice, 16, 18)
    return [Planted("golgi anchor", dice.whole(5, 15), anchor)]


def _nuclear(dice: Dice, length: int) -> list[Planted]:
    """One signal, anywhere behind the first ten residues."""
    signal = nuclear_localization_signal(dice)
    start = dice.whole(10, length - len(signal) - 5)
    return [Planted("nuclear localization signal", start, signal)]


def _end(dice: Dice, name: str, choices: tuple[str, ...]) -> Planted:
    """A motif at the very end."""
    motif = dice.pick(choices)
    return Planted(name, -len(motif), motif)


PTS1 = ("SKL", "SKL", "SKL", "AKL", "SRL", "SKM", "SHL", "PKL")
PLANTERS: dict[str, Callable[[Dice, int], list[Planted]]] = {
    "ER": lambda dice, _: [
        Planted("signal peptide", 0, signal_peptide(dice)),
        _end(dice, "er retention", ("KDEL", "KDEL", "HDEL", "RDEL")),
    ],
    "Golgi": _golgi,
    "Chloroplast": lambda dice, _: [Planted("transit peptide", 0, transit_peptide(dice))],
    "Extracellular": lambda dice, _: [Planted("signal peptide", 0, signal_peptide(dice))],
    "Lysosomal": _lysosomal,
    "Mitochondrial": lambda dice, _: [Planted("presequence", 0, presequence(dice))],
    "Nuclear": _nuclear,
    "Peroxisomal": lambda dice, _: [_end(dice, "peroxisomal end", PTS1)],
    "Plasma membrane": _membrane,
    "Vacuolar": _vacuolar,
}
DECOYS = ("SKL", "KDEL", "NPIR", "RKR", "LLVAALLGV", "STSSAS")
