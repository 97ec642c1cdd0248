"""One training loop for all: seeded, resumable, with a checkpoint after each epoch."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from common.batching import BatchStream, make_dataset, padding_share, plan_batches
from common.errors import ReproduceError, UsageError
from common.sources import Examples, named_faults
from common.training.checkpoint import (
    TrainingState,
    load_checkpoint,
    load_weights,
    save_checkpoint,
    save_weights,
)
from common.training.compiled import build_metrics
from common.training.progress import Progress
from common.training.recipe import Recipe
from common.training.seeds import epoch_generator, reseed_layers
from common.training.statistics import learn_statistics

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

DENSE_MULTIPLE = 64


@dataclass(frozen=True)
class FitResult:
    """What training leaves besides the weights.

    Parameters
    ----------
    history : DataFrame
        One row an epoch: ``epoch`` (from 1), ``loss``, scores, ``val_`` columns, ``seconds``.
    epochs : int
        Epochs trained.
    best_epoch : int or None
        Epoch (from 1) whose weights the model holds now, where ``keep`` is ``best``.
    padding_share : float
        Share of the positions of the first epoch's dense batches that is padding.
    seconds : float
        Time in training, over all starts of a resumed run.
    cut_short : bool
        Whether `hours` ended it, and not the recipe.
    batch_mean : float
        Examples in a batch of the first epoch, on average: fewer than the recipe's where its
        budget of residues ends most batches.
    """

    history: pd.DataFrame
    epochs: int
    best_epoch: int | None
    padding_share: float
    seconds: float
    cut_short: bool = False
    batch_mean: float = math.nan


def fit(
    model: keras.Model,
    training: Examples,
    recipe: Recipe,
    *,
    seed: int,
    validation: Examples | None = None,
    folder: Path | None = None,
    title: str = "training",
    hours: float | None = None,
    tensorboard: bool = False,
    stream: Any = sys.stderr,
) -> FitResult:
    """Train a compiled model.

    Parameters
    ----------
    model : keras.Model
        Built and compiled with ``recipe.build_optimizer()``.
    training, validation : Examples
        Validation is scored after every epoch (``val_`` columns) and drives early stopping and
        ``keep="best"`` where the recipe asks for them.
    recipe : Recipe
        Epochs, batches, stopping.
    seed : int
        Of the order and of dropout. With the same seed a run repeats bit for bit on a CPU.
    folder : Path, optional
        Where checkpoints live. A run that finds its own checkpoint there goes on from it and
        ends with the numbers of a run that was never stopped.
    title : str
        Heads the progress line.
    hours : float, optional
        Begin no further epoch once training has taken so long, over all starts.
    tensorboard : bool
        Write logs for TensorBoard to ``folder/tensorboard``.
    stream : file
        Where progress is printed; None keeps quiet.

    Raises
    ------
    UsageError
        Early stopping without validation, or an unknown column to monitor.
    ReproduceError
        The loss is not finite.
    DataError
        Features of a file are missing, unreadable or not finite.
    """
    if validation is None and (recipe.patience is not None or recipe.keep == "best"):
        fault = "early stopping or keep = best needs validation examples"
        raise UsageError(title, fault, "Give a validation split, or set patience 0 and keep last")
    model.optimizer.build(model.trainable_variables)
    checkpoint = folder / "checkpoint.npz" if folder else None
    best = folder / "best.npz" if folder else None
    state = TrainingState()
    if checkpoint is not None and checkpoint.exists():
        state = load_checkpoint(checkpoint, model)
    progress = Progress(title, recipe.epochs, state.epochs_done, stream)
    kept: list[np.ndarray] | None = None
    callbacks = _tensorboard(folder) if tensorboard and folder else []
    opening = _plan(training, recipe, epoch_generator(seed, 0))
    share, batch_mean = padding_share(training.lengths, opening), len(training) / len(opening)
    batches = BatchStream(training, pad_to=_multiple())
    checks = None
    if validation is not None:
        checks = make_dataset(validation, _plan(validation, recipe, None), pad_to=_multiple())
    with named_faults(training):
        (first,) = make_dataset(training, [np.zeros(1, int)], pad_to=_multiple())
        build_metrics(model, first)
        if not state.epochs_done:
            learn_statistics(model, lambda: _inputs(training, _plan(training, recipe, None)))
    most = math.inf if hours is None else hours * 3600
    while not _finished(state, recipe) and (state.seconds < most or not state.epochs_done):
        epoch, started = state.epochs_done, time.monotonic()
        reseed_layers(model, seed, epoch)
        plan = _plan(training, recipe, epoch_generator(seed, epoch))
        with named_faults(training, validation):
            logs = model.fit(
                batches.follow(plan),
                steps_per_epoch=len(plan),
                validation_data=checks,
                initial_epoch=epoch,
                epochs=epoch + 1,
                callbacks=[*callbacks, progress.callback(len(plan))],
                verbose=0,
                shuffle=False,
            ).history
        row = {name: float(values[-1]) for name, values in logs.items()}
        if not np.isfinite(row["loss"]):
            fault = f"the loss of epoch {epoch + 1} is {row['loss']}"
            raise ReproduceError(title, fault, "Lower the learning rate or set clip_norm")
        seconds = time.monotonic() - started
        state.history.append({"epoch": epoch + 1, **row, "seconds": round(seconds, 3)})
        state.seconds += seconds
        state.epochs_done += 1
        if _improved(state, row, recipe):
            if best is not None:
                save_weights(best, model)
            else:
                kept = model.get_weights()
        if checkpoint is not None:
            save_checkpoint(checkpoint, model, state)
        progress.epoch_done(state.history[-1])
    best_epoch = None
    if recipe.keep == "best" and state.best_epoch is not None:
        best_epoch = state.best_epoch + 1
        if best is not None:
            load_weights(best, model)
        elif kept is not None:
            model.set_weights(kept)
    history = pd.DataFrame(state.history)
    cut_short = not _finished(state, recipe)
    return FitResult(
        history, state.epochs_done, best_epoch, share, state.seconds, cut_short, batch_mean
    )


def predict(
    model: keras.Model,
    examples: Examples,
    *,
    batch_size: int = 128,
    max_positions: int | None = None,
) -> Any:
    """Outputs of a model in the order of the examples.

    Parameters
    ----------
    model : keras.Model
        Any number of outputs, each with one row an example.
    examples : Examples
        Targets are ignored.
    batch_size, max_positions : int
        As in `plan_batches`; the answer does not depend on them.

    Returns
    -------
    array or mapping of arrays
        As the model's outputs; an output with an axis along the sequence is zero-padded to the
        longest example.

    Raises
    ------
    DataError
        Features of a file are missing, unreadable or not finite.
    """
    import keras

    plan = plan_batches(examples.lengths, batch_size, max_positions=max_positions)
    dataset = _input_dataset(examples, plan)
    step = _prediction_step(model, dataset)
    with named_faults(examples):
        pieces = [
            keras.tree.map_structure(keras.ops.convert_to_numpy, step(inputs))
            for (inputs,) in _as_backend_reads(dataset)
        ]
    order = np.argsort(np.concatenate(plan))
    return keras.tree.map_structure(lambda *parts: _stack(parts)[order], *pieces)


def _prediction_step(model: keras.Model, dataset: tf.data.Dataset) -> Callable[[Any], Any]:
    """Function from the inputs of a batch to the outputs; traced once for all ragged shapes.

    Keras's own traces anew for each batch, since it knows no common shape of ragged tensors. It is
    kept with the model: a trace takes longer than the prediction of a few sequences.
    """
    import keras

    if keras.config.backend() != "tensorflow":
        return model.predict_on_batch
    import tensorflow as tf

    (inputs,) = dataset.element_spec
    # past Keras's attributes, which would track it
    kept = model.__dict__.setdefault("_prediction_steps", {})
    if repr(inputs) not in kept:
        kept[repr(inputs)] = tf.function(
            lambda batch: model(batch, training=False), input_signature=[inputs]
        )
    return kept[repr(inputs)]


def _stack(parts: tuple[np.ndarray, ...]) -> np.ndarray:
    """Join batches; where the second axis differs, pad it with zeros to the longest."""
    if parts[0].ndim > 1:
        longest = max(part.shape[1] for part in parts)
        parts = tuple(
            np.pad(part, [(0, 0), (0, longest - part.shape[1])] + [(0, 0)] * (part.ndim - 2))
            for part in parts
        )
    return np.concatenate(parts)


def _plan(
    examples: Examples, recipe: Recipe, generator: np.random.Generator | None
) -> list[np.ndarray]:
    return plan_batches(
        examples.lengths,
        recipe.batch_size,
        max_positions=recipe.max_positions,
        generator=generator,
        jitter=recipe.length_jitter,
    )


def _input_dataset(examples: Examples, plan: list[np.ndarray]) -> tf.data.Dataset:
    return make_dataset(examples, plan, with_targets=False, pad_to=_multiple())


def _inputs(examples: Examples, plan: list[np.ndarray]) -> Iterator[Any]:
    """Inputs of each batch of a plan."""
    for (inputs,) in _as_backend_reads(_input_dataset(examples, plan)):
        yield inputs


def _as_backend_reads(dataset: tf.data.Dataset) -> Iterable[Any]:
    """Batches as TensorFlow's tensors on TensorFlow, as arrays on the other backends."""
    import keras

    on_tensorflow = keras.config.backend() == "tensorflow"
    return dataset if on_tensorflow else dataset.as_numpy_iterator()


