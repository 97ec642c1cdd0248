"""The authors' PyTorch checkpoints as networks of ours."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from common.errors import DataError
from common.harness.settings import load_settings
from common.weights.torch import assign_state_dict, read_state_dict

if TYPE_CHECKING:
    import keras

HEAD = {"hidden": "linear.0", "normalised": "linear.3", "logits": "output"}
MODULES: Mapping[str, Mapping[str, str]] = {
    "la": {"values": "feature_convolution", "scores": "attention_convolution", **HEAD},
    "ffn": {"hidden": "input.0", "normalised": "input.3", "logits": "output"},
}


def from_checkpoint(path: Path, prefix: str = "", max_over: str = "padded") -> keras.Model:
    """Build the network that a checkpoint belongs to and give it the checkpoint's weights.

    Parameters
    ----------
    path : Path
        State dict as `.npz` or `.safetensors`; its shapes tell network, widths and classes.
    prefix : str
        What stands before the names.
    max_over : {"padded", "residues"}
        ``padded`` gives the authors' numbers for their batches, ``residues`` those for single
        proteins, in any batch.

    Returns
    -------
    keras.Model
        As `model.build` makes it.

    Raises
    ------
    DataError
        The file is unreadable or belongs to another network.
    """
    from reproductions.light_attention.model import build

    state = read_state_dict(path, prefix)
    network, sizes, width, n_labels = _sizes(state, str(path))
    known = load_settings(Path(__file__).with_name("settings.toml"))
    settings = known.resolve("code", "full", "la", {"max_over": max_over, **sizes})
    model = build({**settings, "network": network}, width, n_labels)
    assign_state_dict(model, state, MODULES[network], str(path))
    return model


def _sizes(state: Mapping[str, np.ndarray], source: str) -> tuple[str, dict[str, Any], int, int]:
    """Network, settings, features a residue and classes that the shapes of a state dict tell."""
    try:
        n_labels = len(state["output.bias"])
        if "input.0.weight" in state:
            hidden, width = state["input.0.weight"].shape
            return "ffn", {"hidden_units": int(hidden)}, int(width), n_labels
        channels, width, size = state["feature_convolution.weight"].shape
        names = {"channels": int(channels), "kernel_sizes": [int(size)]}
        hidden = len(state["linear.0.bias"])
        return "la", {**names, "hidden_units": hidden}, int(width), n_labels
    except (KeyError, ValueError) as error:
        raise DataError(
            source,
            f"neither Light Attention nor its feed-forward network ({error} is missing or odd)",
            "Give the state dict of the authors' LightAttention or FFN",
        ) from error
