"""Released weights predict the same on every backend."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from processes import ROOT, on_other_backends

from common.data.alphabet import PROTEIN
from common.data.simulate import simulate_proteins
from reproductions.models import load_model, released

PROTEINS = [
    model.name
    for _, model, card in released()
    if card.exists() and model.alphabet is PROTEIN and not model.extra
]
ROUNDING = 2e-6  # of six printed digits, and of sums in another order


@on_other_backends
@pytest.mark.parametrize("model", PROTEINS)
def test_predictions_are_those_of_tensorflow(model, backend):
    proteins = simulate_proteins(12, seed=3)
    texts = dict(zip(proteins["id"], proteins["sequence"], strict=True))
    done = subprocess.run(
        [sys.executable, "-m", "reproductions.cli", "predict", "-", "--model", model,
         "--format", "jsonl"],
        input="".join(f">{name}\n{sequence}\n" for name, sequence in texts.items()),
        capture_output=True, text=True, cwd=ROOT, timeout=300,
        env=os.environ | {"KERAS_BACKEND": backend},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    there = [list(json.loads(line)["probabilities"].values()) for line in done.stdout.splitlines()]
    predictor = load_model(model)
    here = predictor.predict(texts)[list(predictor.card.labels)]
    np.testing.assert_allclose(np.array(there), here, atol=ROUNDING)
