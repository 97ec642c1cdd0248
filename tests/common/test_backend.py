"""A process that is pinned to one core trains, and never waits for itself."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from common.backend import usable_cores

THREADS = """
from common.backend import load_backend
load_backend()
import tensorflow as tf
print(tf.config.threading.get_inter_op_parallelism_threads())
"""


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores are not assigned here")
def test_one_core_still_has_two_threads_for_operations():
    pinned = f"import os; os.sched_setaffinity(0, {{{min(os.sched_getaffinity(0))}}})\n"
    done = subprocess.run([sys.executable, "-c", pinned + THREADS], capture_output=True, text=True)
    assert done.stdout.strip() == "2", done.stderr


def test_cores_are_those_of_this_process():
    assert 1 <= usable_cores() <= os.cpu_count()
