"""Processes that start with Keras imported, which else takes most of the time of a test."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

ROOT = Path(__file__).parents[1]
# Compiling takes longer than computing in a test.
QUICK_JAX = {"XLA_FLAGS": "--xla_backend_optimization_level=0"}
_CONTEXT = get_context("forkserver")


def start_process(target: Callable[..., None], *arguments: object) -> BaseProcess:
    """Call a function of an importable module in a process of its own.

    The project's own modules are never imported before: the child finds those of the test.
    """
    _CONTEXT.set_forkserver_preload(["keras", "pandas", "sklearn.metrics", "typer"])
    process = _CONTEXT.Process(target=target, args=arguments)
    process.start()
    return process


def reproduce(*arguments: str, text: str = "", **environment: str) -> subprocess.CompletedProcess:
    """Run `reproduce` in the project's root with this standard input."""
    variables = os.environ | {"COLUMNS": "200", "TF_CPP_MIN_LOG_LEVEL": "3"} | environment
    with TemporaryDirectory() as name:
        streams = [Path(name) / stream for stream in ("in", "out", "error")]
        streams[0].write_text(text)
        process = start_process(_reproduce, arguments, dict(variables), streams)
        process.join(300)
        assert process.exitcode is not None, "it takes longer than 300 s"
        out, error = (stream.read_text() for stream in streams[1:])
    return subprocess.CompletedProcess(arguments, process.exitcode, out, error)


def on_other_backends(test: Callable[..., None]) -> Callable[..., None]:
    """Give a test the `backend` jax, then torch; it is skipped where one is not installed."""
    extras = {"jax": "jax", "torch": "plm"}
    cases = [
        pytest.param(
            name,
            marks=pytest.mark.skipif(
                find_spec(name) is None, reason=f"{name} is not installed (extra `{extra}`)"
            ),
        )
        for name, extra in extras.items()
    ]
    return pytest.mark.long(pytest.mark.parametrize("backend", cases)(test))


def run_on(
    backend: str, experiment: str, folder: Path, **settings: int
) -> subprocess.CompletedProcess:
    """A smoke run in a process that imports Keras anew; records go to `folder`."""
    small = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    places = {"REPRODUCE_RESULTS": str(folder), "REPRODUCE_RUNS": str(folder / "runs")}
    backend_alone = {"KERAS_BACKEND": backend} | QUICK_JAX
    return subprocess.run(
        [sys.executable, "-m", "reproductions.cli", "run", experiment,
         "--profile", "smoke", "--quiet", *small],
        capture_output=True, text=True, cwd=ROOT, timeout=600,
        env=os.environ | places | backend_alone,
    )  # fmt: skip


def _reproduce(arguments: list[str], variables: dict[str, str], streams: list[Path]) -> None:
    for descriptor, stream in enumerate(streams):
        opened = os.open(stream, os.O_CREAT | os.O_WRONLY if descriptor else os.O_RDONLY)
        os.dup2(opened, descriptor)
        os.close(opened)
    sys.stdin = os.fdopen(0, closefd=False)
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(variables)
    sys.argv = ["reproduce", *arguments]
    from reproductions.cli import main

    main()