def _multiple() -> int | None:
    """Batches are ragged on TensorFlow; dense, in few lengths, on the other backends."""
    import keras

    return None if keras.config.backend() == "tensorflow" else DENSE_MULTIPLE


def _improved(state: TrainingState, row: dict[str, float], recipe: Recipe) -> bool:
    """Whether this epoch is the best so far; the recipe says what a tie is."""
    if recipe.patience is None and recipe.keep == "last":
        return False
    if recipe.monitor not in row:
        fault = f"{recipe.monitor!r} is not in the history ({', '.join(row)})"
        raise UsageError("monitor", fault, "Name one of these columns")
    score = row[recipe.monitor]
    better = state.best_score is None or (
        score < state.best_score if recipe.mode == "min" else score > state.best_score
    )
    better = better or (recipe.ties == "last" and score == state.best_score)
    if better:
        state.best_score, state.best_epoch = score, state.epochs_done - 1
    return better


def _finished(state: TrainingState, recipe: Recipe) -> bool:
    return state.epochs_done >= recipe.epochs or _exhausted(state, recipe)


def _exhausted(state: TrainingState, recipe: Recipe) -> bool:
    if recipe.patience is None or state.best_epoch is None:
        return False
    if recipe.least_accuracy and _highest(state, "accuracy") < recipe.least_accuracy:
        return False
    return state.epochs_done - 1 - state.best_epoch >= recipe.patience


def _highest(state: TrainingState, column: str) -> float:
    return max(row.get(column, 0.0) for row in state.history)


def _tensorboard(folder: Path) -> list[Any]:
    import keras

    if find_spec("tensorboard") is None:
        fault = "the package tensorboard is not installed"
        raise UsageError("--tensorboard", fault, "Install it: .venv/bin/pip install tensorboard")

    return [keras.callbacks.TensorBoard(log_dir=str(folder / "tensorboard"))]
