"""`reproduce serve` with a real network, as a user starts and stops it."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from browser import Browser
from processes import reproduce

from common.errors import UsageError

pytestmark = pytest.mark.slow

pytest.importorskip("fastapi", reason="FastAPI is not installed (extra `serve`)")
httpx = pytest.importorskip("httpx")

ROOT = Path(__file__).parents[2]
PROTEINS = {"P1": "MKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQ", "P2": "MSKLLLAARPDEESKLKDEL" * 70}
FASTA = "".join(f">{name}\n{text}\n" for name, text in PROTEINS.items())


@contextmanager
def served(*arguments: str):
    """Address and process of a server, which is killed where the test leaves it running."""
    process = subprocess.Popen(
        [sys.executable, "-m", "reproductions.cli", "serve", "--port", "0", *arguments],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        line = process.stderr.readline()
        assert "http://127.0.0.1:" in line, line + process.stderr.read()
        yield line.split()[-4], process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def card(released):
    return released["card"]


def test_a_browser_does_the_round_on_the_command_that_users_give(tmp_path):
    """Nothing in place of anything: the command, a released network, Chromium."""
    from reproductions import load_model

    expected = load_model("deeploc").predict(PROTEINS)
    browser = Browser(tmp_path)
    try:
        with served("--model", "deeploc") as (address, _):
            browser.show()
            browser.open(address)
            browser.until(lambda: browser.all("#model option"))
            browser.find("#sequences").send_keys(FASTA)
            browser.find("#predict").click()
            browser.until(lambda: browser.all("#rows tr"), seconds=120)
            assert browser.texts("#rows th") == list(PROTEINS)
            assert browser.texts("#rows td:nth-child(2)") == expected["location"].tolist()
            shown = [float(text) for text in browser.texts("#rows td:nth-child(3)")]
            assert shown == pytest.approx(expected["probability"].tolist(), abs=6e-4)
            browser.screenshot("deeploc")
    finally:
        browser.close()


def test_answers_are_those_of_the_model_and_ctrl_c_ends_it(card):
    from reproductions import load_model

    model = load_model(card)
    table = model.predict(PROTEINS)
    with served("--model", card, "--model", card) as (address, process):
        names = [one["name"] for one in httpx.get(f"{address}/api/models").json()["models"]]
        assert names == ["sonderby", "sonderby-2"]
        for name in names:
            question = {"model": name, "fasta": FASTA}
            response = httpx.post(f"{address}/api/predict", json=question, timeout=120)
            assert response.status_code == 200, response.text
            for one, (_, row) in zip(response.json()["results"], table.iterrows(), strict=True):
                assert one["location"] == row["location"]
                found = [one["probabilities"][label] for label in model.labels]
                assert found == pytest.approx([row[label] for label in model.labels], abs=1e-5)
                weights = model.attention(PROTEINS[one["id"]])
                assert np.abs(np.array(one["attention_weights"]) - weights).max() < 1e-4
        assert httpx.get(f"{address}/api/health").json()["loaded"] == names
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert process.stderr.read() == ""


def test_port_that_is_taken_is_one_line(card):
    with served("--model", card) as (address, _):
        done = reproduce("serve", "--model", card, "--port", address.rpartition(":")[2])
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "the address is taken. Choose another with --port" in done.stderr


def test_limits_are_those_of_the_command(card):
    options = ["--max-sequences", "1", "--max-letters", "50", "--max-bytes", "3000"]
    with served("--model", card, *options) as (address, _):
        limits = httpx.get(f"{address}/api/models").json()["limits"]
        assert (limits["sequences"], limits["letters"], limits["body_bytes"]) == (1, 50, 3000)
        question = {"model": "sonderby", "fasta": FASTA}
        assert httpx.post(f"{address}/api/predict", json=question).status_code == 413


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["--model", "sonderbi"], "model 'sonderbi': there is none of this name"),
        (["--model", "none.json"], "none.json: no such model card"),
        (["--port", "70000"], "--port"),
    ],
)
def test_mistakes_are_one_line(arguments, fault):
    done = reproduce("serve", *arguments)
    assert done.returncode in (2, 3)
    assert fault in done.stderr
    assert done.stderr.count("\n") == 1


def test_nothing_is_released(monkeypatch):
    from reproductions import cli_serve, models

    monkeypatch.setattr(models, "released", lambda: iter(()))
    with pytest.raises(UsageError, match="no model is released yet"):
        list(cli_serve._models([]))


def test_packages_that_lack_are_named(monkeypatch):
    from reproductions import cli_serve

    monkeypatch.setattr(cli_serve, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"fastapi is not installed.*\[serve\]"):
        cli_serve.serve()


def test_nothing_heavy_is_loaded_before_a_model_is_asked():
    code = (
        "import sys; import reproductions.cli; before = 'fastapi' in sys.modules;"
        "import common.serve.app, common.serve.server, reproductions.cli_serve;"
        "print(before, [m for m in ('tensorflow', 'keras') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "False []", done.stderr


def test_all_are_those_with_weights():
    from reproductions.cli_serve import _models
    from reproductions.models import released

    ready = [model.name for _, model, path in released() if path.exists()]
    assert [card.model for card, _ in _models(["all"])] == ready
    assert [card.model for card, _ in _models([])] == ready
