"""Sorting signals have the make-up that they are known by."""

from __future__ import annotations

import re

import numpy as np
import pytest

from common.data.signals import (
    LOCATIONS,
    NO_SIGNAL,
    PLANTERS,
    Dice,
    nuclear_localization_signal,
    presequence,
    signal_peptide,
    transit_peptide,
    transmembrane_helix,
)

DRAWS = 200


def share(letters: str, of: str) -> float:
    return sum(letter in of for letter in letters) / len(letters)


def test_dice_give_the_same_draws_for_the_same_seed() -> None:
    """The uniform stream of PCG64, which NumPy keeps: first numbers of seed 0."""
    assert Dice(0).uniform(2).tolist() == pytest.approx([0.6369616873214543, 0.2697867137638703])
    assert Dice(1).draw("ACGT", 20) == Dice(1).draw("ACGT", 20) != Dice(2).draw("ACGT", 20)


def test_dice_reach_both_ends() -> None:
    dice = Dice(0)
    assert {dice.whole(3, 5) for _ in range(DRAWS)} == {3, 4, 5}
    assert {dice.pick(("x", "y")) for _ in range(DRAWS)} == {"x", "y"}
    assert 0.2 < np.mean([dice.chance(0.3) for _ in range(2000)]) < 0.4


def test_signal_peptides() -> None:
    dice = Dice(0)
    peptides = [signal_peptide(dice) for _ in range(DRAWS)]
    assert min(map(len, peptides)) >= 16 and max(map(len, peptides)) <= 27
    for peptide in peptides:
        assert re.fullmatch(r"M[KR].*[AVSG].A", peptide)
        assert re.search("[LAVIFGC]{8}", peptide)
        assert share(peptide, "DE") == 0


def test_transit_peptides_are_long_and_rich_in_serine() -> None:
    dice = Dice(0)
    peptides = [transit_peptide(dice) for _ in range(DRAWS)]
    assert {35, 65} >= {min(map(len, peptides)), max(map(len, peptides))}
    assert share("".join(peptides), "ST") > 0.3
    assert share("".join(peptides), "DE") == 0


def test_presequences_are_amphipathic() -> None:
    """The basic residues of the helix stand on one side: their mean direction is far from 0."""
    dice = Dice(0)
    presequences = [presequence(dice) for _ in range(DRAWS)]
    assert min(map(len, presequences)) >= 20 and max(map(len, presequences)) <= 36
    assert share("".join(presequences), "R") > 0.15
    assert share("".join(presequences), "DE") == 0
    angles = [
        i * np.radians(100)
        for sequence in presequences
        for i, letter in enumerate(sequence[2:-3])
        if letter in "RK"
    ]
    direction = np.exp(1j * np.array(angles)).mean()
    assert abs(direction) > 0.4 and direction.real < 0


def test_nuclear_signals_have_one_part_or_two() -> None:
    dice = Dice(0)
    forms = [nuclear_localization_signal(dice) for _ in range(DRAWS)]
    one = [form for form in forms if re.fullmatch("P[KR]{5}[VAL]", form)]
    two = [form for form in forms if re.fullmatch(r"K[KR]\.{10,12}[KR]{4}", form)]
    assert len(one) + len(two) == DRAWS and min(len(one), len(two)) > DRAWS / 5


def test_transmembrane_helices() -> None:
    dice = Dice(0)
    helices = [transmembrane_helix(dice) for _ in range(DRAWS)]
    assert (min(map(len, helices)), max(map(len, helices))) == (19, 24)
    assert share("".join(helices), "DEKRHNQP") == 0
    assert share("".join(helices), "LIVFAMGW") > 0.8


@pytest.mark.parametrize("length", [100, 101, 150, 800, 5000])
@pytest.mark.parametrize("location", sorted(PLANTERS))
def test_signals_fit_and_do_not_overlap(location: str, length: int) -> None:
    dice = Dice(length)
    for _ in range(50):
        spans = []
        for planted in PLANTERS[location](dice, length):
            start = planted.start % length if planted.start < 0 else planted.start
            spans.append((start, start + len(planted.letters)))
        assert spans and spans[0][0] >= 0
        ends = [0, *(end for _, end in sorted(spans))]
        assert all(start >= end for (start, _), end in zip(sorted(spans), ends, strict=False))
        assert ends[-1] <= length


def test_every_location_but_one_has_signals() -> None:
    assert set(PLANTERS) == set(LOCATIONS) - {NO_SIGNAL}


def test_long_membrane_proteins_have_more_helices() -> None:
    def helices(length: int) -> list[int]:
        dice = Dice(0)
        return [len(PLANTERS["Plasma membrane"](dice, length)) for _ in range(DRAWS)]

    assert set(helices(100)) == {1}
    assert (min(helices(800)), max(helices(800))) == (2, 7)
