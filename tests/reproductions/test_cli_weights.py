"""Weights of others on the command line: what is written, and one line for each mistake."""

from __future__ import annotations

import json

import numpy as np
import pytest
from processes import reproduce


@pytest.fixture
def feed_forward(tmp_path):
    """A small feed-forward network of 3 residues with 20 features."""
    rng = np.random.default_rng(0)
    shapes = [(60, 4), (4,), (4, 10), (10,)]
    np.savez(tmp_path / "ffn.npz", *[rng.normal(size=s).astype("float32") for s in shapes])
    return tmp_path / "ffn.npz"


@pytest.mark.parametrize("ending", ["keras", "npz"])
def test_import_lasagne_writes_a_network_that_loads(feed_forward, tmp_path, ending):
    out = tmp_path / f"net.{ending}"
    done = reproduce("import-lasagne", str(feed_forward), "-o", str(out))
    assert done.returncode == 0, done.stderr
    assert "ffn, 294 parameters" in done.stdout
    import keras

    from common.training.checkpoint import load_weights
    from reproductions.deeploc import dtu

    if ending == "keras":
        model = keras.saving.load_model(out)
    else:
        config = json.loads(out.with_suffix(".json").read_text())
        assert config.pop("package") == "reproductions.deeploc.dtu"
        model = dtu.build(dtu.Network(**config))
        load_weights(out, model)
    x = np.random.default_rng(1).random((2, 3, 20), dtype="float32")
    inputs = {"profile": x, "length": np.array([3, 3])}
    expected = dtu.load(feed_forward)[0].predict_on_batch(inputs)["location"]
    np.testing.assert_array_equal(model.predict_on_batch(inputs)["location"], expected)


@pytest.mark.parametrize(
    ("arguments", "code", "fault"),
    [
        (["FILE", "-o", "net.h5"], 2, "the ending '.h5' is not known"),
        (["FILE"], 2, "-o"),
        (["missing.npz", "-o", "net.keras"], 3, "no such file"),
        (["FILE", "--features", "7", "-o", "net.keras"], 3, "no multiple of 7"),
    ],
)
def test_a_mistake_is_one_line(feed_forward, tmp_path, arguments, code, fault):
    arguments = [str(feed_forward) if a == "FILE" else a for a in arguments]
    arguments = [str(tmp_path / a) if a.startswith("net.") else a for a in arguments]
    done = reproduce("import-lasagne", *arguments)
    assert done.returncode == code
    assert len(done.stderr.strip().splitlines()) == 1
    assert fault in done.stderr
    assert not list(tmp_path.glob("net.*"))
