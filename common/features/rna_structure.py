"""Loop context of each nucleotide, from base-pair probabilities in a sliding window.

RNATracker, section 2.2: RNAplfold (window 150, span 100), base pairs taken greedily by their
probability as long as they nest, then a letter for each nucleotide:

| letter | context |
|---|---|
| ``F``, ``T`` | dangling start, dangling end: outside, before the first and after the last stem |
| ``I`` | internal loop or bulge |
| ``H`` | hairpin loop |
| ``M`` | multiloop, and what lies outside between two stems |
| ``S`` | stem |

ViennaRNA folds and names the loops. The paper used forgi for the names, which calls the parts
outside between two stems multiloops, too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from common.errors import DataError, UsageError

CONTEXTS = "FTIHMS"
SHORTEST_HAIRPIN = 3
_UNPAIRED = -1
_LOOPS = {"i": "I", "h": "H", "m": "M", "e": "M"}


@dataclass(frozen=True)
class Folding:
    """How a transcript is folded.

    Parameters
    ----------
    window, span : int
        Nucleotides of the sliding window, and of the farthest pair in it.
    cutoff : float
        Pairs below this probability are not looked at (RNAplfold's own default).
    """

    window: int = 150
    span: int = 100
    cutoff: float = 0.01


def fold_contexts(sequence: str, folding: Folding | None = None) -> str:
    """Fold a transcript and name the context of each nucleotide.

    Parameters
    ----------
    sequence : str
        Letters A, C, G, T (or U) and N; N never pairs.

    Returns
    -------
    str
        As long as the sequence, of the letters `CONTEXTS`.
    """
    pairs = pair_probabilities(sequence, folding or Folding())
    return loop_contexts(nested_structure(len(sequence), pairs))


def pair_probabilities(sequence: str, folding: Folding) -> list[tuple[int, int, float]]:
    """Base pairs with their mean probability over all windows that hold both.

    Returns
    -------
    list of (int, int, float)
        First and second nucleotide, from 0, and the probability.
    """
    rna = _vienna()
    window = min(folding.window, len(sequence))
    span = min(folding.span, window)
    if len(sequence) <= SHORTEST_HAIRPIN + 1:
        return []
    found = rna.pfl_fold(sequence.replace("T", "U"), window, span, folding.cutoff)
    return [(pair.i - 1, pair.j - 1, pair.p) for pair in found if pair.i > 0]


def nested_structure(length: int, pairs: Iterable[tuple[int, int, float]]) -> str:
    """Take pairs greedily, the likeliest first, as long as they nest.

    Parameters
    ----------
    length : int
        Nucleotides.
    pairs : iterable of (int, int, float)
        As from `pair_probabilities`. Of equally likely pairs the one that starts first, and then
        ends first, is taken.

    Returns
    -------
    str
        Dot-bracket structure without pseudoknots; each nucleotide pairs at most once.

    Raises
    ------
    UsageError
        A pair that does not lie within the transcript.
    """
    partner = np.full(length, _UNPAIRED, dtype=np.int64)
    for first, second, _ in sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1])):
        if not 0 <= first < second < length:
            fault = f"{first}..{second} in a transcript of {length}"
            raise UsageError("base pair", fault, "Pairs are 0-based, the first one before")
        if partner[first] != _UNPAIRED or partner[second] != _UNPAIRED:
            continue
        between = partner[first + 1 : second]
        between = between[between != _UNPAIRED]
        if not len(between) or (between.min() > first and between.max() < second):
            partner[first], partner[second] = second, first
    places = np.arange(length)
    letters = np.where(partner == _UNPAIRED, ".", np.where(partner > places, "(", ")"))
    return "".join(letters.tolist())


def loop_contexts(structure: str) -> str:
    """Context of each nucleotide of a dot-bracket structure.

    Returns
    -------
    str
        Of the letters `CONTEXTS`. A structure without a pair is ``F`` throughout.

    Raises
    ------
    DataError
        Another character than ``.``, ``(`` and ``)``, or brackets that do not match.
    """
    if not balanced(structure):
        fault = f"{structure[:40]!r} is no dot-bracket structure"
        raise DataError("RNA structure", fault, "Use . ( and ), each bracket with its partner")
    if "(" not in structure:
        return "F" * len(structure)
    elements = _vienna().db_to_element_string(structure)
    names = ["S" if element.isupper() else _LOOPS[element] for element in elements]
    start, end = structure.index("("), structure.rindex(")")
    return "F" * start + "".join(names[start : end + 1]) + "T" * (len(structure) - end - 1)


def balanced(structure: str) -> bool:
    """Whether a text is a dot-bracket structure whose brackets match."""
    if set(structure) - set(".()"):
        return False
    steps = [(letter == "(") - (letter == ")") for letter in structure]
    depth = np.cumsum(steps) if steps else np.zeros(1)
    return bool(depth.min() >= 0 and depth[-1] == 0)


def check_contexts(identifier: str, sequence: str, contexts: str) -> None:
    """Refuse a structure string that does not belong to a sequence.

    Raises
    ------
    DataError
        Another length than the sequence, or another letter than `CONTEXTS`.
    """
    if len(contexts) != len(sequence):
        fault = f"{len(contexts)} structure letters for {len(sequence)} nucleotides"
    elif set(contexts) - set(CONTEXTS):
        unknown = "".join(sorted(set(contexts) - set(CONTEXTS)))
        fault = f"structure letters {unknown}, allowed are {CONTEXTS}"
    else:
        return
    raise DataError(identifier, fault, "Give the structure of exactly this sequence")


def _vienna():  # type: ignore[no-untyped-def]
    """The ViennaRNA package, loaded when something is folded."""
    try:
        import RNA
    except ImportError as error:
        fault = f"the package ViennaRNA does not load ({error})"
        raise UsageError("RNA structure", fault, "Install it: pip install ViennaRNA") from error
    return RNA
