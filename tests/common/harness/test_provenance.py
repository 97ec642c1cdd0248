"""Provenance names the code, and never the machine."""

import json
import os
import subprocess
import sys
from pathlib import Path

from common.harness.provenance import peak_memory_bytes, provenance


def test_fields():
    found = provenance("CPU, 2 cores", dtype="float16", backend="jax")
    assert found["device"] == "CPU, 2 cores"
    assert (found["dtype"], found["backend"]) == ("float16", "jax")
    assert set(found["versions"]) >= {"python", "numpy", "keras"}
    assert found["peak_memory_bytes"] > 10_000_000


def test_backend_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    assert provenance("CPU")["backend"] == "jax"


def test_machine_is_not_named():
    text = json.dumps(provenance("CPU"))
    for secret in (os.uname().nodename, str(Path.home()), str(Path.cwd())):
        assert secret not in text


def test_peak_memory_grows():
    before = peak_memory_bytes()
    block = b"x" * 300_000_000
    assert peak_memory_bytes() - before > 100_000_000 or before > len(block)


def test_peak_memory_is_not_that_of_the_process_that_started_it():
    block = bytearray(400_000_000)
    block[::4096] = b"x" * len(block[::4096])
    program = "from common.harness.provenance import peak_memory_bytes; print(peak_memory_bytes())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert int(done.stdout) < 400_000_000
    assert peak_memory_bytes() > 400_000_000
