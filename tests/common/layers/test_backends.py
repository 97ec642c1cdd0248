"""TensorFlow and JAX give the same outputs and gradients."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.common.layers import cases

pytestmark = pytest.mark.long

HERE = keras.backend.backend()
OTHER = {"tensorflow": "jax", "jax": "tensorflow"}.get(HERE, "tensorflow")
QUICK = "--xla_backend_optimization_level=0"  # compiling takes longer than computing here


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """All cases with this process's backend and, in one other process, with the other's."""
    if importlib.util.find_spec(OTHER) is None:
        pytest.skip(f"{OTHER} is not installed: the layers run with {HERE} alone")
    folder = tmp_path_factory.mktemp("backends")
    root = Path(cases.__file__).parents[3]
    done = subprocess.run(
        [sys.executable, cases.__file__, str(folder)],
        cwd=root,
        env={"XLA_FLAGS": QUICK, **os.environ, "KERAS_BACKEND": OTHER, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    with np.load(folder / f"{OTHER}.npz") as file:
        return cases.compute_all(), dict(file)


@pytest.mark.parametrize("name", cases.CASES)
def test_backends_agree(both, name):
    here, there = both
    keys = [key for key in here if key.startswith(f"{name}/")]
    assert keys == [key for key in there if key.startswith(f"{name}/")]
    assert any("/output/" in key for key in keys)
    of_tokens = cases.CASES[name].reads == "tokens"
    assert any("/gradient/" in key for key in keys) != of_tokens
    for key in keys:
        np.testing.assert_allclose(here[key], there[key], rtol=0, atol=1e-5, err_msg=key)
