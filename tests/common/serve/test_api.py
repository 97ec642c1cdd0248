"""The API over HTTP: answers, refusals in one form, headers, and what the pages load."""

from __future__ import annotations

import re
from dataclasses import replace

import fake_models
import pytest

from common.errors import DataError
from common.serve.app import STATIC
from common.serve.schemas import Answer

FASTA = ">P1 a protein\nMKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQ\n>P2\nCCCCCCCCAKT\n"


def ask(client, **question):
    return client.post("/api/predict", json={"model": "compartments", **question})


def errors(response, status):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    found = response.json()["errors"]
    assert found
    for one in found:
        assert set(one) == {"record", "fault", "remedy"}
        assert all(one.values())
    return found


def test_prediction_is_the_models(client, running):
    found = Answer.model_validate(ask(client, fasta=FASTA).json())
    table = running.models["compartments"].predict({"P2": "CCCCCCCCAKT"})
    assert [one.id for one in found.results] == ["P1", "P2"]
    assert found.results[1].location == table.loc[0, "location"] == "Cytoplasm"
    assert found.results[1].probability == pytest.approx(table.loc[0, "probability"], abs=1e-6)
    assert len(found.results[0].attention_weights) == 33


def test_models_and_limits_are_told(client):
    found = client.get("/api/models").json()
    assert [model["name"] for model in found["models"]] == ["compartments", "several", "fractions"]
    assert found["models"][0]["labels"] == list(fake_models.LABELS)
    assert found["models"][1]["summary"] == "micro F1 0.600 on 10 (exact)"
    assert [model["calibrated"] for model in found["models"]] == [True, True, False]
    assert found["limits"]["sequences"] == 100


def test_health_tells_what_is_in_memory(client):
    ask(client, fasta=FASTA)
    found = client.get("/api/health").json()
    assert found["status"] == "ok"
    assert "compartments" in found["loaded"]


def test_several_locations_are_joined(client):
    text = ">all\nCKSGCKSGCKSG\n"
    (result,) = client.post("/api/predict", json={"model": "several", "fasta": text}).json()[
        "results"
    ]
    assert result["location"] == "Cytoplasm|ER|Extracellular|Golgi"


@pytest.mark.parametrize(
    ("body", "status", "record"),
    [
        (b"", 422, "body"),
        (b"{", 422, "body"),
        (b"[]", 422, "body"),
        (b"null", 422, "body"),
        (b"\xff\xfe", 422, "body"),
        (b'{"model": "\xff"}', 400, "POST /api/predict"),
        (b"[" * 200_000, 400, "POST /api/predict"),
        (b"{}", 422, "model"),
        (b'{"model": 3, "fasta": ">a\\nMK"}', 422, "model"),
        (b'{"model": "compartments", "fasta": ["x"]}', 422, "fasta"),
        (b'{"model": "compartments", "fasta": ">a\\nMK\\ud800"}', 422, "fasta"),
        (b'{"model": "compartments", "sequences": [{"id": "a"}]}', 422, "sequences[0].sequence"),
        (b'{"model": "compartments", "fasta": ">a\\nMK", "more": 1}', 422, "more"),
        (b'{"model": "compartments", "fasta": ">a\\nMK", "attention": "yes"}', 422, "attention"),
        (b'{"model": "compartments"}', 422, "request"),
        (b'{"model": "compartments", "fasta": ">a\\nM1"}', 422, "a"),
        (b'{"model": "none", "fasta": ">a\\nMK"}', 404, "model 'none'"),
    ],
)
def test_a_bad_body_is_refused_with_its_fault(client, body, status, record):
    kind = {"Content-Type": "application/json"}
    found = errors(client.post("/api/predict", content=body, headers=kind), status)
    assert found[0]["record"] == record


def test_what_is_no_json_is_refused(client):
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        response = client.post("/api/predict", content=b"{}", headers={"Content-Type": kind})
        assert errors(response, 415)[0]["record"] == "Content-Type"


