"""What depends on the backend."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import keras
import pytest

from common.backend import compiles_steps, free_device_memory, keep_triton_out
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


def test_triton_stays_out_where_tensorflow_came_first(monkeypatch):
    monkeypatch.delitem(sys.modules, "triton", raising=False)
    keep_triton_out()
    assert sys.modules["triton"] is None
    monkeypatch.setitem(sys.modules, "triton", "was loaded before")
    keep_triton_out()
    assert sys.modules["triton"] == "was loaded before"
    monkeypatch.delitem(sys.modules, "triton")
    monkeypatch.delitem(sys.modules, "tensorflow")
    keep_triton_out()
    assert "triton" not in sys.modules


@pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed (extra `plm`)")
def test_torch_trains_beside_tensorflow():
    """In a process of its own: without the remedy it ends with a segmentation fault."""
    program = """
from common.backend import load_backend
load_backend()
import torch
weight = torch.nn.Parameter(torch.ones(2))
step = torch.optim.Adam([weight], lr=0.5)
(weight * weight).sum().backward()
step.step()
print(round(weight[0].item(), 3))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "0.5"), done.stderr
