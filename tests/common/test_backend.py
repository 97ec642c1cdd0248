"""What depends on the backend."""

from __future__ import annotations

import keras
import pytest

from common.backend import compiles_steps, free_device_memory
from reproductions.sonderby.data import LOCATIONS
from reproductions.sonderby.experiments import PAPER
from reproductions.sonderby.model import build


@pytest.mark.parametrize(("backend", "whole"), [("tensorflow", False), ("jax", True)])
def test_only_jax_compiles_whole_steps(monkeypatch, backend, whole):
    monkeypatch.setattr(keras.config, "backend", lambda: backend)
    assert compiles_steps() is whole


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow's own devices")
@pytest.mark.parametrize(("gpus", "free"), [([], 10), (["GPU:0"], None)])
def test_a_gpu_does_not_have_the_machines_memory(monkeypatch, gpus, free):
    import tensorflow as tf

    monkeypatch.setattr("common.backend.free_memory", lambda: 10)
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: gpus)
    assert free_device_memory() == free


def test_a_paper_s_network_is_compiled_as_the_backend_wants():
    small = {"lstm_units": 2, "filters": 1, "kernel_sizes": [1]}
    settings = PAPER.settings.resolve("paper", "smoke", "a-lstm-60", small)
    assert build(settings, len(LOCATIONS)).jit_compile is compiles_steps()
