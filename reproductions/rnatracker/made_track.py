"""Made data for Figure 8: transcripts, a network and two tracks of which everything is known.

The real phyloP track is not here. What can be shown without it is that the comparison finds
conserved zipcodes where there are some and none where there are none: one track is conserved about
the elements that the network reads, the other at as many random places.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from common.interpret.conservation import Exons
from common.interpret.local_masking import Block
from reproductions.rnatracker.conserved import rows_with_exons, scored_rows
from reproductions.rnatracker.data import Table
from reproductions.rnatracker.scanning import Scanner
from reproductions.rnatracker.stretches import ScoredScan
from reproductions.rnatracker.zipcode_run import strongly_localised

SEED, TRANSCRIPTS, LENGTH, POOL = 2019, 80, 900, 3
ENHANCER, REPRESSOR = "GGACGTCAGG", "CCTGAATTCC"
ELEMENTS = (ENHANCER, REPRESSOR, ENHANCER)
"""Of each transcript, in random order."""
CONSERVED = 100
"""Nucleotides of a conserved stretch, about the middle of an element; no two overlap."""
INTRON, INTRON_SCORE = 50, 9.0
SETTINGS = {"mask_width": 100, "mask_stride": 10, "strong_share": 0.5}
SOURCE = {"made data": {"module": "reproductions.rnatracker.made_track", "seed": SEED}}


def made_scans() -> tuple[list[ScoredScan], list[ScoredScan]]:
    """Scans of the made transcripts, scored by the related and by the unrelated track.

    The tracks are written as bigWig files and read again along exons on both strands; the package
    pyBigWig is needed.
    """
    table, starts = made_transcripts()
    elsewhere = random_places(np.random.default_rng(SEED + 1))
    exons = [_exons(row) for row in range(TRANSCRIPTS)]
    by_id = dict(zip(table.frame["id"], exons, strict=True))
    strong = strongly_localised(table, SETTINGS["strong_share"])
    rows, *_ = rows_with_exons(table, strong, by_id)
    found = []
    with TemporaryDirectory() as folder:
        for name, places in (("related", starts), ("unrelated", elsewhere)):
            path = Path(folder) / f"{name}.bw"
            write_track(path, conserved_about(places), exons)
            found.append(scored_rows(made_scanner(), table, rows, by_id, path, SETTINGS))
    return found[0], found[1]


def made_transcripts() -> tuple[Table, np.ndarray]:
    """Transcripts with three elements each, and (n, 3) int where these start.

    A third of the elements have one wrong letter, which weakens them.
    """
    generator = np.random.default_rng(SEED)
    letters = generator.choice(list("ACGT"), (TRANSCRIPTS, LENGTH))
    starts = random_places(generator)
    for row, own in zip(letters, starts, strict=True):
        for element, start in zip(generator.permutation(ELEMENTS), own, strict=True):
            row[start : start + len(element)] = list(element)
            if generator.random() < 1 / 3:
                wrong = start + generator.integers(len(element))
                row[wrong] = "ACGT"["GTAC".index(row[wrong])]
    frame = pd.DataFrame({"id": [f"MADE{number:03d}" for number in range(TRANSCRIPTS)]})
    frame["sequence"] = ["".join(row) for row in letters]
    frame = frame.assign(nuclear=0.8, cytosol=0.2)
    return Table(frame, ("nuclear", "cytosol"), "simulated", {}), starts


def random_places(generator: np.random.Generator) -> np.ndarray:
    """(n, 3) int: starts of elements, at least `CONSERVED` apart and half of it from the ends."""
    free = LENGTH - len(ELEMENTS) * CONSERVED
    gaps = np.sort(generator.integers(0, free + 1, (TRANSCRIPTS, len(ELEMENTS))), axis=1)
    middle = CONSERVED // 2 - len(ENHANCER) // 2
    return gaps + np.arange(len(ELEMENTS)) * CONSERVED + middle


def made_scanner() -> Scanner:
    """A network that is not trained: its filters read the elements and a little of everything.

    Enhancers raise the nuclear share, repressors lower it; pairs of random filters make masks
    elsewhere change it a little.
    """
    generator = np.random.default_rng(SEED)
    exact = np.stack([_one_hot(ENHANCER), _one_hot(REPRESSOR)], axis=-1)
    noise = generator.normal(0, 0.3, (*exact.shape[:2], 8))
    kernel = np.concatenate([exact, noise], axis=-1)
    bias = np.array([-8.5, -8.5, *[0.0] * 8])
    effects = np.array([0.5, -0.5, *[0.004, -0.004] * 4])

    def head(features: np.ndarray, known: np.ndarray) -> np.ndarray:
        logit = 1 + ((features * known[..., None]).sum(axis=1) * effects).sum(axis=1)
        nuclear = 1 / (1 + np.exp(-logit))
        return np.stack([nuclear, 1 - nuclear], axis=1)

    return Scanner([Block(kernel, bias, POOL)], head)


def conserved_about(starts: np.ndarray) -> np.ndarray:
    """(n, `LENGTH`) scores: noise, a level of each transcript, and 2 more about its elements."""
    generator = np.random.default_rng(SEED + 2)
    level = generator.normal(0, 0.3, (len(starts), 1))
    scores = level + generator.normal(0, 0.6, (len(starts), LENGTH))
    for row, own in zip(scores, starts, strict=True):
        for start in own:
            first = start + len(ENHANCER) // 2 - CONSERVED // 2
            row[first : first + CONSERVED] += 2
    return scores


def write_track(path: Path, scores: np.ndarray, exons: Sequence[Exons]) -> None:
    """Write the scores of transcripts as a bigWig file; introns have a score that none has.

    Parameters
    ----------
    path : Path
    scores : (n, length) float
        5' to 3'.
    exons : sequence of Exons
        Of each transcript, all on one chromosome.
    """
    import pyBigWig

    size = max(end for one in exons for _, end in one.blocks)
    genome = np.full(size, INTRON_SCORE)
    for row, own in zip(scores, exons, strict=True):
        places = np.concatenate([np.arange(*block) for block in own.blocks])
        genome[places] = row[::-1] if own.strand == "-" else row
    track = pyBigWig.open(str(path), "w")
    track.addHeader([(exons[0].chromosome, size)])
    track.addEntries(exons[0].chromosome, 0, values=genome.tolist(), span=1, step=1)
    track.close()


def _exons(row: int) -> Exons:
    """Two exons about an intron; every other transcript is on the reverse strand."""
    start, first = row * (LENGTH + 2 * INTRON), 300
    blocks = [
        (start, start + first),
        (start + first + INTRON, start + INTRON + LENGTH),
    ]
    return Exons("chr1", "-" if row % 2 else "+", blocks)


def _one_hot(element: str) -> np.ndarray:
    return np.array([[letter == base for base in "ACGT"] for letter in element], dtype=float)
