"""Predictors without a network: the same sequence always gives the same answer, at once.

Run as a program, it serves them: ``python fake_models.py [PORT]``.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from common.data.alphabet import PROTEIN, RNA, Alphabet
from common.predict.card import Card
from common.predict.novelty import describe_training
from common.predict.predictor import Network, Predictor
from common.serve.catalogue import Catalogue

LABELS = (
    "Cytoplasm", "ER", "Extracellular", "Golgi", "Lysosome", "Membrane", "Mitochondrion",
    "Nucleus", "Peroxisome", "Plastid",
)  # fmt: skip
SIGNAL = (10, 20)
"""Positions, from 0, with most of the attention."""

TRAINING = ["MKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQ" * n for n in range(1, 40)]
TRANSCRIPTS = ["ACGTTGCAGTCA" * n for n in range(1, 40)]


def card(name: str, alphabet: Alphabet = PROTEIN, **changes: Any) -> Card:
    training = TRANSCRIPTS if alphabet is RNA else TRAINING
    fields = dict(
        model=name, title=f"the model {name}", citation="Nobody 2020", paper="made",
        experiment="net", variant="paper", profile="smoke", seed=1, fold=0, task="single-label",
        labels=LABELS, alphabet=alphabet.name, settings={}, data_variant="simulated",
        data_sha256={}, licence="none", metrics={"accuracy": 0.5}, spread={}, n_test=10, n_seeds=1,
        calibration={"temperature": 1.0}, training=describe_training(training, alphabet),
        commit="abc", weights_sha256="ff" * 32,
    )  # fmt: skip
    return Card(**{**fields, **changes})


class FakePredictor(Predictor):
    """Probabilities from the letters' counts; waits at `gate` and notes what it was asked."""

    def __init__(self, card: Card, attention: bool = True, gate: threading.Event | None = None):
        alphabet = RNA if card.alphabet == "RNA" else PROTEIN
        network = Network(
            None,  # type: ignore[arg-type]
            None,  # type: ignore[arg-type]
            alphabet,
            "location",
            "attention" if attention else "",
            np.arange,
        )
        super().__init__(card, network)
        self.gate = gate or threading.Event()
        if gate is None:
            self.gate.set()
        self.asked: list[list[str]] = []

    def _outputs(self, ids: Sequence[str], sequences: Sequence[str]) -> dict[str, np.ndarray]:
        self.asked.append(list(ids))
        assert self.gate.wait(60)
        scores = np.array([[text.count(c) for c in "CKSGLAMRDE"] for text in sequences], float)
        scores = scores[:, : len(self.labels)] / np.array([[len(text)] for text in sequences])
        if self.card.task == "multi-label":
            probabilities = 1 / (1 + np.exp(3 - 40 * scores))
        else:
            probabilities = np.exp(25 * scores)
            probabilities /= probabilities.sum(axis=1, keepdims=True)
        longest = max(map(len, sequences))
        weights = np.zeros((len(sequences), longest))
        for row, text in zip(weights, sequences, strict=True):
            row[: len(text)] = 1 + np.array([ord(c) % 5 for c in text])
            row[slice(*SIGNAL)] *= 12
            row /= row.sum()
        return {"location": probabilities, "attention": weights}


def catalogue(gate: threading.Event | None = None) -> tuple[Catalogue, dict[str, FakePredictor]]:
    """Three models and their predictors."""
    models = {
        "compartments": FakePredictor(card("compartments"), gate=gate),
        "several": FakePredictor(
            card("several", task="multi-label", metrics={"f1_micro": 0.6}, data_variant="exact")
        ),
        "fractions": FakePredictor(
            card("fractions", RNA, task="distribution", labels=("Cytosol", "Nucleus"),
                 metrics={"pearson:Cytosol": 0.4}, calibration={}),
            attention=False,
        ),
    }  # fmt: skip
    offers = [(model.card, lambda model=model: model) for model in models.values()]
    return Catalogue(offers), models


def main() -> None:
    from common.serve.app import make_app
    from common.serve.limits import Limits
    from common.serve.server import LOCAL, run

    limits = Limits(read_seconds=2.0)
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    app = make_app(catalogue()[0], limits, LOCAL)
    run(app, "127.0.0.1", port, limits, lambda address: print(address, flush=True))


if __name__ == "__main__":
    main()
