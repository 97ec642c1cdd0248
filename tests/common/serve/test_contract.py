"""What /openapi.json promises holds for whatever is sent."""

from __future__ import annotations

import json

import httpx
import pytest
from fake_models import LABELS

from common.serve.schemas import Answer, Faults

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed (`dev`)")
hypothesis = pytest.importorskip("hypothesis")
checks = pytest.importorskip("schemathesis.specs.openapi.checks")
given, settings, st = hypothesis.given, hypothesis.settings, hypothesis.strategies

CALM = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(hypothesis.HealthCheck),
)


@pytest.fixture(scope="session")
def api(running):
    return schemathesis.openapi.from_url(f"{running.address}/openapi.json")


VALID, INVALID = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE


@pytest.mark.parametrize(
    ("method", "path", "mode"),
    [
        ("GET", "/api/models", VALID),
        ("GET", "/api/health", VALID),
        ("POST", "/api/predict", VALID),
        ("POST", "/api/predict", INVALID),
    ],
)
def test_every_operation_keeps_to_its_description(api, method, path, mode):
    """Sequences in the alphabet are no matter of the schema, so that a refusal of them is right."""

    @given(case=api[path][method].as_strategy(generation_mode=mode))
    @CALM
    def check(case):
        case.call_and_validate(excluded_checks=[checks.positive_data_acceptance])

    check()


def test_every_operation_is_tested(client):
    paths = client.get("/openapi.json").json()["paths"]
    found = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert found == {("GET", "/api/models"), ("GET", "/api/health"), ("POST", "/api/predict")}


RECORDS = st.lists(
    st.tuples(
        st.text(st.characters(codec="utf-8"), max_size=12),
        st.one_of(st.text("ACDEFGHIKLMNPQRSTVWYacgtxJU*\n ", max_size=60), st.text(max_size=9)),
    ),
    max_size=5,
)


@given(records=RECORDS, model=st.sampled_from(["compartments", "several", "fractions"]))
@CALM
def test_any_text_is_answered_or_refused_with_reasons(client, records, model):
    text = "".join(f">{name}\n{sequence}\n" for name, sequence in records)
    _check(client.post("/api/predict", json={"model": model, "fasta": text}))


@given(records=RECORDS, model=st.sampled_from(["compartments", "several", "fractions"]))
@CALM
def test_any_named_sequences_are_answered_or_refused_with_reasons(client, records, model):
    named = [{"id": name, "sequence": sequence} for name, sequence in records]
    _check(client.post("/api/predict", json={"model": model, "sequences": named}))


@given(text=st.text("ACDEFGHIKLMNPQRSTVWY", min_size=1, max_size=300))
@CALM
def test_every_protein_is_answered(client, text):
    response = client.post(
        "/api/predict", json={"model": "compartments", "sequences": [{"id": "a", "sequence": text}]}
    )
    (result,) = Answer.model_validate(response.json()).results
    assert result.sequence == text
    assert len(result.attention_weights) == result.length == len(text)
    assert sum(result.probabilities.values()) == pytest.approx(1, abs=1e-5)
    assert result.location == max(result.probabilities, key=result.probabilities.get)
    assert list(result.probabilities) == list(LABELS)


@given(body=st.binary(max_size=200))
@CALM
def test_any_bytes_are_refused_with_reasons(client, body):
    kind = {"Content-Type": "application/json"}
    response = client.post("/api/predict", content=body, headers=kind)
    assert response.status_code in (400, 422)
    assert Faults.model_validate(response.json()).errors


def _check(response: httpx.Response) -> None:
    if response.status_code == 200:
        Answer.model_validate(json.loads(response.content))
    else:
        assert response.status_code in (413, 422)
        for error in Faults.model_validate(response.json()).errors:
            assert error.record
            assert error.fault
            assert error.remedy
