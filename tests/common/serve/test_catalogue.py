"""The models of a server: names, and loading when first asked for."""

from __future__ import annotations

import fake_models
import pytest

from common.data.alphabet import RNA
from common.errors import UsageError
from common.serve.catalogue import Catalogue


def test_a_model_is_loaded_once_and_only_when_asked_for():
    loads = []
    card = fake_models.card("net")
    catalogue = Catalogue([(card, lambda: loads.append(1) or fake_models.FakePredictor(card))])
    assert catalogue.loaded == []
    first = catalogue.predictor("net")
    assert catalogue.predictor("net") is first
    assert loads == [1]
    assert catalogue.loaded == ["net"]


def test_a_name_that_comes_again_gets_a_number():
    cards = [fake_models.card("net", seed=seed) for seed in (1, 2, 3)]
    catalogue = Catalogue([(card, lambda: None) for card in cards])
    assert list(catalogue.offers) == ["net", "net-2", "net-3"]
    assert catalogue.find("net-2").card.seed == 2
    assert catalogue.find("net-4") is None


def test_alphabet_is_the_cards():
    found, _ = fake_models.catalogue()
    assert found.find("fractions").alphabet is RNA


def test_no_models():
    with pytest.raises(UsageError, match="there are no models"):
        Catalogue([])
