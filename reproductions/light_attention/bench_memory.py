"""Memory of light attention: one long protein, and training from a file that no memory holds."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from common.backend import load_backend
from common.features.per_residue import write_store
from common.harness.bench import Measurement
from common.harness.settings import load_settings
from reproductions.light_attention.data import LOCATIONS

WIDTH, LONGEST = 1024, 13_100
MOST = 4e9
"""Bytes that training may take at its peak."""
ROWS, PARTS = 600, 20
"""Residues of a generated protein, which fill batches to their budget; parts of the file, one of
which is trained on, one validated and one predicted."""
ONE_AT_A_TIME = {"TF_NUM_INTEROP_THREADS": "1"}
"""Environment for machines of little memory: TensorFlow else computes values and scores at once."""
SETTINGS = Path(__file__).with_name("settings.toml")


def long_protein(width: int = WIDTH, length: int = LONGEST) -> Measurement:
    """Peak memory of a process that trains one step on a batch of one long protein."""
    name = f"memory of a training step on one protein of {length:,} residues, d {width}"
    return _peak(name, f"one_long_step({width}, {length})")


def one_long_step(width: int, length: int) -> int:
    """Train one step on one protein; returns the peak memory of this process in bytes."""
    load_backend()
    from common.harness.provenance import peak_memory_bytes
    from reproductions.light_attention.benchmark import keras_step

    x = np.zeros((1, length, width), "float32")
    keras_step(x, np.array([0]), "float32", as_product=True)()
    return peak_memory_bytes()


def large_file(
    gigabytes: float = 5.0, width: int = WIDTH, changes: Mapping[str, Any] | None = None
) -> Measurement:
    """Peak memory of a process that reads a whole file, and trains and predicts on parts of it.

    Parameters
    ----------
    gigabytes : float
        Size of the file, which is generated: proteins of `ROWS` residues in half precision.
    width : int
        Features a residue.
    changes : mapping, optional
        Settings that differ from those of the full run of ``la-prott5``.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "embeddings.h5"
        count = math.ceil(gigabytes * 1e9 / (2 * ROWS * width))
        values = np.random.default_rng(0).normal(size=(ROWS, width)).astype("float16")
        write_store(path, ((f"P{number}", values) for number in range(count)), {})
        size = path.stat().st_size / 1e9
        name = f"memory of training from a file of {size:.1f} GB, d {width}"
        return _peak(name, f"train_from({str(path)!r}, {dict(changes or {})!r})", ONE_AT_A_TIME)


def train_from(path: str, changes: Mapping[str, Any]) -> int:
    """Read all of a file, train and validate an epoch on two parts of it, and predict a third.

    Parameters
    ----------
    path : str
        An HDF5 file of embeddings.
    changes : mapping
        As for `large_file`.

    Returns
    -------
    int
        Peak memory of this process in bytes.
    """
    load_backend()
    from common.batching import make_dataset, plan_batches
    from common.features.per_residue import PerResidueStore
    from common.harness.provenance import peak_memory_bytes
    from common.training.fit import fit, predict
    from common.training.recipe import Recipe
    from reproductions.light_attention.model import build

    settings = load_settings(SETTINGS).resolve("paper", "full", "la-prott5", changes)
    recipe = replace(Recipe.from_settings(settings), epochs=1)
    store = PerResidueStore(Path(path))
    everything = _examples(store, slice(None))
    budget = {"max_positions": recipe.max_positions}
    for _ in make_dataset(everything, plan_batches(everything.lengths, 150, **budget)):
        pass
    training, validation, test = (_examples(store, slice(n, None, PARTS)) for n in range(3))
    model = build(settings, store.width, len(LOCATIONS), as_product=True)
    with tempfile.TemporaryDirectory() as folder:
        fit(model, training, recipe, seed=1, validation=validation, folder=Path(folder))
    predict(model, test, **budget)
    return peak_memory_bytes()


def _examples(store: Any, part: slice) -> Any:
    """Proteins of a file whose locations take turns."""
    from common.sources import Examples, ResidueSource

    ids = list(store.ids)[part]
    answers = np.arange(len(ids)) % len(LOCATIONS)
    source = {"embedding": ResidueSource(store, ids)}
    return Examples(np.array(ids), store.lengths(ids), source, answers)


def _peak(name: str, call: str, environment: Mapping[str, str] | None = None) -> Measurement:
    """Memory that a function of this module tells of itself, in a process of its own."""
    program = f"from {__name__} import *\nprint({call})"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        note = " ".join(done.stderr.split())[-200:]
        return Measurement(name, math.nan, "GB", "at most 4", False, note)
    peak = int(done.stdout.split()[-1])
    note = " ".join(f"{name}={value}" for name, value in (environment or {}).items())
    return Measurement(name, peak / 1e9, "GB", "at most 4", peak <= MOST, note)
