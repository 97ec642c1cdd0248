"""Weights and training state as `.npz` with a JSON part; nothing is ever unpickled."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from common.errors import DataError
from common.files import written_whole

if TYPE_CHECKING:
    import keras

STATE = "state.json"


@dataclass
class TrainingState:
    """What a run must remember between epochs, besides its variables.

    Parameters
    ----------
    epochs_done : int
        Whole epochs trained.
    history : list of dict
        One row of losses and scores an epoch.
    best_epoch : int or None
        Epoch (from 0) whose weights were kept as the best.
    best_score : float or None
        Its monitored score.
    seconds : float
        Time spent in training so far, over all starts.
    """

    epochs_done: int = 0
    history: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int | None = None
    best_score: float | None = None
    seconds: float = 0.0


def save_weights(path: Path, model: keras.Model, dtype: str | None = None) -> None:
    """Write the weights of a model, whole or not at all.

    Parameters
    ----------
    path : Path
        Ends with ``.npz``.
    model : keras.Model
        A built model; optimizer and random states are left out.
    dtype : str, optional
        Such as ``float16``, to halve the file; None keeps each array's own.
    """
    arrays: dict[str, Any] = _named(model.weights)
    if dtype is not None:
        arrays = {name: values.astype(dtype) for name, values in arrays.items()}
    with written_whole(path) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, **arrays)


def load_weights(path: Path, model: keras.Model) -> None:
    """Read weights that `save_weights` wrote into a model of the same structure.

    Raises
    ------
    DataError
        A missing or unreadable file, or an array that is missing or has another shape.
    """
    _assign(path, _read(path), model.weights)


def save_checkpoint(path: Path, model: keras.Model, state: TrainingState) -> None:
    """Write weights, optimizer variables and the training state, whole or not at all."""
    arrays: dict[str, Any] = _named([*model.weights, *model.optimizer.variables])
    arrays[STATE] = np.frombuffer(json.dumps(vars(state)).encode(), dtype=np.uint8)
    with written_whole(path) as temporary, temporary.open("wb") as stream:
        np.savez(stream, **arrays)


def load_checkpoint(path: Path, model: keras.Model) -> TrainingState:
    """Read what `save_checkpoint` wrote; the optimizer must be built.

    Raises
    ------
    DataError
        A missing or unreadable file, or an array that is missing or has another shape.
    """
    arrays = _read(path)
    if STATE not in arrays:
        raise DataError(str(path), "no training state in it", "Delete the file and start again")
    state: dict[str, Any] = json.loads(arrays.pop(STATE).tobytes())
    _assign(path, arrays, [*model.weights, *model.optimizer.variables])
    return TrainingState(**state)


def _named(variables: Sequence[Any]) -> dict[str, np.ndarray]:
    """Arrays by position and path: Keras does not promise that paths are unique."""
    import keras

    return {
        f"{place:04d}|{variable.path.replace('/', '.')}": keras.ops.convert_to_numpy(variable)
        for place, variable in enumerate(variables)
    }


def _read(path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(
            str(path), f"not a readable .npz file ({error})", "Delete the file and start again"
        ) from error


def _assign(path: Path, arrays: dict[str, np.ndarray], variables: Sequence[Any]) -> None:
    """Give each variable the array of its position, after all shapes were compared."""
    remedy = "Use weights of the same network and settings"
    if len(arrays) != len(variables):
        fault = f"{len(arrays)} arrays where the network has {len(variables)}"
        raise DataError(str(path), fault, remedy)
    ordered = [arrays[name] for name in sorted(arrays)]
    for name, values, variable in zip(sorted(arrays), ordered, variables, strict=True):
        if values.shape != tuple(variable.shape):
            fault = f"{name} has shape {values.shape}, expected {tuple(variable.shape)}"
            raise DataError(str(path), fault, remedy)
    for values, variable in zip(ordered, variables, strict=True):
        variable.assign(values)
