"""PyTorch state dicts, read without torch and without unpickling.

A state dict is read from a plain `.npz` (``numpy.savez(path, **{name: tensor.numpy()})``) or from
`.safetensors`, and laid out as our layers keep their weights:

| torch | theirs | ours |
|---|---|---|
| ``Conv1d.weight`` | (filters, features, width) | (width, features, filters) |
| ``Linear.weight`` | (outputs, inputs) | (inputs, outputs) |
| ``BatchNorm1d`` | weight, bias, running_mean and running_var | the same, in this order |
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from common.errors import DataError

if TYPE_CHECKING:
    import keras

IGNORED = "num_batches_tracked"
BATCH_NORM = ("weight", "bias", "running_mean", "running_var")
SAFETENSORS_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4"}
PICKLES = (".pt", ".pth", ".bin", ".ckpt", ".pkl")

StateDict = dict[str, np.ndarray]


def read_state_dict(path: Path, prefix: str = "") -> StateDict:
    """Read the arrays of a checkpoint.

    Parameters
    ----------
    path : Path
        `.npz` or `.safetensors`.
    prefix : str
        Take only the arrays whose names begin with it, and cut it off.

    Returns
    -------
    dict of str to array
        Torch's names; counters of batches are left out.

    Raises
    ------
    DataError
        The file is missing, unreadable, a pickle, or has no array of this prefix.
    """
    path = Path(path)
    if path.suffix in PICKLES or _is_torch_archive(path):
        raise DataError(
            str(path),
            "a torch file holds pickles, which are never read here",
            "Where you trust it, load it with torch and save its `model_state_dict` with "
            "safetensors.torch.save_file",
        )
    try:
        arrays = _read_safetensors(path) if path.suffix == ".safetensors" else _read_npz(path)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        fault = "no such file" if isinstance(error, FileNotFoundError) else f"unreadable ({error})"
        raise DataError(str(path), fault, "Give a whole .npz or .safetensors file") from error
    chosen = {
        name.removeprefix(prefix): values
        for name, values in arrays.items()
        if name.startswith(prefix) and not name.endswith(IGNORED)
    }
    if not chosen:
        wanted = f"no array whose name begins with {prefix!r}" if prefix else "no array"
        raise DataError(str(path), f"{wanted} ({', '.join(list(arrays)[:5])})", "Check the file")
    return chosen


def assign_state_dict(
    model: keras.Model, state: Mapping[str, np.ndarray], names: Mapping[str, str], source: str
) -> None:
    """Give the layers of a model the weights of torch modules.

    Parameters
    ----------
    model : keras.Model
        A built model.
    state : mapping
        As `read_state_dict` gives it.
    names : mapping of str to str
        Torch module of each of our layers; together they must use every array.
    source : str
        Named in errors.

    Raises
    ------
    DataError
        An array is missing, left over, or has another shape than the layer's.
    """
    left = set(state)
    found = {}
    for layer_name, module in names.items():
        layer = model.get_layer(layer_name)
        kinds = BATCH_NORM if f"{module}.running_mean" in state else ("weight", "bias")
        arrays = []
        for kind in kinds:
            name = f"{module}.{kind}"
            if name not in state:
                raise DataError(source, f"{name} is missing", "Use a checkpoint of this network")
            left.discard(name)
            arrays.append(np.transpose(state[name]))
        shapes = [tuple(weight.shape) for weight in layer.weights]
        if [array.shape for array in arrays] != shapes:
            fault = f"{module}: shapes {[array.shape for array in arrays]}, and not {shapes}"
            raise DataError(source, fault, "Use a checkpoint of this network and size")
        found[layer_name] = arrays
    if left:
        fault = f"{len(left)} arrays have no place: {', '.join(sorted(left)[:5])}"
        raise DataError(source, fault, "Use a checkpoint of this network")
    for layer_name, arrays in found.items():
        model.get_layer(layer_name).set_weights(arrays)


def _is_torch_archive(path: Path) -> bool:
    """Whether a zip file, such as `.npz`, holds a pickle in place of arrays."""
    if not path.is_file() or not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(name.endswith(".pkl") for name in archive.namelist())


def _read_npz(path: Path) -> StateDict:
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _read_safetensors(path: Path) -> StateDict:
    """The format is a length (8 bytes), a JSON header, and the raw arrays."""
    content = path.read_bytes()
    size = int.from_bytes(content[:8], "little")
    if len(content) < 8 + size:
        raise ValueError("truncated header")
    header = json.loads(content[8 : 8 + size])
    header.pop("__metadata__", None)
    body = memoryview(content)[8 + size :]
    arrays = {}
    for name, entry in header.items():
        first, end = entry["data_offsets"]
        if entry["dtype"] not in SAFETENSORS_TYPES:
            raise ValueError(f"{name} is {entry['dtype']}, not {', '.join(SAFETENSORS_TYPES)}")
        if end > len(body):
            raise ValueError(f"{name} is truncated")
        values = np.frombuffer(body[first:end], SAFETENSORS_TYPES[entry["dtype"]])
        arrays[name] = values.reshape(entry["shape"])
    return arrays
