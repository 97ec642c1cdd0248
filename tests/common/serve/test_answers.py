"""Answers in JSON: the predictor's numbers, in parts that can be stopped."""

from __future__ import annotations

import json
from concurrent.futures import CancelledError
from dataclasses import replace

import fake_models
import numpy as np
import pytest

from common.data.alphabet import PROTEIN, Alphabet
from common.data.fasta import Record
from common.serve.answers import PART, answer
from common.serve.faults import Refusal
from common.serve.schemas import Answer

SEQUENCES = [("MKTAYIAKQR" * 5)[: 20 + n] for n in range(PART + 4)]
RECORDS = [Record(f"P{n}", "", text) for n, text in enumerate(SEQUENCES)]


def ask(name="compartments", records=RECORDS, attention=True, go_on=lambda: None):
    catalogue, models = fake_models.catalogue()
    return json.loads(answer(name, catalogue.predictor, records, attention, go_on)), models[name]


def test_answers_are_the_predictors_in_order():
    found, model = ask()
    Answer.model_validate(found)
    table = model.predict({record.id: record.sequence for record in RECORDS})
    assert [one["id"] for one in found["results"]] == table["id"].tolist()
    for one, (_, row) in zip(found["results"], table.iterrows(), strict=True):
        assert one["location"] == row["location"]
        assert one["length"] == row["length"]
        assert list(one["probabilities"]) == list(model.labels)
        for label, value in one["probabilities"].items():
            assert value == pytest.approx(row[label], abs=1e-6)
        assert ",".join(map(str, one["attention"])) == row["attention"]


def test_letters_become_what_the_predictor_makes_of_them(monkeypatch):
    catalogue, models = fake_models.catalogue()
    model = models["compartments"]
    own = replace(model.network, alphabet=Alphabet("protein", PROTEIN.letters + "UJ", ending="*"))
    monkeypatch.setattr(model, "network", own)
    records = [Record("a", "", "mkuj" * 5 + "*")]
    found = json.loads(answer("compartments", catalogue.predictor, records, True, lambda: None))
    assert found["results"][0]["sequence"] == "MKUJ" * 5
    asked = model.predict({"a": records[0].sequence}).loc[0, "probability"]
    assert found["results"][0]["probability"] == pytest.approx(asked, abs=1e-6)


def test_every_sequence_that_the_network_cannot_read_is_named(monkeypatch):
    catalogue, models = fake_models.catalogue()
    model = models["compartments"]
    monkeypatch.setattr(model, "network", replace(model.network, least=22))
    with pytest.raises(Refusal) as caught:
        answer("compartments", catalogue.predictor, RECORDS, True, lambda: None)
    assert [error.record for error in caught.value.errors] == ["P0", "P1"]
    assert caught.value.status == 422


def test_attention_is_one_weight_a_letter():
    found, model = ask(records=RECORDS[:2])
    for one in found["results"]:
        weights = model.attention(one["sequence"])
        assert np.allclose(one["attention_weights"], weights, rtol=1e-3)
        assert int(np.argmax(one["attention_weights"])) + 1 == one["attention"][0]
    assert ask(attention=False)[0]["results"][0]["attention_weights"] is None


def test_a_model_without_attention():
    found, _ = ask("fractions", [Record("t", "", "ACGTACGT")])
    assert found["results"][0]["attention_weights"] is None
    assert found["results"][0]["attention"] == []


def test_work_stops_between_parts():
    asked = []

    def go_on():
        asked.append(1)
        if len(asked) == 2:
            raise CancelledError

    catalogue, models = fake_models.catalogue()
    with pytest.raises(CancelledError):
        answer("compartments", catalogue.predictor, RECORDS, True, go_on)
    assert models["compartments"].asked == [[record.id for record in RECORDS[:PART]]]
