"""Weights of the repository give the numbers that their cards print, on the real data."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from common.data.fetch import SIMULATED, locate
from common.predict.card import read_card, weights_of
from common.predict.evaluate import TEST, card_metrics, predict_parts
from common.predict.release import MOST_BYTES
from common.predict.released import ReleasedModel
from reproductions.model_list import EXTRAS
from reproductions.models import load_model, released

RELEASED = [pytest.param(paper, model, path, id=model.name) for paper, model, path in released()]


def must_be_released(model: ReleasedModel, path) -> None:
    if not path.exists():
        pytest.skip(f"no card of {model.name} is released")


@pytest.mark.parametrize(("paper", "model", "path"), RELEASED)
def test_card_is_whole_and_small(paper, model, path):
    must_be_released(model, path)
    card = read_card(path)
    assert (card.model, card.paper, card.profile) == (model.name, paper.name, "full")
    assert card.data_variant != SIMULATED
    assert weights_of(path).stat().st_size <= MOST_BYTES


@pytest.mark.slow
@pytest.mark.mirror
@pytest.mark.parametrize(("paper", "model", "path"), RELEASED)
def test_weights_give_the_numbers_of_their_card(paper, model, path):
    must_be_released(model, path)
    card = read_card(path)
    for name in paper.experiment(card.experiment).datasets_of(card.profile):
        if locate(name, simulate=True).origin == SIMULATED:
            pytest.skip(f"the data set {name} is not here")
    if model.extra and find_spec(EXTRAS[model.extra][0]) is None:
        pytest.skip(f"the extra {model.extra} is not installed")
    predictor = load_model(model.name)
    examples = model.examples(card.settings, card.seed, card.fold)
    found = card_metrics(predict_parts(predictor, examples, (TEST,)))
    assert set(found) == {name for name in card.metrics if "/" not in name}
    for metric, value in found.items():
        loose = ":" in metric and "f1" in metric  # a rare label's F1 hangs on single proteins
        assert value == pytest.approx(card.metrics[metric], abs=0.02 if loose else 0.002), metric
