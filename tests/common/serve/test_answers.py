"""Answers in JSON: the predictor's numbers, in parts that can be stopped."""

from __future__ import annotations

import json
from concurrent.futures import CancelledError

import fake_models
import numpy as np
import pytest

from common.data.fasta import Record
from common.serve.answers import PART, answer
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