def test_too_large_a_body_is_refused(client):
    found = errors(ask(client, fasta=">a\n" + "M" * (1 << 20)), 413)
    assert "at most 1,048,576" in found[0]["fault"]
    assert "reproduce predict" in found[0]["remedy"]


def test_unknown_paths_and_methods(client):
    assert errors(client.get("/nothing"), 404)[0]["record"] == "GET /nothing"
    response = client.delete("/api/predict")
    assert errors(response, 405)
    assert response.headers["allow"] == "POST"
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/docs/x"):
        assert errors(client.get(path), 404)


def test_other_hosts_are_refused(client):
    for host in ("evil.example", "127.0.0.1.evil.example", ""):
        assert errors(client.get("/api/models", headers={"Host": host}), 421)
    for host in ("localhost:1", "LOCALHOST", "[::1]:8000", "127.0.0.1"):
        assert client.get("/api/models", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/docs", "/static/main.js", "/api/models", "/x", "/api/predict"]
)
def test_every_answer_has_a_strict_policy(client, path):
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"unsafe|\*|http", policy)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] in ("no-store", "no-cache")
    assert "server" not in headers


@pytest.mark.parametrize("path", sorted(STATIC.iterdir()), ids=lambda path: path.name)
def test_pages_load_only_their_own_files_and_take_no_html(client, path):
    text = path.read_text()
    named = re.findall(r"""(?:src|href|from|import)\s*[=(]?\s*["']([^"'#$]+)["']""", text)
    assert all(name.startswith(("/", "./")) for name in named), named
    foreign = set(re.findall(r"https?://[^\s\"'<`]+", text))
    assert foreign <= {"http://www.w3.org/2000/svg", "http://127.0.0.1:8000"}
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", text)
    assert client.get(f"/static/{path.name}").text == text


def test_own_pages_are_shown_in_place_of_those_from_elsewhere(client):
    assert "/static/docs.js" in client.get("/docs").text
    assert "/static/main.js" in client.get("/").text
    assert client.get("/redoc").status_code == 404


def test_refusals_are_documented(client):
    paths = client.get("/openapi.json").json()["paths"]
    responses = paths["/api/predict"]["post"]["responses"]
    assert set(responses) >= {"200", "404", "413", "415", "421", "422", "500", "503", "504"}
    assert "Retry-After" in responses["503"]["headers"]
    schema = responses["422"]["content"]["application/json"]["schema"]
    assert schema["$ref"].endswith("/Faults")


def test_a_model_that_cannot_be_loaded_and_a_sequence_that_it_refuses(serve):
    import httpx

    def damaged():
        raise DataError("/secret/sonderby.npz", "not the weights that the card describes", "Again")

    def refuses(ids, sequences):
        raise DataError("P1", "3 letters, and this model needs 9 or more", "Leave it out")

    one = serve()
    one.catalogue.offers["several"] = replace(one.catalogue.offers["several"], load=damaged)
    one.models["compartments"].examine = refuses
    with httpx.Client(base_url=one.address) as client:
        response = client.post("/api/predict", json={"model": "several", "fasta": FASTA})
        (error,) = errors(response, 500)
        assert error["record"] == "model 'several'"
        assert "secret" not in response.text
        assert errors(ask(client, fasta=FASTA), 422)[0]["fault"].startswith("3 letters")


def test_a_failing_model_is_no_secret_and_tells_nothing_of_the_machine(serve):
    import httpx

    one = serve()
    one.models["compartments"].examine = None
    with httpx.Client(base_url=one.address) as client:
        found = errors(ask(client, fasta=FASTA), 500)
        assert found == [{"record": "server", "fault": "it failed", "remedy": "Its log tells why"}]
        several = client.post("/api/predict", json={"model": "several", "fasta": FASTA})
        assert several.status_code == 200
