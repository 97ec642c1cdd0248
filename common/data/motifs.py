"""Motifs of RNA-binding proteins in MEME files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from common.errors import DataError

LETTERS = "ACGU"
ROW_SUM_TOLERANCE = 0.01


def read_motifs(path: Path) -> dict[str, np.ndarray]:
    """Read position-weight matrices.

    Parameters
    ----------
    path : Path
        MEME's text format, alphabet ``ACGU`` or ``ACGT``.

    Returns
    -------
    dict of str to np.ndarray
        By name, (width, 4) float64: probabilities of A, C, G and U.

    Raises
    ------
    DataError
        The file is missing or no MEME file, has another alphabet, no motif, two of one name, or
        one that is cut short or whose rows do not sum to 1; it is named.
    """
    from memelite.io import read_meme

    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(str(path), f"not text ({error})", "Check the path") from error
    if not lines or not lines[0].startswith("MEME version"):
        raise DataError(str(path), "the first line is no `MEME version`", "Give a MEME file")
    alphabet = [line.partition("=")[2].strip() for line in lines if line.startswith("ALPHABET")]
    if alphabet and alphabet[0] not in (LETTERS, LETTERS.replace("U", "T")):
        fault = f"the alphabet is {alphabet[0]!r}"
        raise DataError(str(path), fault, f"Give motifs of {LETTERS}")
    names = [" ".join(line[5:].split()) for line in lines if line.startswith("MOTIF")]
    try:
        found = read_meme(str(path))
    except (ValueError, AttributeError, IndexError) as error:
        raise DataError(str(path), f"a motif does not parse ({error})", "Mend the file") from error
    for name in names:
        if name not in found or names.count(name) > 1:
            fault = "two motifs of this name" if name in found else "the matrix is cut short"
            raise DataError(f"{path}, {name}", fault, "Mend the file")
        rows = found[name].T
        sums = rows.sum(axis=1)
        if not np.isfinite(rows).all() or (rows < 0).any() or not len(rows):
            raise DataError(f"{path}, {name}", "no probabilities", "Mend the file")
        worst = int(np.abs(sums - 1).argmax())
        if abs(sums[worst] - 1) > ROW_SUM_TOLERANCE:
            fault = f"row {worst + 1} sums to {sums[worst]:.3f}"
            raise DataError(f"{path}, {name}", fault, "Give probabilities that sum to 1")
    if not names:
        raise DataError(str(path), "no motif in it", "Give a MEME file")
    return {name: found[name].T for name in names}
