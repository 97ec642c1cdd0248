"""Processes that start with Keras imported: a test that kills many waits for it once."""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

_CONTEXT = get_context("forkserver")


def start_process(target: Callable[..., None], *arguments: object) -> BaseProcess:
    """Call a function of an importable module in a process of its own."""
    _CONTEXT.set_forkserver_preload(["keras"])
    process = _CONTEXT.Process(target=target, args=arguments)
    process.start()
    return process
